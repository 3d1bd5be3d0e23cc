import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { assignOwner } from '../../src/handoff/handoff.commands.js';
import { mergeMember, suspendMember, reinstateMember } from '../../src/identity/member.commands.js';
import { revokeRole } from '../../src/identity/role.commands.js';
import { Role } from '../../src/identity/roles.js';
import { demoDeal } from '../../src/sandbox/demo/deal-files.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

const sample = readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8');

interface Answer {
  readonly __typename: string;
  readonly stage?: string;
  readonly code?: unknown;
  readonly findings?: readonly { code: string; severity: string; path: string; remedy: string }[];
}

let suite: Suite;
let world: World;
let handoffId: string;
let sales: Persona;
let delivery: Persona;
let revops: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

/** Every test has a handoff of its own that went all the way, approved by freda and fiona, and that is in review again. */
beforeEach(async () => {
  world = await suite.tenant((configuration) => {
    // One person who approves and sells.
    configuration.people.find(({ key }) => key === 'fiona.finance')!.roles.push('SALES_MANAGER');
  });
  ({ handoffId } = await playStory(world));
  sales = await world.as('sofia.sales');
  delivery = await world.as('dana.delivery');
  revops = await world.as('ravi.revops');
  expect(await send(delivery, 'revoke-sign-off', { reason: 'The engineer has left.' })).toMatchObject({
    stage: 'IN_REVIEW',
  });
});

const row = async (text: string, values: readonly unknown[] = [handoffId]) => (await world.rows(text, values))[0]!;
const revision = async () =>
  (await row('select revision from handoff where tenant_id = $1 and id = $2')).revision as number;
const send = async (persona: Persona, name: string, input: object, bare = false): Promise<Answer> => {
  const on = bare ? {} : { handoffId, expectedRevision: await revision() };
  const { data, errors } = await persona.graphql(operation(name), { input: { ...on, ...input } });
  return data ? (Object.values(data)[0] as Answer) : { __typename: 'Error', code: errors[0]?.extensions.code };
};
const blocking = ({ findings = [] }: Answer) =>
  findings.filter(({ severity }) => severity === 'BLOCKING').map(({ code }) => code);
const giveBack = async () =>
  expect(
    await send(delivery, 'return-handoff', { gaps: [{ path: 'terms.lines', text: 'A line is missing.' }] }),
  ).toMatchObject({ stage: 'RETURNED' });
const member = async (key: string) => {
  const personId = await world.idOf(key);
  const { revision: expectedRevision } = await row('select revision from person where tenant_id = $1 and id = $2', [
    personId,
  ]);
  return { personId, expectedRevision: expectedRevision as number };
};
const importAgain = async () => {
  const { external_id: id } = await row(
    'select d.external_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id where d.tenant_id = $1 and h.id = $2',
  );
  return send(sales, 'import-deal', { payload: demoDeal(sample, Number(id)).won }, true);
};
const risks = async () =>
  (await world.rows('select id from risk where tenant_id = $1 and handoff_id = $2', [handoffId])).map(
    ({ id }) => id as string,
  );
const sign = async () =>
  send(delivery, 'sign-off-feasibility', {
    acceptedRiskIds: await risks(),
    statement: 'Feasible with another engineer in the plan.',
  });

