import { pino } from 'pino';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import type { EffectHandler } from '../../src/core/outbox/handler.js';
import { select } from '../../src/core/statement.js';
import { ClockSettlement, Escalation } from '../../src/escalation/escalation.entity.js';
import { ESCALATE_EFFECT, escalateHandler } from '../../src/escalation/escalation.handler.js';
import { EscalationPlanner } from '../../src/escalation/escalation.planner.js';
import { signalsBetween, signalsOf } from '../../src/feedback/feedback.queries.js';
import { FollowUp } from '../../src/feedback/follow-up.entity.js';
import { FOLLOW_UP_EFFECT, followUpHandler } from '../../src/feedback/follow-up.handler.js';
import { FollowUpPlanner } from '../../src/feedback/follow-up.planner.js';
import { NoticePlanner } from '../../src/notice/notice.planner.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

/** What else the story asks of the worker is not of this test. */
const NOT_HERE = Promise.resolve({ receipt: 'not here', writes: [] });

let suite: Suite;
let world: World;
let handoffId: string;
let sales: Persona;
let delivery: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

/** A handoff that was returned once, signed off on Monday 23 November 2026, and whose kickoff is scheduled. */
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
  sales = await world.as('sofia.sales');
  delivery = await world.as('dana.delivery');
});

const log = pino({ level: 'silent' });
const tenants = async (): Promise<string[]> => [world.tenantId];
const at = (text: string): void => void (suite.clock.at = new Date(text));

/** A look of so many workers at once: what is due is asked for, and done. */
async function work(workers = 2): Promise<void> {
  const { gateway, clock, pipeline } = suite;
  const kinds = await world.rows('select distinct kind from outbox_effect where tenant_id = $1');
  const others = kinds.map(({ kind }): [string, EffectHandler] => [kind as string, () => NOT_HERE]);
  const own = { [ESCALATE_EFFECT]: escalateHandler, [FOLLOW_UP_EFFECT]: followUpHandler };
  const planning = { gateway, present: () => clock.now(), tenants, log };
  await Promise.all(
    Array.from({ length: workers }, async () => {
      await new EscalationPlanner(planning).pass();
      await new FollowUpPlanner(planning).pass();
      const handlers = { ...Object.fromEntries(others), ...own };
      const dispatcher = new Dispatcher({ gateway, clock, pipeline, handlers, tenants, log });
      for (let pass = 0; pass < 40 && (await dispatcher.pass()) > 0;) pass += 1;
    }),
  );
}

const keyOf = (id: string): string => world.configuration.people.find((person) => person.id === id)?.key ?? id;
/** The steps of a cause: which, who, whether they were told, whether it is over. */
const told = async (cause: string): Promise<string[]> => {
  const { rows } = await world.read({ rows: select(Escalation, { handoffId }, { orderBy: ['firesAt', 'step'] }) });
  return rows
    .filter((row) => (row.cause as string) === cause)
    .map(({ step, personId, firesAt, isNews, endedAt }) => {
      const when = firesAt.toISOString().slice(0, 16);
      return `${step} ${keyOf(personId)} ${when}${isNews ? ' told' : ''}${endedAt ? ' over' : ''}`;
    });
};
const noticesOf = async (key: string, template: string): Promise<number> => {
  const { gateway, clock } = suite;
  await new NoticePlanner({ gateway, present: () => clock.now(), tenants, deliver: async () => 0, log }).pass();
  const { data } = await (await world.as(key)).graphql(operation('my-notices'), { first: 100 });
  const list = data!.myNotices.edges as { node: { template: string } }[];
  return list.filter(({ node }) => node.template === template).length;
};
const row = async (text: string) => (await world.rows(text, [handoffId]))[0]!;
const revision = async (): Promise<number> =>
  Number((await row('select revision from handoff where tenant_id = $1 and id = $2')).revision);
const ask = async (persona: Persona, name: string, input: object) => {
  const { data, errors } = await persona.graphql(operation(name), { input });
  if (!data) return { __typename: errors[0]!.extensions.code as string };
  return Object.values(data)[0] as { __typename: string; stage?: string; findings?: { code: string }[] };
};
const send = async (persona: Persona, name: string, input: object = {}) =>
  ask(persona, name, { handoffId, expectedRevision: await revision(), ...input });
const codesOf = async (answer: ReturnType<typeof ask>): Promise<string[]> =>
  ((await answer).findings ?? []).map(({ code }) => code);
