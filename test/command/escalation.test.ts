import { pino } from 'pino';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import type { EffectHandler } from '../../src/core/outbox/handler.js';
import { select } from '../../src/core/statement.js';
import { ClockSettlement, Escalation } from '../../src/escalation/escalation.entity.js';
import { ESCALATE_EFFECT, escalateHandler } from '../../src/escalation/escalation.handler.js';
import { EscalationPlanner } from '../../src/escalation/escalation.planner.js';
import { suspendMember } from '../../src/identity/member.commands.js';
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

/** A handoff whose kickoff is scheduled; its deal was won on 30 September, so most of its clocks are long breached. */
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
  sales = await world.as('sofia.sales');
  delivery = await world.as('dana.delivery');
});

/** Some looks of so many workers: what is due is asked for, and done. */
async function work(workers = 1): Promise<void> {
  const tenants = async (): Promise<string[]> => [world.tenantId];
  const log = pino({ level: 'silent' });
  const { gateway, clock, pipeline } = suite;
  const kinds = await world.rows('select distinct kind from outbox_effect where tenant_id = $1');
  const others = kinds.map(({ kind }): [string, EffectHandler] => [kind as string, () => NOT_HERE]);
  const handlers = { ...Object.fromEntries(others), [ESCALATE_EFFECT]: escalateHandler };
  await Promise.all(
    Array.from({ length: workers }, async () => {
      await new EscalationPlanner({ gateway, present: () => clock.now(), tenants, log }).pass();
      const dispatcher = new Dispatcher({ gateway, clock, pipeline, handlers, tenants, log });
      for (let pass = 0; pass < 40 && (await dispatcher.pass()) > 0;) pass += 1;
    }),
  );
}

/** One look of the planner of notices. */
async function notify(): Promise<void> {
  const { gateway, clock } = suite;
  const tenants = async (): Promise<string[]> => [world.tenantId];
  const log = pino({ level: 'silent' });
  await new NoticePlanner({ gateway, present: () => clock.now(), tenants, deliver: async () => 0, log }).pass();
}

/** The templates of the notices about decisions and their deadlines, with the key of whom they are for. */
async function toldOfDecisions(): Promise<string[]> {
  const rows = await world.rows(
    `select n.template, n.person_id from notice n left join escalation e on e.tenant_id = $1 and e.id = n.subject_id
     where n.tenant_id = $1 and (n.subject_type = 'Decision' or e.cause = 'DECISION') order by n.raised_at, n.id`,
  );
  const { people } = world.configuration;
  return rows.map(({ template, person_id }) => `${String(template)} ${people.find(({ id }) => id === person_id)?.key}`);
}

const at = (text: string): void => void (suite.clock.at = new Date(text));
const steps = async (): Promise<Escalation[]> =>
  (await world.read({ rows: select(Escalation, { handoffId }, { orderBy: ['firesAt', 'step'] }) })).rows;
const told = async (): Promise<string[]> => {
  const { people } = world.configuration;
  return (await steps()).map(({ clock, step, personId, isNews, endedAt }) => {
    const key = people.find(({ id }) => id === personId)?.key ?? personId;
    return `${clock ?? 'DECISION'} ${step} ${key}${isNews ? ' told' : ''}${endedAt ? ' over' : ''}`;
  });
};
const revision = async (): Promise<number> =>
  Number((await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]))[0]!.revision);
const send = async (persona: Persona, name: string, input: object = {}) => {
  const { data, errors } = await persona.graphql(operation(name), {
    input: { handoffId, expectedRevision: await revision(), ...input },
  });
  if (!data) return { __typename: errors[0]!.extensions.code as string, findings: [] };
  return Object.values(data)[0] as { __typename: string; findings?: { code: string }[] };
};
const codesOf = async (answer: ReturnType<typeof send>): Promise<string[]> =>
  ((await answer).findings ?? []).map(({ code }) => code);
const draft = async () =>
  (await sales.graphql(operation('introduction'), { id: handoffId })).data!.handoff.introduction as {
    state: string;
    textSha256: string;
    body: string;
    threadUrl: string | null;
    approver: { handle: string } | null;
  };

const LADDER = (clock: string, end = ''): string[] => [
  `${clock} 1 leah.lead${end}`,
  `${clock} 2 dana.delivery${end}`,
  `${clock} 3 ravi.revops${end}`,
];

