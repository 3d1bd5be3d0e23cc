import { EffectState } from '../../src/core/outbox/effect.entity.js';
import { openDecision, reassignDecision, resolveDecision } from '../../src/decision/decision.commands.js';
import { DecisionKind } from '../../src/decision/decision.entity.js';
import { CardState, CardWay } from '../../src/integrations/microsoft/teams/teams-card.entity.js';
import { graphMessage } from '../../src/integrations/microsoft/teams/graph-message.js';
import { titled } from '../../src/integrations/microsoft/teams/card.js';
import type { FaultRule } from '../../src/sandbox/microsoft/faults.js';
import { SANDBOX_APP } from '../../src/sandbox/microsoft/constants.js';
import { Desk } from './teams-delegated.kit.js';
import { useTeams } from './teams.kit.js';

const teams = useTeams({ channelRequestsPerSecond: 0 });
const { bench } = teams;
let desk: Desk;

beforeEach(async () => {
  const { tid, teamId, channelId } = bench.sample;
  const people = bench.world.configuration.people.map(({ key, name, accounts }) => ({
    oid: accounts[0]!.oid,
    name,
    handle: key,
  }));
  bench.simulator.seed({ tid, slug: 'northwind-managed', people });
  await teams.connect({ topics: 'DECISIONS', delegated: 'ON', teamId, channelId, burst: '100' });
  await teams.quiet();
  teams.later();
  await teams.quiet();
  desk = new Desk(teams);
});

/** Dana opens an entry of the log while she is present. */
async function opens(by = desk): Promise<string> {
  return by.act('dana.delivery', openDecision, {
    handoffId: teams.handoffId,
    expectedRevision: await teams.revision(),
    kind: DecisionKind.QUESTION,
    question: 'Who pays for <b>the second</b> firewall?',
    context: null,
    assumptionId: null,
    ownerId: await bench.world.idOf('sofia.sales'),
    dueOn: '2026-11-27',
    escalationContactId: await bench.world.idOf('ravi.revops'),
    blocksKickoff: false,
  });
}

async function reassigns(keyOrRole: string, decisionId: string): Promise<void> {
  bench.suite.clock.advanceHours(1 / 3600);
  await desk.act(keyOrRole, reassignDecision, {
    handoffId: teams.handoffId,
    decisionId,
    expectedRevision: await teams.revision(),
    ownerId: await bench.world.idOf('dana.delivery'),
    dueOn: null,
    escalationContactId: null,
  });
}

async function decides(keyOrRole: string, decisionId: string): Promise<void> {
  await desk.act(keyOrRole, resolveDecision, {
    handoffId: teams.handoffId,
    decisionId,
    expectedRevision: await teams.revision(),
    outcome: 'The client pays.',
    reason: 'It is beyond the scope.',
    obsolete: false,
  });
}

test('whoever acts posts in their own name, once; the worker, later, finds it done', async () => {
  const decisionId = await opens();
  const [message, ...more] = teams.messages();
  expect(more).toEqual([]);
  expect(message!.from).toMatchObject({ kind: 'user', id: teams.oidOf('dana.delivery') });
  expect(message!.html).toContain('<at id="0">');
  expect(message!.mentions).toMatchObject([{ mentioned: { user: { id: teams.oidOf('sofia.sales') } } }]);
  expect(teams.titles()[0]).toMatch(/^Decision D-\d+ of \S+ is open$/);
  const [row] = await teams.rows(decisionId);
  const sender = await bench.world.idOf('dana.delivery');
  expect(row).toMatchObject({
    state: CardState.POSTED,
    way: CardWay.DELEGATED,
    messageId: message!.id,
    senderId: sender,
  });
  expect(row!.webUrl).toContain(message!.id);
  teams.later();
  await teams.work();
  expect(teams.messages()).toHaveLength(1);
  expect(bench.count('card.posted')).toBe(0);
  const kept = await bench.world.rows(
    'select payload, receipt, last_error from outbox_effect where tenant_id = $1 and aggregate_id = $2',
    [decisionId],
  );
  expect(JSON.stringify(kept)).not.toMatch(/eyJ/);
});

