import { newId } from '../../src/core/id.js';
import { selectRequired, type Statement, update } from '../../src/core/statement.js';
import { openDecision, reassignDecision, resolveDecision } from '../../src/decision/decision.commands.js';
import { decisionsForOpenAssumptions } from '../../src/decision/decision.effects.js';
import { Decision, DecisionKind, DecisionState } from '../../src/decision/decision.entity.js';
import { decisionsOf } from '../../src/decision/decision.queries.js';
import { addAssumption, removeAssumption } from '../../src/handoff/assumption.commands.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { assumptionsOf } from '../../src/handoff/handoff.queries.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { addActionItem } from '../../src/meeting/action.commands.js';
import { actionItemsOf } from '../../src/meeting/meeting.queries.js';
import { assignDeliveryManager } from '../../src/passage/assign.command.js';
import { importForTest } from '../kit/deal.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

let suite: Suite;
let world: World;
let sales: Persona;
let delivery: Persona;
let lead: Persona;
let handoffId: string;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
  delivery = await world.as('DELIVERY_MANAGER');
  lead = await world.as('SERVICE_DELIVERY_LEAD');
  handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  // What is not theirs, delivery does not see while it is a draft.
  await commit(update(Handoff, { id: handoffId }, { deliveryManagerId: delivery.actor.id }));
});

const commit = (...writes: Statement[]): Promise<void> =>
  suite.gateway.transaction(world.tenantId, (tx) => tx.commit(writes));
const on = async () => ({
  handoffId,
  expectedRevision: (await world.read({ row: selectRequired(Handoff, handoffId) })).row.revision,
});
const log = async (): Promise<Decision[]> => (await world.read({ rows: decisionsOf(handoffId) })).rows;
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );
const question = async (change: object = {}) => ({
  ...(await on()),
  kind: DecisionKind.QUESTION,
  question: 'Who migrates the mail?',
  ownerId: sales.actor.id,
  dueOn: '2026-11-26',
  escalationContactId: lead.actor.id,
  blocksKickoff: true,
  ...change,
});
const answer = async (decisionId: string) => ({
  ...(await on()),
  decisionId,
  outcome: 'We do.',
  reason: 'The client has nobody for it.',
  obsolete: false,
});

test('an entry is opened with owner, due date, escalation contact and sources, decided by its owner, and closed then', async () => {
  const first = await sales.done(openDecision, await question());
  const second = await delivery.done(openDecision, await question({ blocksKickoff: false }));
  expect(await log()).toMatchObject([
    {
      number: 'D-1',
      state: DecisionState.OPEN,
      ownerId: sales.actor.id,
      escalationContactId: lead.actor.id,
      dueOn: '2026-11-26',
      sources: [{ type: 'CONFIGURATION' }, { type: 'DEAL_SNAPSHOT' }],
    },
    { number: 'D-2', blocksKickoff: false },
  ]);
  await sales.done(resolveDecision, await answer(first));
  await lead.done(resolveDecision, { ...(await answer(second)), obsolete: true });
  expect(await log()).toMatchObject([
    { state: DecisionState.RESOLVED, outcome: 'We do.', decidedBy: sales.actor.id },
    { state: DecisionState.OBSOLETE, decidedBy: lead.actor.id },
  ]);
  expect(codes(await sales.refused(resolveDecision, await answer(first)))).toEqual(['DECISION_CLOSED']);
  const ledger = await world.rows('select content from ledger_entry where tenant_id = $1 and subject_id = $2', [
    handoffId,
  ]);
  expect(ledger.map(({ content }) => content).join()).not.toMatch(/migrates|nobody for it/);
});

test('a delivery manager from whom the draft is hidden is given nothing to decide about it, and told of nothing', async () => {
  await commit(update(Handoff, { id: handoffId }, { deliveryManagerId: null }));
  const theirs = { ownerId: delivery.actor.id };
  const refused = await sales.refused(openDecision, await question(theirs));
  expect(refused).toMatchObject([{ code: 'OWNER_CANNOT_SEE', path: 'ownerId' }]);
  const decisionId = await sales.done(openDecision, await question());
  const given = async () => ({ ...(await on()), decisionId, ...theirs });
  expect(codes(await lead.refused(reassignDecision, await given()))).toEqual(['OWNER_CANNOT_SEE']);
  const told = { escalationContactId: delivery.actor.id };
  expect(await sales.refused(openDecision, await question(told))).toMatchObject([
    { code: 'CONTACT_CANNOT_SEE', path: 'escalationContactId' },
  ]);
  const toTell = async () => ({ ...(await on()), decisionId, ownerId: sales.actor.id, ...told });
  expect(codes(await lead.refused(reassignDecision, await toTell()))).toEqual(['CONTACT_CANNOT_SEE']);
  await lead.done(assignDeliveryManager, { ...(await on()), personId: delivery.actor.id });
  await lead.done(reassignDecision, await toTell());
  await lead.done(reassignDecision, { ...(await given()), escalationContactId: lead.actor.id });
});