it('escalates deadlines step by step, whoever was alive then, each once and by two workers alike', async () => {
  await work(2);
  const first = await told();
  // What was met meanwhile is recorded and told to nobody; of what is open only the highest step is news.
  expect(first.filter((line) => line.startsWith('DOCUMENT_COMPLETE'))).toEqual([
    'DOCUMENT_COMPLETE 0 sofia.sales over',
    ...LADDER('DOCUMENT_COMPLETE', ' over'),
  ]);
  expect(first.filter((line) => line.startsWith('INTRODUCTION'))).toEqual([
    'INTRODUCTION 0 sofia.sales',
    'INTRODUCTION 1 leah.lead',
    'INTRODUCTION 2 dana.delivery',
    'INTRODUCTION 3 ravi.revops told',
  ]);
  await work(2);
  expect(await told()).toEqual(first);
  expect((await steps()).every(({ firedAt, firesAt }) => firedAt > firesAt)).toBe(true);
  // They are seen by whoever they name ...
  const variables = { openOnly: true, mineOnly: true, first: 50 };
  const { data } = await (await world.as('leah.lead')).graphql(operation('escalations'), variables);
  const edges = data!.escalations.edges as { node: { clock: string; step: number } }[];
  expect(edges.map(({ node: { clock, step } }) => `${clock} ${step}`).toSorted()).toEqual([
    'HANDOFF_MEETING 1',
    'INTRODUCTION 1',
    'KICKOFF_HARD_BREACH 1',
    'KICKOFF_HELD 1',
  ]);
  // ... each once, and whoever is told has it in their list ...
  await notify();
  const noticesOf = async (key: string) => {
    const answer = await (await world.as(key)).graphql(operation('my-notices'), { first: 50 });
    const list = answer.data!.myNotices.edges as { node: { template: string } }[];
    return list.filter(({ node }) => node.template === 'DEADLINE_PASSED').length;
  };
  expect([await noticesOf('ravi.revops'), await noticesOf('leah.lead')]).toEqual([4, 0]);
  // ... and end when what they wait for happens.
  await send(sales, 'approve-introduction', { textSha256: (await draft()).textSha256 });
  await send(sales, 'record-introduction', { threadUrl: 'https://outlook.example/t/1' });
  await work();
  const over = (await steps()).filter(({ clock }) => clock === 'INTRODUCTION').map(({ endedAt }) => endedAt?.getTime());
  expect(over).toEqual(Array.from({ length: 4 }, () => START.getTime()));
  expect((await told()).filter((line) => line.startsWith('KICKOFF_HELD') && line.endsWith('over'))).toEqual([]);
});

it('lets an overdue decision climb from its contact until it is decided, and settles a handoff that has ended', async () => {
  const [ownerId, escalationContactId] = [await world.idOf('dana.delivery'), await world.idOf('leah.lead')];
  await send(delivery, 'open-decision', {
    kind: 'QUESTION',
    question: 'Who pays for the second line?',
    ownerId,
    escalationContactId,
    dueOn: '2026-11-24',
    blocksKickoff: false,
  });
  const ofDecision = async () => (await told()).filter((line) => line.startsWith('DECISION'));
  const after = async (instant: string) => {
    at(instant);
    await work();
    return (await ofDecision()).at(-1);
  };
  expect(await after('2026-11-24T08:59:00Z')).toBeUndefined();
  expect(await after('2026-11-24T09:00:00Z')).toBe('DECISION 0 dana.delivery told');
  expect(await after('2026-11-24T17:29:00Z')).toBe('DECISION 0 dana.delivery told');
  expect(await after('2026-11-24T17:30:00Z')).toBe('DECISION 1 leah.lead told');
  expect(await after('2026-11-25T17:00:00Z')).not.toBe('DECISION 1 leah.lead told');
  expect(await ofDecision()).toHaveLength(3);
  await send(sales, 'withdraw-handoff', { reason: 'The client has changed its mind.' });
  await work(2);
  const settled = await told();
  expect(settled.every((line) => line.endsWith('over'))).toBe(true);
  expect((await world.read({ rows: select(ClockSettlement) })).rows).toHaveLength(1);
  at('2026-12-30T12:00:00Z');
  await work();
  expect(await told()).toEqual(settled);
});

/** Opens an entry that Dana owns, with Leah as its contact, due on the next day. */
async function openDecision(): Promise<void> {
  const [ownerId, escalationContactId] = [await world.idOf('dana.delivery'), await world.idOf('leah.lead')];
  const stated = { kind: 'QUESTION', question: 'Who pays for the second line?', dueOn: '2026-11-24' };
  await send(delivery, 'open-decision', { ...stated, ownerId, escalationContactId, blocksKickoff: false });
}