const acceptance = async () =>
  (await sales.graphql(operation('handoff-acceptance'), { id: handoffId })).data!.handoff as Record<string, never> & {
    acceptance: { state: string; reason: string | null; gaps: object[] } | null;
    acceptances: { state: string; stands: boolean; endCode: string | null }[];
    repeatAskCount: number;
  };
const said = async (): Promise<string[]> =>
  (await acceptance()).acceptances.map(({ state, stands, endCode }) =>
    `${state}${stands ? ' stands' : ''} ${endCode ?? ''}`.trim(),
  );

const ANSWER = { accurate: false, surprises: 'Two sites more than we knew.', expectationsMet: true };
const GAP = { path: 'commitments', text: 'A free year was promised.', category: 'UNDOCUMENTED_COMMITMENT' };

it('asks for feedback two weeks after the acceptance, reminds once, then tells the ladder, until it is given', async () => {
  at('2026-12-07T08:59:00Z');
  await work();
  expect(await told('FEEDBACK')).toEqual([]);
  at('2026-12-07T09:00:00Z');
  await work();
  await work();
  expect(await told('FEEDBACK')).toEqual(['0 dana.delivery 2026-12-07T09:00 told']);
  expect([await noticesOf('dana.delivery', 'FEEDBACK_ASKED'), await noticesOf('leah.lead', 'FEEDBACK_ASKED')]).toEqual([
    1, 0,
  ]);
  at('2026-12-10T17:30:00Z');
  await work();
  expect((await told('FEEDBACK')).at(-1)).toBe('1 dana.delivery 2026-12-10T17:30 told');
  expect(await noticesOf('dana.delivery', 'FEEDBACK_ASKED')).toBe(2);
  at('2026-12-11T17:30:00Z');
  await work();
  expect((await told('FEEDBACK')).at(-1)).toBe('2 leah.lead 2026-12-11T17:00 told');
  expect([await noticesOf('leah.lead', 'DEADLINE_PASSED'), await noticesOf('leah.lead', 'FEEDBACK_ASKED')]).toEqual([
    expect.any(Number),
    0,
  ]);

  expect((await send(sales, 'give-feedback', ANSWER)).__typename).toBe('FORBIDDEN');
  const contradiction = { ...ANSWER, accurate: true, categories: [{ category: 'TECHNICAL', accurate: false }] };
  expect(await codesOf(send(delivery, 'give-feedback', contradiction))).toEqual(['CONTRADICTING_ANSWERS']);
  const twice = { ...ANSWER, categories: [1, 2].map(() => ({ category: 'TECHNICAL', accurate: false })) };
  expect((await send(delivery, 'give-feedback', twice)).__typename).toBe('BAD_USER_INPUT');
  const categories = [{ category: 'TECHNICAL', accurate: false }];
  expect(await send(delivery, 'give-feedback', { ...ANSWER, categories })).toMatchObject({
    stage: 'KICKOFF_SCHEDULED',
    feedback: { accurate: false, expectationsMet: true, categories, closes: false },
  });
  await work();
  expect((await told('FEEDBACK')).every((line) => line.endsWith('over'))).toBe(true);
  at('2026-12-30T12:00:00Z');
  await work();
  expect(await told('FEEDBACK')).toHaveLength(3);
  const { signals } = await world.read({ signals: signalsOf([handoffId]) });
  expect(signals.get(handoffId)).toMatchObject({
    acceptedAt: START,
    returns: 1,
    feedback: { accurate: false, surprised: true, expectationsMet: true },
  });
});

it('finds after days without a worker what it missed, tells only the highest, and asks nobody who has answered', async () => {
  at('2026-12-14T12:00:00Z');
  await work();
  expect(await told('FEEDBACK')).toEqual([
    '0 dana.delivery 2026-12-07T09:00',
    '1 dana.delivery 2026-12-10T17:30',
    '2 leah.lead 2026-12-11T17:00 told',
  ]);
  suite.clock.at = START;
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
  at('2026-12-03T10:00:00Z');
  await send(await world.as('dana.delivery'), 'give-feedback', ANSWER);
  at('2026-12-14T12:00:00Z');
  await work();
  expect(await told('FEEDBACK')).toEqual([]);
});