test('what a delivery manager owned of a draft passes on with it, and nothing of what they go on seeing', async () => {
  const dylan = await world.as('dylan.delivery');
  const theirs = { ownerId: delivery.actor.id };
  const action = async (change: object = {}) => ({
    ...(await on()),
    text: 'Ask for the network plan.',
    dueOn: '2026-11-26',
    ...theirs,
    ...change,
  });
  const owners = async (): Promise<unknown> => ({
    decisions: (await log()).map(({ ownerId, escalationContactId }) => [ownerId, escalationContactId]),
    actions: (await world.read({ rows: actionItemsOf(handoffId) })).rows.map(({ ownerId }) => ownerId),
  });
  const settled = await sales.done(openDecision, await question(theirs));
  await delivery.done(resolveDecision, await answer(settled));
  await sales.done(openDecision, await question(theirs));
  const third = await sales.done(openDecision, await question(theirs));
  // As one is who was a lead then, too.
  await commit(update(Decision, { id: third }, { escalationContactId: dylan.actor.id }));
  await sales.done(openDecision, await question());
  await sales.done(openDecision, await question({ escalationContactId: delivery.actor.id }));
  await sales.done(addActionItem, await action());
  await sales.done(addActionItem, await action({ ownerId: sales.actor.id }));
  const hidden = await action({ ownerId: dylan.actor.id });
  expect(codes(await sales.refused(addActionItem, hidden))).toEqual(['OWNER_CANNOT_SEE']);
  suite.clock.advanceHours(1);
  await lead.done(assignDeliveryManager, { ...(await on()), personId: dylan.actor.id });
  const [dana, sofia, leah, next] = [delivery.actor.id, sales.actor.id, lead.actor.id, dylan.actor.id];
  expect(await owners()).toEqual({
    decisions: [
      [dana, leah],
      [next, leah],
      // Told to Dylan when it is not decided in time: it is the seller's.
      [sofia, next],
      [sofia, leah],
      [sofia, next],
    ],
    actions: [next, sofia],
  });
  expect((await log()).map(({ assignedAt }) => assignedAt.getTime() - START.getTime())).toEqual([0, 36e5, 36e5, 0, 0]);
  const entries = await world.rows(
    "select content from ledger_entry where tenant_id = $1 and subject_id = $2 and action = 'assignDeliveryManager'",
    [handoffId],
  );
  expect(JSON.parse(String(entries[0]!.content))).toMatchObject({
    body: { decisions: ['D-2', 'D-3', 'D-5'], actionItems: ['A-1'] },
  });
  // Once it was handed over, both see it.
  await commit(update(Handoff, { id: handoffId }, { stage: Stage.RETURNED }));
  const before = await owners();
  await lead.done(assignDeliveryManager, { ...(await on()), personId: dana });
  expect(await owners()).toEqual(before);
});

test('two entries opened at once get two numbers: one waits, and sees the revision moved on', async () => {
  const inputs = [await question(), await question()];
  const results = await Promise.all([
    failure(sales.run(openDecision, inputs[0]!)),
    failure(delivery.run(openDecision, inputs[1]!)),
  ]);
  expect(results.toSorted()).toEqual(['STALE_REVISION', 'nothing failed']);
  expect((await log()).map(({ number }) => number)).toEqual(['D-1']);
});

test('an entry was given when its owner or its day changed, and another contact is no other assignment', async () => {
  const decisionId = await sales.done(openDecision, await question());
  const contact = await world.idOf('REVOPS_ADMIN');
  const given: Date[] = [];
  for (const change of [
    { ownerId: sales.actor.id, escalationContactId: contact },
    { ownerId: delivery.actor.id },
    { ownerId: delivery.actor.id, dueOn: '2026-12-01' },
  ]) {
    suite.clock.advanceHours(1);
    await delivery.done(reassignDecision, { ...(await on()), decisionId, ...change });
    given.push((await log())[0]!.assignedAt);
  }
  expect(given).toEqual([START, new Date('2026-11-23T16:00:00Z'), new Date('2026-11-23T17:00:00Z')]);
});

test('nobody decides for the owner but delivery; finance decides what it owns; others may not at all', async () => {
  const finance = await world.as('FINANCE_APPROVER');
  const decisionId = await sales.done(openDecision, await question());
  expect(codes(await finance.refused(resolveDecision, await answer(decisionId)))).toEqual(['NOT_THE_OWNER']);
  await delivery.done(reassignDecision, {
    ...(await on()),
    decisionId,
    ownerId: finance.actor.id,
    dueOn: '2026-12-01',
  });
  expect(await log()).toMatchObject([
    { ownerId: finance.actor.id, dueOn: '2026-12-01', escalationContactId: lead.actor.id },
  ]);
  await finance.done(resolveDecision, await answer(decisionId));
  const auditor = await world.as('AUDITOR');
  expect(await failure(auditor.run(openDecision, await question()))).toBe('FORBIDDEN');
  expect(await failure(finance.run(openDecision, await question()))).toBe('FORBIDDEN');
});