it('tells the first of the ladder of an overdue decision whose contact has left', async () => {
  await openDecision();
  const admin = await world.as('ravi.revops');
  await admin.done(suspendMember, { personId: await world.idOf('leah.lead'), expectedRevision: 1 });
  at('2026-11-24T17:31:00Z');
  await work();
  expect((await told()).filter((line) => line.startsWith('DECISION')).at(-1)).toBe('DECISION 1 ravi.revops told');
  at('2026-11-25T00:01:00Z');
  await notify();
  expect(await toldOfDecisions()).toContain('DEADLINE_PASSED ravi.revops');
});

it('tells the contact of an overdue decision once, though it is the first of its ladder', async () => {
  await openDecision();
  at('2026-11-24T17:31:00Z');
  await work();
  at('2026-11-25T00:01:00Z');
  await notify();
  expect(await toldOfDecisions()).toEqual(['DECISION_OVERDUE dana.delivery', 'DECISION_OVERDUE leah.lead']);
});

it('chases nobody about a decision of a handoff that has ended: nobody could settle it', async () => {
  await openDecision();
  const overdue = async (): Promise<number> => {
    const { data } = await delivery.graphql('{ decisions(overdueOnly: true) { edges { node { number } } } }');
    return data!.decisions.edges.length as number;
  };
  at('2026-11-25T10:00:00Z');
  expect(await overdue()).toBe(1);
  await send(sales, 'withdraw-handoff', { reason: 'The client has changed its mind.' });
  await notify();
  expect([await toldOfDecisions(), await overdue()]).toEqual([[], 0]);
});

it('pauses the clocks with a reason, and introduces the client with the text that was approved', async () => {
  const reason = 'The client moves its offices first, and asked us to wait.';
  expect(await codesOf(send(sales, 'resume-clocks'))).toEqual(['NOT_PAUSED']);
  expect((await send(sales, 'pause-clocks', { reason: 'Because.' })).__typename).toBe('BAD_USER_INPUT');
  expect((await send(await world.as('FINANCE_APPROVER'), 'pause-clocks', { reason })).__typename).toBe('FORBIDDEN');
  expect((await send(sales, 'pause-clocks', { reason })).__typename).toBe('Handoff');
  expect(await codesOf(send(delivery, 'pause-clocks', { reason }))).toEqual(['ALREADY_PAUSED']);
  at('2026-11-30T09:00:00Z');
  expect((await send(delivery, 'resume-clocks')).__typename).toBe('Handoff');
  const { data } = await sales.graphql(operation('handoff-clocks'), { id: handoffId });
  expect(data!.handoff.pauses).toEqual([
    {
      reason,
      pausedAt: START.toISOString(),
      resumedAt: '2026-11-30T09:00:00.000Z',
      pauser: { handle: 'sofia.sales' },
      resumer: { handle: 'dana.delivery' },
    },
  ]);

  const { textSha256, state, body } = await draft();
  expect(state).toBe('DRAFT');
  expect(body).toContain('Dana Okafor leads');
  const threadUrl = 'https://outlook.example/t/1';
  expect(await codesOf(send(sales, 'record-introduction', { threadUrl }))).toEqual(['APPROVAL_MISSING']);
  const stale = { textSha256: 'a'.repeat(64) };
  expect(await codesOf(send(sales, 'approve-introduction', stale))).toEqual(['TEXT_CHANGED']);
  expect((await send(delivery, 'approve-introduction', { textSha256 })).__typename).toBe('Handoff');
  expect(await draft()).toMatchObject({ state: 'APPROVED', approver: { handle: 'dana.delivery' }, threadUrl: null });
  // What it says changes, as by an erasure: it is approved no more, until it reads as before.
  const rename = async (name: string): Promise<void> => {
    const text = `update stakeholder set name = $3 where tenant_id = $1 and handoff_id = $2 and role = 'PRIMARY_CONTACT'`;
    await suite.gateway.transaction(world.tenantId, (tx) => tx.commit([{ text, values: [handoffId, name] }]));
  };
  await rename('Erased');
  expect((await draft()).state).toBe('DRAFT');
  expect(await codesOf(send(sales, 'record-introduction', { threadUrl }))).toEqual(['APPROVAL_MISSING']);
  await rename('Priya Nair');
  const script = { threadUrl: 'javascript:alert(1)' };
  expect((await send(sales, 'record-introduction', script)).__typename).toBe('BAD_USER_INPUT');
  const future = { threadUrl, introducedAt: '2027-01-01T00:00:00.000Z' };
  expect(await codesOf(send(sales, 'record-introduction', future))).toEqual(['IMPOSSIBLE_TIME']);
  expect((await send(sales, 'record-introduction', { threadUrl })).__typename).toBe('Handoff');
  expect(await draft()).toMatchObject({ state: 'SENT', threadUrl });
  expect(await codesOf(send(sales, 'record-introduction', { threadUrl }))).toEqual(['ALREADY_INTRODUCED']);
});