it('holds the first deliverable to its day, step by step, until it is done or has another day, beyond the close', async () => {
  const first = `select m.id from project_milestone m where m.tenant_id = $1 and m.handoff_id = $2
    and m.state = 'PLANNED' order by m.target_on, m.position limit 1`;
  const { id: milestoneId } = await row(first);
  await send(delivery, 'schedule-kickoff', { startsAt: '2026-12-02T11:00:00Z', durationMinutes: 45 });
  at('2026-12-09T15:00:00Z');
  await send(delivery, 'hold-kickoff');
  expect((await send(delivery, 'close-handoff', ANSWER)).stage).toBe('CLOSED');
  const change = (text: string, values: readonly unknown[]): Promise<void> =>
    suite.gateway.transaction(world.tenantId, (tx) => tx.commit([{ text, values }]));
  const move = (day: string) =>
    change('update project_milestone set start_on = $3, target_on = $3 where tenant_id = $1 and id = $2', [
      milestoneId,
      day,
    ]);
  await change(
    "update project_milestone set start_on = '2027-03-01', target_on = '2027-03-01' where tenant_id = $1 and id <> $2",
    [milestoneId],
  );
  await move('2026-12-10');
  at('2026-12-10T08:59:00Z');
  await work();
  expect(await told('FIRST_DELIVERABLE')).toEqual([]);
  expect((await world.read({ rows: select(ClockSettlement) })).rows).toEqual([]);
  at('2026-12-11T17:30:00Z');
  await work();
  expect(await told('FIRST_DELIVERABLE')).toEqual([
    '0 dana.delivery 2026-12-10T09:00',
    '1 leah.lead 2026-12-10T17:30',
    '2 sofia.sales 2026-12-11T17:00 told',
  ]);
  expect(await noticesOf('sofia.sales', 'DEADLINE_PASSED')).toBeGreaterThan(0);
  at('2026-12-14T12:00:00Z');
  const view = `query ($id: ID!) { handoff(id: $id) { project { firstDeliverable { isLate } } } }`;
  expect((await sales.graphql(view, { id: handoffId })).data!.handoff.project.firstDeliverable.isLate).toBe(true);
  // Another day is another deadline ...
  await move('2026-12-16');
  await work();
  expect((await told('FIRST_DELIVERABLE')).every((line) => line.endsWith('over'))).toBe(true);
  at('2026-12-16T17:30:00Z');
  await work();
  expect((await told('FIRST_DELIVERABLE')).at(-1)).toBe('1 leah.lead 2026-12-16T17:30 told');
  // ... and what is done ends it at that very time.
  await change("update project_task set state = 'DONE', done_at = $3 where tenant_id = $1 and milestone_id = $2", [
    milestoneId,
    new Date('2026-12-16T18:00:00Z'),
  ]);
  at('2026-12-20T12:00:00Z');
  await work();
  const ended = await world.rows(
    "select distinct ended_at from escalation where tenant_id = $1 and cause = 'FIRST_DELIVERABLE' and mark like '%/2026-12-16'",
  );
  expect(ended).toEqual([{ ended_at: new Date('2026-12-16T18:00:00Z') }]);
  expect((await world.read({ rows: select(ClockSettlement) })).rows).toHaveLength(1);
});