describe('the submit gate', () => {
  it('does not pass terms that the PSA has left behind', async () => {
    await importAgain();
    await giveBack();
    const refused = await send(sales, 'submit-handoff', {});
    expect(blocking(refused)).toEqual(['DEAL_CHANGED']);
    expect(refused.findings!.find(({ code }) => code === 'DEAL_CHANGED')!.remedy).toMatch(/importDeal/);
    await importAgain();
    expect(blocking(await send(sales, 'submit-handoff', {}))).not.toContain('DEAL_CHANGED');
  });

  it('counts the approvals anew: not of whom was suspended, and of them again when they are back', async () => {
    await giveBack();
    await revops.done(suspendMember, await suspended('fiona.finance'));
    expect(blocking(await send(sales, 'submit-handoff', {}))).toContain('MARGIN_BELOW_FLOOR');
    const { data } = await sales.graphql(operation('handoff-readiness'), { id: handoffId, gate: 'SUBMIT' });
    expect(data!.handoff.readiness).toMatchObject({ ready: false });
    await revops.done(reinstateMember, await suspended('fiona.finance'));
    expect(await send(sales, 'submit-handoff', {})).toMatchObject({ stage: 'IN_REVIEW' });
  });

  it('counts the approvals anew: not of whom lost the role', async () => {
    await giveBack();
    await revops.done(revokeRole, { ...(await member('fiona.finance')), role: Role.FINANCE_APPROVER });
    expect(blocking(await send(sales, 'submit-handoff', {}))).toContain('MARGIN_BELOW_FLOOR');
  });

  it('counts the approvals anew: two records that are one human are one', async () => {
    await giveBack();
    await revops.done(mergeMember, {
      ...(await member('fiona.finance')),
      intoPersonId: await world.idOf('freda.finance'),
    });
    expect(blocking(await send(sales, 'submit-handoff', {}))).toContain('MARGIN_BELOW_FLOOR');
  });

  it('counts the approvals anew: not of who owns the handoff by now, and it may be asked for again', async () => {
    await giveBack();
    const personId = await world.idOf('fiona.finance');
    await sales.done(assignOwner, { handoffId, expectedRevision: await revision(), personId });
    expect(blocking(await send(sales, 'submit-handoff', {}))).toContain('MARGIN_BELOW_FLOOR');
    const again = await send(sales, 'request-margin-exception', { reason: 'The second year pays for it.' });
    expect(again).toMatchObject({ state: 'PENDING' });
  });
});

/** The handle's row, whoever may not sign in any more too. */
async function suspended(key: string): Promise<{ personId: string; expectedRevision: number }> {
  const found = await row('select id, revision from person where tenant_id = $1 and handle = $2', [key]);
  return { personId: found.id as string, expectedRevision: found.revision as number };
}

describe('the sign-off', () => {
  it('puts what delivery only assumes by then into the decision log, which holds the client date', async () => {
    const assumption = {
      text: 'The carrier moves the line before the cutover.',
      source: 'Call with the carrier',
      impact: 'Without it the cutover waits.',
    };
    expect(await send(delivery, 'add-assumption', assumption)).toMatchObject({ __typename: 'Handoff' });
    expect(await sign()).toMatchObject({ stage: 'SIGNED_OFF' });
    const open = await world.rows(
      "select number, kind, blocks_kickoff, owner_id, escalation_contact_id from decision where tenant_id = $1 and handoff_id = $2 and state = 'OPEN'",
      [handoffId],
    );
    expect(open).toMatchObject([
      { number: 'D-2', kind: 'ASSUMPTION', blocks_kickoff: true, owner_id: delivery.actor.id },
    ]);
    const date = { startsAt: '2026-12-02T11:00:00Z', durationMinutes: 45 };
    expect(blocking(await send(delivery, 'schedule-kickoff', date))).toEqual(['DECISION_OPEN']);
  });
});

describe('a brief', () => {
  it('of terms that have been reclassified since is not released', async () => {
    await giveBack();
    expect(await send(sales, 'draft-brief', {})).toMatchObject({ __typename: 'Brief' });
    expect(await send(sales, 'classify-handoff', { dealType: 'EXPANSION' })).toMatchObject({ __typename: 'Handoff' });
    const { id: briefId } = await row(
      'select id from brief where tenant_id = $1 and handoff_id = $2 order by version desc limit 1',
    );
    expect(blocking(await send(sales, 'release-brief', { briefId }))).toEqual(['BRIEF_OUTDATED']);
  });

  it('of new terms with the budget of the old ones is not released', async () => {
    await giveBack();
    await importAgain();
    expect(await send(sales, 'draft-brief', {})).toMatchObject({ __typename: 'Brief' });
    const { id: briefId } = await row(
      'select id from brief where tenant_id = $1 and handoff_id = $2 order by version desc limit 1',
    );
    expect(blocking(await send(sales, 'release-brief', { briefId }))).toEqual(['BRIEF_OUTDATED']);
  });
});

describe('the ledger', () => {
  it('takes no free text by way of a path or a key', async () => {
    const gaps = [{ path: 'Priya Nair said so', text: 'A line is missing.' }];
    expect(await send(delivery, 'return-handoff', { gaps })).toMatchObject({ code: 'BAD_USER_INPUT' });
    await giveBack();
    const answers = [{ key: 'Priya Nair +44 113', value: 'true' }];
    expect(await send(sales, 'edit-handoff', { answers })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await world.rows("select 1 from ledger_entry where tenant_id = $1 and content like '%Priya%'")).toEqual([]);
  });
});