test('bad input is refused whole', async () => {
  const auditor = await world.as('AUDITOR');
  const findings = await sales.refused(
    openDecision,
    await question({ ownerId: auditor.actor.id, escalationContactId: auditor.actor.id, dueOn: '2026-11-22' }),
  );
  expect(codes(findings)).toEqual(['OWNER_NOT_ELIGIBLE', 'ESCALATION_TO_OWNER', 'DUE_IN_THE_PAST']);
  expect(await failure(sales.run(openDecision, await question({ assumptionId: newId() })))).toBe('NOT_FOUND');
  expect(await failure(sales.run(resolveDecision, await answer(newId())))).toBe('NOT_FOUND');
  expect(await log()).toEqual([]);
});

test('an assumption is asked about by an entry that blocks the kickoff, or by none', async () => {
  await sales.done(addAssumption, { ...(await on()), text: 'The client has fibre.', source: 'Call' });
  const { assumptions } = await world.read({ assumptions: assumptionsOf(handoffId) });
  const assumptionId = assumptions.at(-1)!.id;
  const entry = async (blocksKickoff: boolean) =>
    question({ kind: DecisionKind.ASSUMPTION, assumptionId, blocksKickoff });
  expect(codes(await sales.refused(openDecision, await entry(false)))).toEqual(['ASSUMPTION_BLOCKS_KICKOFF']);
  await sales.done(openDecision, await entry(true));
});

test('open assumptions become entries once; an assumption that is taken out leaves its entry', async () => {
  await sales.done(addAssumption, { ...(await on()), text: 'The client has fibre.', source: 'Call' });
  const fill = async (): Promise<void> => {
    const { assumptions, existing } = await world.read({
      assumptions: assumptionsOf(handoffId),
      existing: decisionsOf(handoffId),
    });
    const sources = [{ type: 'DEAL_SNAPSHOT', id: newId(), version: '1', hash: 'a'.repeat(64) }];
    const people = { ownerId: sales.actor.id, escalationContactId: lead.actor.id };
    const matters = { handoffId, assumptions, existing, ...people, dueOn: '2026-11-26', sources };
    await commit(
      ...decisionsForOpenAssumptions(matters, { now: START, actor: sales.actor, newId, vault: suite.vault }).statements,
    );
  };
  await fill();
  await fill();
  const before = await log();
  const assumptionId = before.at(-1)!.assumptionId!;
  expect(before.filter((row) => row.assumptionId === assumptionId)).toHaveLength(1);
  expect(codes(await sales.refused(openDecision, await question({ assumptionId })))).toEqual(['ALREADY_IN_THE_LOG']);
  await sales.done(removeAssumption, { ...(await on()), assumptionId });
  const [left, { data }] = [
    (await log()).at(-1),
    await sales.graphql('query ($id: ID!) { handoff(id: $id) { decisions { id assumption { id } } } }', {
      id: handoffId,
    }),
  ];
  expect(left).toMatchObject({ id: before.at(-1)!.id, assumptionId, state: DecisionState.OPEN });
  expect(data!.handoff.decisions).toContainEqual({ id: left!.id, assumption: null });
});

test('an entry without source, outcome or reason is refused by the database', async () => {
  const id = await sales.done(openDecision, await question());
  expect(await failure(commit(update(Decision, { id }, { sources: [] })))).toBe('23514');
  const decided = { state: DecisionState.RESOLVED, decidedBy: sales.actor.id, decidedAt: START };
  expect(await failure(commit(update(Decision, { id }, { ...decided, outcome: 'yes' })))).toBe('23514');
  expect(await failure(commit(update(Decision, { id }, { ...decided, reason: 'because of that' })))).toBe('23514');
});

test('the log of all handoffs over GraphQL: by state, and what is overdue', async () => {
  const decided = await sales.done(openDecision, await question({ dueOn: '2026-11-23' }));
  const late = await sales.done(openDecision, await question({ dueOn: '2026-11-23' }));
  await sales.done(openDecision, await question({ dueOn: '2030-01-01' }));
  await sales.done(resolveDecision, await answer(decided));
  const query = `query ($state: DecisionState, $overdueOnly: Boolean! = false) { decisions(state: $state, overdueOnly: $overdueOnly) {
    edges { node { id number owner { handle } escalationContact { handle } handoff { number } } } } }`;
  const numbers = async (variables: object): Promise<string[]> => {
    const { data, errors } = await sales.graphql(query, { ...variables });
    expect(errors).toEqual([]);
    return data!.decisions.edges.map((edge: { node: { number: string } }) => edge.node.number);
  };
  expect(await numbers({})).toEqual(['D-3', 'D-2', 'D-1']);
  expect(await numbers({ state: 'OPEN' })).toEqual(['D-3', 'D-2']);
  expect(await numbers({ state: 'RESOLVED', overdueOnly: true })).toEqual([]);
  await commit(update(Decision, { id: late }, { dueOn: '2020-01-01' }));
  await commit(update(Decision, { id: decided }, { dueOn: '2020-01-01' }));
  expect(await numbers({ overdueOnly: true })).toEqual(['D-2']);
  const stranger = await (await suite.tenant()).as('SALES_MANAGER');
  expect((await stranger.graphql(query)).data).toEqual({ decisions: { edges: [] } });
});
