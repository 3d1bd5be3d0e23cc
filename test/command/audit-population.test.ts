import { castVote, revokeVote } from '../../src/approval/approval.commands.js';
import { breakGlass } from '../../src/approval/break-glass.commands.js';
import { Population, RowKind } from '../../src/audit/population.js';
import { askedFor, populationRows } from '../../src/audit/population.queries.js';
import { configurationOfHandoff } from '../../src/catalogue/catalogue.queries.js';
import { createChecklist } from '../../src/checklist/checklist.effects.js';
import { ChecklistItem } from '../../src/checklist/checklist.entity.js';
import { acceptNotApplicable, claimNotApplicable, reopenItem } from '../../src/checklist/item.commands.js';
import { newId } from '../../src/core/id.js';
import { select, selectRequired } from '../../src/core/statement.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { importForTest } from '../kit/deal.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';
import { ballot, digestOf, open } from './approval.kit.js';
import { approved, rename } from './governance.kit.js';

let suite: Suite;
let world: World;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
});
afterAll(() => suite.close());

const HOUR = 3_600_000;
const rowsOf = async (population: Population, from = START, to = new Date(START.getTime() + HOUR)) =>
  (await world.read({ rows: populationRows(askedFor(population, { from, to })) })).rows;

it('of overrides has exceptions, emergencies and what was taken back, and no change of the configuration', async () => {
  await approved(world, rename('Another name'));
  const { id } = await open(world, { approvers: 1 });
  const freda = await world.as('freda.finance');
  await freda.done(castVote, ballot(id));
  await freda.done(revokeVote, { requestId: id, reason: 'Seen too fast.', expectedRevision: 2 });
  const ravi = await world.as('ravi.revops');
  const terms = {
    people: [ravi.actor.id],
    approvers: 1,
    minutes: 60,
    reviewRoles: ['FINANCE_APPROVER'],
    reviewHours: 24,
  };
  const { id: broken } = await open(world, { breakGlass: terms });
  await ravi.done(breakGlass, {
    requestId: broken,
    digest: digestOf('a'),
    reason: 'It goes live tonight.',
    ticket: 'INC-1',
  });
  const rows = await rowsOf(Population.OVERRIDES);
  const told = rows.map(({ kind, requestId, by }) => [kind, requestId, by] as const);
  expect(told).toHaveLength(3);
  expect(told).toEqual(
    expect.arrayContaining([
      [RowKind.EXCEPTION, id, [freda.actor.id]],
      [RowKind.VOTE_REVOKED, id, [freda.actor.id]],
      [RowKind.BREAK_GLASS, broken, [ravi.actor.id]],
    ]),
  );
  for (const { actors } of rows) expect(actors).toContain(await world.idOf('sofia.sales'));
  expect((await rowsOf(Population.APPROVAL_REQUESTS)).map(({ kind }) => kind)).toHaveLength(3);
});

it('of overrides keeps a waiver although the item was reopened, with all who had a hand in it', async () => {
  const sofia = await world.as('sofia.sales');
  const handoffId = await sofia.done(importForTest, read('managed-network-healthy'));
  const load = async () =>
    world.read({ handoff: selectRequired(Handoff, handoffId), version: configurationOfHandoff(handoffId) });
  const { handoff, version } = await load();
  const { checklistTemplate: template, tier } = handoff;
  const choice = { handoffId, template, tier, configuration: world.configuration, version };
  const moment = { now: START, actor: sofia.actor, newId, vault: suite.vault };
  await suite.gateway.transaction(world.tenantId, (tx) => tx.commit(createChecklist(choice, moment)));
  const { items } = await world.read({ items: select(ChecklistItem, { handoffId, allowNotApplicable: true }) });
  const { id: itemId, verifierRole } = items[0]!;
  const on = async () => ({ handoffId, itemId, expectedRevision: (await load()).handoff.revision });
  const verifier = await world.as(verifierRole);
  await sofia.done(claimNotApplicable, { ...(await on()), reason: 'Nothing of this is sold here.' });
  await verifier.done(acceptNotApplicable, await on());
  await verifier.done(reopenItem, { ...(await on()), reason: 'It does apply after all.' });
  const [row, ...others] = await rowsOf(Population.OVERRIDES);
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    kind: RowKind.NOT_APPLICABLE,
    requestId: null,
    subjectId: handoffId,
    by: [verifier.actor.id],
  });
  expect(row!.actors).toEqual([sofia.actor.id, verifier.actor.id].toSorted());
});

it('has a request in the period of its opening and in that of its end, and the same rows whenever it is asked', async () => {
  const { id } = await open(world, { approvers: 1, hours: 200 });
  const { id: undecided } = await open(world, { approvers: 1, hours: 200 });
  suite.clock.advanceHours(48);
  const later = suite.clock.at;
  await (await world.as('freda.finance')).done(castVote, ballot(id));
  const ids = async (from: Date): Promise<string[]> =>
    (await rowsOf(Population.APPROVAL_REQUESTS, from, new Date(from.getTime() + HOUR))).map((row) => row.id).toSorted();
  const all = [id, undecided].toSorted();
  expect(await ids(START)).toEqual(all);
  expect(await ids(later)).toEqual([id]);
  // Taken back, it is undecided again: that it was approved stays so.
  suite.clock.advanceHours(2);
  await (await world.as('freda.finance')).done(revokeVote, { requestId: id, reason: 'Too fast.', expectedRevision: 2 });
  expect(await ids(START)).toEqual(all);
  expect(await ids(later)).toEqual([id]);
});

it('is of one period: what lies at its beginning belongs to it, what lies at its end to the next', async () => {
  await open(world);
  const one = new Date(START.getTime() + 1);
  expect(await rowsOf(Population.APPROVAL_REQUESTS, new Date(START.getTime() - HOUR), START)).toEqual([]);
  expect(await rowsOf(Population.APPROVAL_REQUESTS, START, one)).toHaveLength(1);
});
