import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withdrawRequest } from '../../src/approval/approval.commands.js';
import { selectRequired } from '../../src/core/statement.js';
import { PersonalKey } from '../../src/core/vault.js';
import { openPayload } from '../../src/deal/deal.payload.js';
import { assignOwner } from '../../src/handoff/handoff.commands.js';
import { suspendMember } from '../../src/identity/member.commands.js';
import { demoDeal } from '../../src/sandbox/demo/deal-files.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

const sample = readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8');
const ROUNDS = [1, 2];

let suite: Suite;
let world: World;
let handoffId: string;
let requestId: string;
let sales: Persona;
let delivery: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

const row = async (text: string, values: readonly unknown[] = [handoffId]) => (await world.rows(text, values))[0]!;
const on = async () => ({
  handoffId,
  expectedRevision: (await row('select revision from handoff where tenant_id = $1 and id = $2')).revision as number,
});
/** The type of the answer, or the code of the error. */
const send = async (persona: Persona, name: string, input: object): Promise<string> => {
  const { data, errors } = await persona.graphql(operation(name), { input });
  return data ? (Object.values(data)[0] as { __typename: string }).__typename : String(errors[0]?.extensions.code);
};
const olderPayload = async () => {
  const { external_id: id } = await row(
    'select d.external_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id where d.tenant_id = $1 and h.id = $2',
  );
  return { payload: demoDeal(sample, Number(id)).won };
};
/** A handoff at the stage that a race begins from. */
const tell = async (until: 'KICKOFF_SCHEDULED' | 'IN_REVIEW' | 'RETURNED'): Promise<void> => {
  world = await suite.tenant((configuration) => {
    configuration.people.find(({ key }) => key === 'fiona.finance')!.roles.push('SALES_MANAGER');
  });
  ({ handoffId, requestId } = await playStory(world));
  sales = await world.as('sofia.sales');
  delivery = await world.as('dana.delivery');
  if (until === 'KICKOFF_SCHEDULED') return;
  await send(delivery, 'revoke-sign-off', { ...(await on()), reason: 'The engineer has left.' });
  if (until === 'IN_REVIEW') return;
  const gaps = [{ path: 'terms.lines', text: 'A line is missing.' }];
  await send(delivery, 'return-handoff', { ...(await on()), gaps });
};
const state = () =>
  row(`select h.stage, h.terms_revision, s.revision as adopted, d.current_revision as newest, p.state as project,
      (select b.terms_revision from budget_baseline b where b.tenant_id = $1 and b.handoff_id = h.id order by b.version desc limit 1) as budgeted,
      (select count(*)::int from feasibility_sign_off f where f.tenant_id = $1 and f.handoff_id = h.id and f.state = 'LIVE') as live,
      (select count(*)::int from project q where q.tenant_id = $1 and q.handoff_id = h.id) as projects
    from handoff h join deal d on d.tenant_id = $1 and d.id = h.deal_id
    join deal_snapshot s on s.tenant_id = $1 and s.id = h.deal_snapshot_id
    join project p on p.tenant_id = $1 and p.handoff_id = h.id where h.tenant_id = $1 and h.id = $2`);
afterEach(async () => {
  const { n } = await row(
    'select deadlocks::int as n from pg_stat_database where datname = current_database() and $1::uuid is not null',
    [],
  );
  expect(n).toBe(0);
});