it('keeps every verdict with its gaps, and lets repeated returns climb to sales leadership, once each', async () => {
  expect(await said()).toEqual(['ACCEPTED stands', 'NEEDS_REVISION']);
  await send(delivery, 'revoke-sign-off', { reason: 'The engineer has left.' });
  expect(await said()).toEqual(['ACCEPTED REVOKED', 'NEEDS_REVISION']);
  expect((await acceptance()).acceptance).toBeNull();
  const reason = 'Nothing of what was promised is written down.';
  expect(await codesOf(send(delivery, 'return-handoff', { gaps: [GAP], verdict: 'REJECTED' }))).toEqual([
    'REASON_MISSING',
  ]);
  expect(await codesOf(send(delivery, 'return-handoff', { gaps: [GAP], reason }))).toEqual(['REASON_UNASKED']);
  expect((await send(delivery, 'return-handoff', { gaps: [GAP], verdict: 'ACCEPTED' })).__typename).toBe(
    'BAD_USER_INPUT',
  );
  expect((await send(delivery, 'return-handoff', { gaps: [GAP] })).stage).toBe('RETURNED');
  expect((await acceptance()).acceptance).toMatchObject({ state: 'NEEDS_REVISION', reason: null, gaps: [GAP] });
  await work();
  await work();
  expect((await send(sales, 'submit-handoff')).stage).toBe('IN_REVIEW');
  expect((await acceptance()).acceptance).toBeNull();
  expect((await send(delivery, 'return-handoff', { gaps: [GAP], verdict: 'REJECTED', reason })).stage).toBe('RETURNED');
  expect((await acceptance()).acceptance).toMatchObject({ state: 'REJECTED', reason });
  // Two workers, and one of them late.
  await work();
  const { rows } = await world.read({ rows: select(FollowUp, {}, { orderBy: ['calledForAt', 'kind'] }) });
  const line = ({ kind, ownerId, repId, returnIds }: FollowUp) =>
    `${kind} ${keyOf(ownerId)} about ${keyOf(repId)}: ${returnIds.length}`;
  expect(rows.map(line).toSorted()).toEqual([
    'REJECTED fiona.finance about sofia.sales: 3',
    'REPEATED_RETURN freda.finance about sofia.sales: 2',
  ]);
  expect([
    await noticesOf('freda.finance', 'FOLLOW_UP_OPENED'),
    await noticesOf('sofia.sales', 'FOLLOW_UP_OPENED'),
  ]).toEqual([1, 0]);

  const list = async (key: string) => {
    const persona = await world.as(key);
    const { data } = await persona.graphql(operation('follow-ups'), { openOnly: true, mineOnly: false, first: 10 });
    return (data!.followUps.edges as { node: { kind: string } }[]).map(({ node }) => node.kind).toSorted();
  };
  expect(await list('sofia.sales')).toEqual(['REJECTED', 'REPEATED_RETURN']);
  expect(await list('freda.finance')).toEqual(['REPEATED_RETURN']);
  expect(await list('sam.sales')).toEqual([]);
  const repeated = rows.find(({ kind }) => (kind as string) === 'REPEATED_RETURN')!;
  const settle = {
    followUpId: repeated.id,
    expectedRevision: 1,
    outcome: 'Talked through; promises go into the form.',
  };
  expect((await ask(sales, 'settle-follow-up', settle)).__typename).toBe('FORBIDDEN');
  const freda = await world.as('freda.finance');
  expect((await ask(freda, 'settle-follow-up', { ...settle, expectedRevision: 2 })).__typename).toBe('STALE_REVISION');
  expect((await ask(freda, 'settle-follow-up', settle)).__typename).toBe('FollowUp');
  expect(await codesOf(ask(freda, 'settle-follow-up', { ...settle, expectedRevision: 2 }))).toEqual(['ALREADY_DONE']);
  expect(await list('freda.finance')).toEqual([]);
  const bySelf = suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      { text: 'update follow_up set settled_by = rep_id where tenant_id = $1 and id = $2', values: [repeated.id] },
    ]),
  );
  await expect(bySelf).rejects.toThrow(/follow_up/);
});

it('records what was asked again and what the client said, of what was handed over and on days that were', async () => {
  const asked = {
    handoffId,
    category: 'TECHNICAL',
    itemPath: 'checklist.DEPENDENCIES',
    askedOf: 'CLIENT',
    askedOn: '2026-11-23',
  };
  expect(await ask(delivery, 'record-repeat-ask', asked)).toMatchObject({ repeatAskCount: 1 });
  expect(await ask(delivery, 'record-repeat-ask', { ...asked, askedOf: 'SALES' })).toMatchObject({ repeatAskCount: 2 });
  expect((await ask(sales, 'record-repeat-ask', asked)).__typename).toBe('FORBIDDEN');
  expect(await codesOf(ask(delivery, 'record-repeat-ask', { ...asked, askedOn: '2026-11-24' }))).toEqual([
    'IMPOSSIBLE_DAY',
  ]);
  for (const wrong of [{ askedOn: '2026-02-30' }, { askedOn: '0001-01-01' }, { itemPath: 'What about the firewall?' }])
    expect((await ask(delivery, 'record-repeat-ask', { ...asked, ...wrong })).__typename).toBe('BAD_USER_INPUT');
  const survey = { handoffId, score: 9, answeredOn: '2026-11-23', evidenceUrl: 'https://surveys.example.com/1' };
  expect((await ask(sales, 'record-client-survey', survey)).__typename).toBe('Handoff');
  for (const wrong of [{ score: 11 }, { score: -1 }, { evidenceUrl: 'http://surveys.example.com' }])
    expect((await ask(sales, 'record-client-survey', { ...survey, ...wrong })).__typename).toBe('BAD_USER_INPUT');
  const { signals } = await world.read({
    signals: signalsBetween(START, new Date(START.getTime() + 1)),
  });
  expect(signals).toEqual([
    expect.objectContaining({
      handoffId,
      repeatAsks: 2,
      surveyScore: 9,
      returns: 1,
      firstDeliverable: expect.anything(),
    }),
  ]);
});
