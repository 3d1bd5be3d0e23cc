import { pino } from 'pino';
import { raiseAlert } from '../../src/core/alert.js';
import { newId } from '../../src/core/id.js';
import { enqueue } from '../../src/core/outbox/message.js';
import { EffectState, OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import { VendorPause } from '../../src/core/outbox/attempt.entity.js';
import { select, selectFirst, selectRequired, update } from '../../src/core/statement.js';
import { openDecision, reassignDecision, resolveDecision } from '../../src/decision/decision.commands.js';
import { Decision, DecisionKind } from '../../src/decision/decision.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { connectIntegration, testIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Integration, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { cardHandler } from '../../src/integrations/microsoft/teams/teams.handler.js';
import { TEAMS_CARD } from '../../src/integrations/microsoft/teams/teams.plan.js';
import { TeamsPlanner } from '../../src/integrations/microsoft/teams/teams.planner.js';
import { confirmEffect } from '../../src/integrations/outbox/outbox.commands.js';
import type { FaultRule } from '../../src/sandbox/microsoft/faults.js';
import type { PerformEffect } from '../../src/core/outbox/handler.js';
import { door } from '../faults/outbox.kit.js';
import { useSharePoint } from './sharepoint.kit.js';

const bench = useSharePoint();
let handoffId: string;

interface Card {
  readonly body: { readonly text?: string; readonly facts?: { title: string; value: string }[] }[];
  readonly actions?: { url: string }[];
  readonly msteams: { readonly entities?: { readonly text: string; readonly mentioned: { readonly id: string } }[] };
}

beforeEach(async () => {
  handoffId = await bench.submitted();
  await connect();
});

async function connect(
  settings: { name: string; value: string }[] = [{ name: 'topics', value: 'DECISIONS' }],
): Promise<string> {
  const admin = await bench.world.as('REVOPS_ADMIN');
  const url = bench.sample.workflowUrl;
  return admin.done(connectIntegration, {
    vendor: Vendor.TEAMS,
    name: `Channel ${newId()}`,
    baseUrl: 'https://teams.microsoft.com',
    settings,
    credentials: [{ name: 'webhookUrl', value: url }],
  });
}

const planner = (): TeamsPlanner =>
  new TeamsPlanner({
    gateway: bench.suite.gateway,
    present: () => bench.suite.clock.now(),
    tenants: async () => [bench.world.tenantId],
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
  });

async function work(minutes = 0): Promise<void> {
  await planner().pass();
  const card = cardHandler(bench.http, new Connections(bench.suite.vault));
  await bench.work({ minutes, handlers: { ...bench.handlers(), [TEAMS_CARD]: card } });
}

const cards = (): Card[] =>
  bench.simulator.world.store.all('message').map(({ attachments }) => JSON.parse(attachments[0]!.content) as Card);
const titles = (): string[] => cards().map(({ body }) => body[0]!.text!.replaceAll('\\', ''));
const effects = async (): Promise<OutboxEffect[]> =>
  (await bench.world.read({ found: select(OutboxEffect, { kind: TEAMS_CARD }, { orderBy: ['id'] }) })).found;
const arm = (rule: FaultRule): number => bench.simulator.world.faults.arm(rule);
const revision = async (): Promise<number> =>
  (await bench.world.read({ row: selectRequired(Handoff, handoffId) })).row.revision;

/** An open entry of the log beside those that the submit opened, which are told first. */
async function opened(question = 'Who pays for the [second](https://evil.test) *firewall*?'): Promise<string> {
  await work();
  bench.simulator.world.log.clear();
  for (const { id } of bench.simulator.world.store.all('message')) bench.simulator.world.store.drop('message', id);
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  return delivery.done(openDecision, {
    handoffId,
    expectedRevision: await revision(),
    kind: DecisionKind.QUESTION,
    question,
    context: null,
    assumptionId: null,
    ownerId: await bench.world.idOf('SALES_MANAGER'),
    dueOn: '2026-11-27',
    escalationContactId: await bench.world.idOf('REVOPS_ADMIN'),
    blocksKickoff: true,
  });
}

test('an entry of the log is one card: owner, due date, escalation contact; what people typed stays text', async () => {
  await opened();
  await work();
  await work();
  const [card, ...more] = cards();
  expect(more).toEqual([]);
  const [title, question, facts, call] = card!.body;
  expect(title!.text!.replaceAll('\\', '')).toMatch(/^Decision D-\d+ of \S+ is open$/);
  expect(question!.text).toBe('Who pays for the \\[second\\]\\(https://evil.test\\) \\*firewall\\*?');
  expect(facts!.facts!.map((fact) => fact.title)).toEqual(['Client', 'Owner', 'Due', 'Escalates to']);
  const owner = bench.world.configuration.people.find(({ roles }) => (roles as string[]).includes('SALES_MANAGER'))!;
  expect(card!.msteams.entities).toEqual([
    { type: 'mention', text: `<at>${owner.name}</at>`, mentioned: { id: owner.accounts[0]!.oid, name: owner.name } },
  ]);
  expect(call!.text).toContain(`<at>${owner.name}</at>`);
  expect(bench.count('run.failed')).toBe(0);
});

test('a new owner and a decision are new cards that name the first; nothing is told twice', async () => {
  const decisionId = await opened();
  await work();
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  const change = { handoffId, decisionId };
  await delivery.done(reassignDecision, {
    ...change,
    expectedRevision: await revision(),
    ownerId: await bench.world.idOf('SERVICE_DELIVERY_LEAD'),
    dueOn: null,
    escalationContactId: null,
  });
  await work();
  await delivery.done(resolveDecision, {
    ...change,
    expectedRevision: await revision(),
    outcome: 'The client pays.',
    reason: 'It is beyond the scope of the quote.',
    obsolete: false,
  });
  await Promise.all([work(), work()]);
  const [number] = /D-\d+/.exec(titles()[0]!)!;
  expect(titles().map((title) => title.replace(/ of \S+/, ''))).toEqual([
    `Decision ${number} is open`,
    `Decision ${number} has changed hands or date`,
    `Decision ${number} is decided`,
  ]);
});

test('an overdue entry calls its escalation contact once, also when the worker was down; one decided in time does not', async () => {
  const late = await opened();
  await work();
  bench.suite.clock.advanceHours(24 * 9);
  await work();
  await work();
  const contact = await bench.world.idOf('REVOPS_ADMIN');
  const overdue = cards().filter(({ body }) => body[0]!.text!.includes('is overdue'));
  const { rows } = {
    rows: await bench.world.rows('select subject from account where tenant_id = $1 and person_id = $2', [contact]),
  };
  const { found } = await bench.world.read({ found: select(Decision, { state: 'OPEN' as Decision['state'] }) });
  expect(found.map(({ id }) => id)).toContain(late);
  expect(overdue).toHaveLength(found.filter(({ dueOn }) => dueOn < '2026-12-02').length);
  expect(overdue.at(-1)!.msteams.entities!.map(({ mentioned }) => mentioned.id)).toEqual(
    rows.map(({ subject }) => subject),
  );
});

it.each<{ what: string; rule: FaultRule; posted: number }>([
  { what: 'a 500 before it was posted', rule: { kind: 'status', status: 500 }, posted: 0 },
  { what: 'a 500 after it was posted', rule: { kind: 'status', status: 500, at: 'after' }, posted: 1 },
  { what: 'a reset after it was posted', rule: { kind: 'reset', at: 'after' }, posted: 1 },
])('$what: it waits as UNKNOWN with a remedy and is never posted again blindly', async ({ rule, posted }) => {
  await opened();
  arm({ operation: 'workflow.trigger', ...rule });
  await work(10);
  expect(cards()).toHaveLength(posted);
  const unknown = (await effects()).filter(({ state }) => state === EffectState.UNKNOWN);
  expect(unknown).toHaveLength(1);
  expect(unknown[0]!.remedy).toMatch(
    /^Look in the channel for the card "Decision D-\d+ of \S+ is open": adoptEffect .* confirmEffect/,
  );
  if (posted > 0) return;
  const admin = await bench.world.as('REVOPS_ADMIN');
  await admin.done(confirmEffect, { effectId: unknown[0]!.id });
  await work(10);
  expect(cards()).toHaveLength(1);
});

test('a 429 is waited for, and the card is posted once', async () => {
  await opened();
  arm({ operation: 'workflow.trigger', kind: 'status', status: 429, retryAfter: '1' });
  await work();
  expect(cards()).toEqual([]);
  await work(3);
  expect(cards()).toHaveLength(1);
});

it.each<{ state: 'off' | 'deleted'; says: RegExp }>([
  { state: 'off', says: /Turn the workflow on again/ },
  { state: 'deleted', says: /make a new one/ },
])('a workflow that is $state: the connection says so, the cards wait and go on', async ({ state, says }) => {
  await opened();
  bench.simulator.people.setWorkflow(bench.sample.tid, state);
  await work();
  const { connection, pauses } = await bench.world.read({
    connection: selectFirst(Integration, { vendor: Vendor.TEAMS }),
    pauses: select(VendorPause, {}),
  });
  expect(connection).toMatchObject({ state: 'ERROR', reason: 'TEAMS_WORKFLOW', remedy: expect.stringMatching(says) });
  expect(pauses.map(({ vendor, reason }) => [vendor, reason])).toEqual([[`TEAMS/${connection!.id}`, 'DISCONNECTED']]);
  bench.simulator.people.setWorkflow(bench.sample.tid, 'on');
  const admin = await bench.world.as('REVOPS_ADMIN');
  await admin.done(testIntegration, { integrationId: connection!.id });
  await work(2);
  expect(cards()).toHaveLength(1);
});

test('another channel is told of alerts and sign-offs alone', async () => {
  await connect([{ name: 'topics', value: 'alerts, sign_offs' }]);
  const { gateway, clock, vault } = bench.suite;
  const submitted = update(Handoff, { id: handoffId }, { stage: Stage.IN_REVIEW, submittedAt: clock.at });
  const moment = { now: clock.at, newId, vault, actor: (await bench.world.as('REVOPS_ADMIN')).actor };
  const terms = { code: 'BREAK_GLASS', subject: { type: 'ApprovalRequest', id: newId() }, facts: {} };
  const { statement, message } = raiseAlert(terms, moment);
  await gateway.transaction(bench.world.tenantId, (tx) =>
    tx.commit([submitted, statement, ...enqueue([message], clock.at, newId)]),
  );
  await work();
  expect(titles()).toEqual(
    expect.arrayContaining([
      'Alert: BREAK_GLASS',
      expect.stringMatching(/^Handoff \S+ awaits the sign-off of delivery$/),
    ]),
  );
  expect(bench.count('run.failed')).toBe(0);
});

test('a worker that ends between the post and its record leaves a doubt, and no second card', async () => {
  await opened();
  await planner().pass();
  const { perform } = cardHandler(bench.http, new Connections(bench.suite.vault));
  const gate = door();
  const dying: PerformEffect = async (effect, tools) => {
    const result = await perform(effect, tools);
    await gate.wait;
    return result;
  };
  const lost = bench.dispatcher({ ...bench.handlers(), [TEAMS_CARD]: { perform: dying } }).pass();
  while (cards().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  bench.suite.clock.advanceHours(1 / 60);
  await work(3);
  gate.open();
  await lost;
  expect(cards()).toHaveLength(1);
  expect((await effects()).filter(({ state }) => state === EffectState.UNKNOWN)).toMatchObject([
    { reason: 'WORKER_LOST' },
  ]);
});