test('a change is a reply to the first message; the first is brought up to date by whoever wrote it alone', async () => {
  const decisionId = await opens();
  const [first] = teams.messages();
  await reassigns('sofia.sales', decisionId);
  const replies = () => teams.messages().filter(({ replyTo }) => replyTo === first!.id);
  expect(replies()).toMatchObject([{ from: { id: teams.oidOf('sofia.sales') } }]);
  expect(bench.simulator.world.log.list('message.edit')).toEqual([]);
  await decides('dana.delivery', decisionId);
  expect(replies()).toHaveLength(2);
  expect(bench.count('message.edited')).toBe(1);
  const shown = JSON.parse(teams.messages()[0]!.attachments[0]!.content) as { body: { text: string }[] };
  expect(shown.body[0]!.text).toMatch(/is decided$/);
  const rows = await teams.rows(decisionId);
  expect(rows.map(({ threadId }) => threadId)).toEqual([null, first!.id, first!.id]);
});

test('who is not present is posted for by the webhook, some seconds later; a change then leads to the first message', async () => {
  const decisionId = await opens();
  const delivery = await bench.world.as('dana.delivery');
  await delivery.done(resolveDecision, {
    handoffId: teams.handoffId,
    decisionId,
    expectedRevision: await teams.revision(),
    outcome: 'The client pays.',
    reason: 'It is beyond the scope.',
    obsolete: false,
  });
  await teams.work();
  expect(teams.messages()).toHaveLength(1);
  teams.later();
  await teams.work();
  const [first, second] = teams.messages();
  expect(second).toMatchObject({ replyTo: null, from: { kind: 'application' } });
  const link = teams.cards()[1]!.actions!.find(({ title }) => title === 'The first message')!;
  expect(link.url).toContain(first!.id);
});

it.each<{ what: string; spoil: () => void; check: { name: string; state: string }; reason: string }>([
  {
    what: 'consent was taken back',
    spoil: () => bench.simulator.people.consent(bench.sample.tid, { scopes: [] }),
    check: { name: 'ChannelMessage.Send', state: 'MISSING' },
    reason: 'TEAMS_CONSENT',
  },
  {
    what: 'a policy asks for an interactive sign-in',
    spoil: () => bench.simulator.people.challenge(bench.sample.tid, teams.oidOf('dana.delivery'), 'mfa'),
    check: { name: 'TEAMS_SIGN_IN_AGAIN', state: 'FAILED' },
    reason: 'TEAMS_SIGN_IN_AGAIN',
  },
  {
    what: 'conditional access blocks it',
    spoil: () => bench.simulator.people.challenge(bench.sample.tid, teams.oidOf('dana.delivery'), 'conditionalAccess'),
    check: { name: 'TEAMS_SIGN_IN_AGAIN', state: 'FAILED' },
    reason: 'TEAMS_SIGN_IN_AGAIN',
  },
  {
    what: 'the secret of the API has expired',
    spoil: () => bench.simulator.people.setSecret(SANDBOX_APP.clientSecret, '2020-01-01T00:00:00.000Z'),
    check: { name: 'TEAMS_APP', state: 'FAILED' },
    reason: 'TEAMS_APP',
  },
  {
    what: 'the person may not post there',
    spoil: () => teams.arm({ operation: 'message.post', kind: 'status', status: 403 }),
    check: { name: 'TEAMS_NOT_ALLOWED', state: 'FAILED' },
    reason: 'TEAMS_NOT_ALLOWED',
  },
  {
    what: 'the channel was deleted',
    spoil: () => bench.simulator.people.deleteChannel(bench.sample.tid),
    check: { name: 'TEAMS_CHANNEL', state: 'FAILED' },
    reason: 'TEAMS_CHANNEL',
  },
])(
  '$what: the webhook posts in the same moment, once, and the connection says why',
  async ({ spoil, check, reason }) => {
    spoil();
    const decisionId = await opens();
    expect(teams.messages()).toMatchObject([{ from: { kind: 'application' } }]);
    expect(await teams.rows(decisionId)).toMatchObject([{ state: CardState.POSTED, way: CardWay.WEBHOOK }]);
    expect(await teams.connection()).toMatchObject({ state: 'ERROR', reason, checks: [check] });
    expect((await teams.connection()).remedy).toMatch(/webhook posts/);
    teams.later();
    await teams.work();
    expect(teams.messages()).toHaveLength(1);
  },
);