describe.each(ROUNDS)('round %i', () => {
  it('two who submit at once pass the gate once', async () => {
    await tell('RETURNED');
    const input = await on();
    const answers = await Promise.all([sales, sales].map((persona) => send(persona, 'submit-handoff', input)));
    expect(answers.toSorted()).toEqual(['Handoff', 'STALE_REVISION']);
    expect(await state()).toMatchObject({ stage: 'IN_REVIEW', projects: 1 });
  });

  it('a submit and an import of other terms: what passes is what was proven', async () => {
    await tell('RETURNED');
    const input = await on();
    const older = await olderPayload();
    const [submitted, imported] = await Promise.all([
      send(sales, 'submit-handoff', input),
      send(sales, 'import-deal', older),
    ]);
    expect(imported).toBe('Handoff');
    const after = await state();
    expect(after.newest).toBe(3);
    if (submitted === 'Handoff') expect(after).toMatchObject({ stage: 'IN_REVIEW', adopted: 2, budgeted: 2 });
    else expect([submitted, after]).toMatchObject(['STALE_REVISION', { stage: 'RETURNED', adopted: 3 }]);
  });

  it('a sign-off and an import of other terms: no sign-off of terms that the PSA has left', async () => {
    await tell('IN_REVIEW');
    const risks = await world.rows('select id from risk where tenant_id = $1 and handoff_id = $2', [handoffId]);
    const statement = 'Feasible with another engineer in the plan.';
    const input = { ...(await on()), acceptedRiskIds: risks.map(({ id }) => id), statement };
    const older = await olderPayload();
    const [, imported] = await Promise.all([
      send(delivery, 'sign-off-feasibility', input),
      send(sales, 'import-deal', older),
    ]);
    expect(imported).toBe('Handoff');
    expect(await state()).toMatchObject({ stage: 'IN_REVIEW', live: 0, project: 'AWAITING_SIGN_OFF' });
  });

  it('a kickoff date and a revoked sign-off: no date without a sign-off', async () => {
    await tell('KICKOFF_SCHEDULED');
    const input = await on();
    const answers = await Promise.all([
      send(delivery, 'schedule-kickoff', { ...input, startsAt: '2026-12-02T11:00:00Z', durationMinutes: 45 }),
      send(delivery, 'revoke-sign-off', { ...input, reason: 'The engineer has left.' }),
    ]);
    expect(answers.toSorted()).toEqual(['Handoff', 'STALE_REVISION']);
    const { stage, live } = await state();
    expect(stage === 'KICKOFF_SCHEDULED').toBe(live === 1);
  });

  it('a submit and everything that takes its approval away: one of them is first', async () => {
    await tell('RETURNED');
    const input = await on();
    const { revision } = await row('select revision from approval_request where tenant_id = $1 and id = $2', [
      requestId,
    ]);
    const personId = await world.idOf('fiona.finance');
    const revops = await world.as('ravi.revops');
    const [submitted] = await Promise.all([
      send(sales, 'submit-handoff', input),
      sales.run(withdrawRequest, { requestId, expectedRevision: revision as number }),
      revops.run(suspendMember, { personId, expectedRevision: 1 }),
      sales.run(assignOwner, { ...input, personId }).catch(() => null),
    ]);
    const { stage } = await state();
    expect([submitted, stage]).toEqual(
      stage === 'IN_REVIEW' ? ['Handoff', 'IN_REVIEW'] : [expect.stringMatching(/Refused|STALE_REVISION/), 'RETURNED'],
    );
  });
});

it('an import after the end changes nothing of what has ended, and the older payload revives nothing', async () => {
  await tell('KICKOFF_SCHEDULED');
  const before = await state();
  const older = await olderPayload();
  expect(await send(sales, 'import-deal', older)).toBe('Handoff');
  expect(await state()).toMatchObject({ stage: 'IN_REVIEW', live: 0, adopted: before.adopted, newest: 3 });
  // The payload that was signed off, word for word, is a revision of its own: nothing comes back by itself.
  const { raw, id } = await row(
    'select p.raw, p.id from deal_payload p join deal_snapshot s on s.tenant_id = $1 and s.id = p.id join handoff h on h.tenant_id = $1 and h.deal_snapshot_id = s.id where p.tenant_id = $1 and h.id = $2',
  );
  const { key } = await world.read({ key: selectRequired(PersonalKey, id as string) });
  const payload = openPayload(suite.vault, { key, text: raw as string }, 'raw')!;
  expect(await send(sales, 'import-deal', { payload })).toBe('Handoff');
  expect(await state()).toMatchObject({ stage: 'IN_REVIEW', live: 0, newest: 4 });
});