test('mended, the next post says that it is sound', async () => {
  bench.simulator.people.consent(bench.sample.tid, { scopes: [] });
  await opens();
  expect(await teams.connection()).toMatchObject({ state: 'ERROR', reason: 'TEAMS_CONSENT' });
  bench.simulator.people.consent(bench.sample.tid, { scopes: ['ChannelMessage.Send'] });
  const decisionId = await opens();
  expect(await teams.rows(decisionId)).toMatchObject([{ way: CardWay.DELEGATED }]);
  expect(await teams.connection()).toMatchObject({ state: 'CONNECTED', reason: null });
  await decides('dana.delivery', decisionId);
  expect(bench.count('reply.posted')).toBe(1);
  expect(bench.count('message.edited')).toBe(0);
});

it.each<{ what: string; rule: FaultRule; posted: number }>([
  { what: 'a 500 before it was posted', rule: { kind: 'status', status: 500 }, posted: 0 },
  { what: 'a 504 after it was posted', rule: { kind: 'status', status: 504, at: 'after' }, posted: 1 },
  { what: 'a reset after it was posted', rule: { kind: 'reset', at: 'after' }, posted: 1 },
  { what: 'an answer that breaks off', rule: { kind: 'cut' }, posted: 1 },
])('$what: it waits as UNKNOWN, and neither they nor the worker post it again', async ({ rule, posted }) => {
  teams.arm({ operation: 'message.post', ...rule });
  await opens();
  teams.later();
  await teams.work(5);
  expect(teams.messages()).toHaveLength(posted);
  const unknown = (await teams.effects()).filter(({ state }) => state === EffectState.UNKNOWN);
  expect(unknown).toMatchObject([{ remedy: expect.stringMatching(/is open": adoptEffect .* confirmEffect/) }]);
});

test('a channel that throttles: the card waits and comes by the webhook, once', async () => {
  teams.arm({ operation: 'message.post', kind: 'status', status: 429, retryAfter: '5' });
  await opens();
  expect(teams.messages()).toEqual([]);
  teams.later();
  await teams.work(2);
  expect(teams.messages()).toMatchObject([{ from: { kind: 'application' } }]);
});

/** Lets the clock go on beyond the time that is left to somebody, and not beyond a lease. */
const soon = (): void => bench.suite.clock.advanceHours(25 / 3600);
const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400));

test('while they post, a worker whose turn has come leaves it alone', async () => {
  teams.arm({ operation: 'message.post', delayMs: 1200 });
  const opening = opens();
  await moment();
  soon();
  await teams.work();
  await opening;
  await teams.work();
  expect(teams.messages()).toMatchObject([{ from: { kind: 'user' } }]);
});

test('while a worker posts, whoever comes back leaves it alone', async () => {
  await teams.open();
  await teams.planner().pass();
  soon();
  teams.arm({ operation: 'workflow.trigger', delayMs: 1200 });
  const working = teams.work();
  await moment();
  await desk.returns('DELIVERY_MANAGER');
  await working;
  expect(teams.messages()).toMatchObject([{ from: { kind: 'application' } }]);
  expect((await teams.effects()).at(-1)!.state).toBe(EffectState.DONE);
});

test('what somebody typed is text in the html and on the card', () => {
  const message = graphMessage({
    ...titled('Decision D-1'),
    calls: { people: [{ name: '<img src=x> & "co"', oid: 'f41fcb28-e1ec-4229-9aa5-148c01a8c3f5' }], to: '<script>' },
  }) as unknown as { body: { content: string }; attachments: { content: string }[] };
  expect(message.body.content).toBe(
    '<p><at id="0">img src=x    &quot;co&quot;</at>: &lt;script&gt;</p><attachment id="card"></attachment>',
  );
  expect(JSON.parse(message.attachments[0]!.content)).toMatchObject({ type: 'AdaptiveCard', version: '1.5' });
});
