import { raiseAlert } from '../../src/core/alert.js';
import { newId } from '../../src/core/id.js';
import { VendorPause } from '../../src/core/outbox/attempt.entity.js';
import { EffectState } from '../../src/core/outbox/effect.entity.js';
import type { PerformEffect, SteppedHandler } from '../../src/core/outbox/handler.js';
import { enqueue } from '../../src/core/outbox/message.js';
import { select, update } from '../../src/core/statement.js';
import { reassignDecision, resolveDecision } from '../../src/decision/decision.commands.js';
import { Decision } from '../../src/decision/decision.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { testIntegration } from '../../src/integrations/connection/connection.commands.js';
import { CardState, CardWay } from '../../src/integrations/microsoft/teams/teams-card.entity.js';
import { TEAMS_CARD } from '../../src/integrations/microsoft/teams/teams.plan.js';
import { adoptEffect, confirmEffect } from '../../src/integrations/outbox/outbox.commands.js';
import type { FaultRule } from '../../src/sandbox/microsoft/faults.js';
import { door } from '../faults/outbox.kit.js';
import { operation } from '../kit/operation.js';
import { PUBLIC_URL, useTeams } from './teams.kit.js';

const teams = useTeams();
const { bench } = teams;

beforeEach(() => teams.connect());

/** An open entry of the log beside those that the submit opened, which are told first. */
async function opened(question?: string): Promise<string> {
  await teams.quiet();
  return teams.open(question);
}

test('an entry of the log is one card: owner, due date, escalation contact; what people typed stays text', async () => {
  await opened('Who pays for the [second](https://evil.test) *firewall*?');
  await teams.work();
  await teams.work();
  const [card, ...more] = teams.cards();
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

/** Delivery gives an entry to somebody, a second later. */
async function reassigns(decisionId: string, role: string, dueOn: string | null = null): Promise<void> {
  bench.suite.clock.advanceHours(1 / 3600);
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  await delivery.done(reassignDecision, {
    handoffId: teams.handoffId,
    decisionId,
    expectedRevision: await teams.revision(),
    ownerId: await bench.world.idOf(role),
    dueOn,
    escalationContactId: null,
  });
}

test('what goes back to its first owner or day is told again: the last card names who has it', async () => {
  const decisionId = await opened();
  await teams.work();
  await reassigns(decisionId, 'SERVICE_DELIVERY_LEAD');
  await teams.work();
  await reassigns(decisionId, 'SALES_MANAGER');
  await teams.work();
  await reassigns(decisionId, 'SALES_MANAGER', '2026-11-30');
  await teams.work();
  await reassigns(decisionId, 'SALES_MANAGER', '2026-11-27');
  await teams.work();
  // Nothing of it is another: no card.
  await reassigns(decisionId, 'SALES_MANAGER');
  await teams.work();
  const nameOf = (role: string): string =>
    bench.world.configuration.people.find(({ roles }) => (roles as string[]).includes(role))!.name;
  const [sales, lead] = [nameOf('SALES_MANAGER'), nameOf('SERVICE_DELIVERY_LEAD')];
  const shown = teams.cards().map(({ body }) => body.flatMap(({ facts = [] }) => facts));
  expect(
    shown.map((facts) => ['Owner', 'Due'].map((title) => facts.find((fact) => fact.title === title)!.value).join(' ')),
  ).toEqual([
    `${sales} 2026-11-27`,
    `${lead} 2026-11-27`,
    `${sales} 2026-11-27`,
    `${sales} 2026-11-30`,
    `${sales} 2026-11-27`,
  ]);
});

test('a new owner and a decision are new cards that name the first; nothing is told twice', async () => {
  const decisionId = await opened();
  await teams.work();
  await reassigns(decisionId, 'SERVICE_DELIVERY_LEAD');
  await teams.work();
  const delivery = await bench.world.as('DELIVERY_MANAGER');
  await delivery.done(resolveDecision, {
    handoffId: teams.handoffId,
    decisionId,
    expectedRevision: await teams.revision(),
    outcome: 'The client pays.',
    reason: 'It is beyond the scope of the quote.',
    obsolete: false,
  });
  await Promise.all([teams.work(), teams.work()]);
  const [number] = /D-\d+/.exec(teams.titles()[0]!)!;
  expect(teams.titles().map((title) => title.replace(/ of \S+/, ''))).toEqual([
    `Decision ${number} is open`,
    `Decision ${number} has changed hands or date`,
    `Decision ${number} is decided`,
  ]);
});

test('an overdue entry calls its escalation contact once, also when the worker was down; one decided in time does not', async () => {
  const late = await opened();
  await teams.work();
  bench.suite.clock.advanceHours(24 * 9);
  await teams.work();
  await teams.work();
  const contact = await bench.world.idOf('REVOPS_ADMIN');
  const overdue = teams.cards().filter(({ body }) => body[0]!.text!.includes('is overdue'));
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
  teams.arm({ operation: 'workflow.trigger', ...rule });
  await teams.work(10);
  expect(teams.cards()).toHaveLength(posted);
  const unknown = (await teams.effects()).filter(({ state }) => state === EffectState.UNKNOWN);
  expect(unknown).toHaveLength(1);
  expect(unknown[0]!.remedy).toMatch(
    /^Look in the channel for the card "Decision D-\d+ of \S+ is open": adoptEffect .* confirmEffect/,
  );
  if (posted > 0) return;
  const admin = await bench.world.as('REVOPS_ADMIN');
  await admin.done(confirmEffect, { effectId: unknown[0]!.id });
  await teams.work(10);
  expect(teams.cards()).toHaveLength(1);
});

test('a 429 is waited for, and the card is posted once', async () => {
  await opened();
  teams.arm({ operation: 'workflow.trigger', kind: 'status', status: 429, retryAfter: '1', times: 3 });
  await teams.work();
  expect(teams.cards()).toEqual([]);
  await teams.work(3);
  expect(teams.cards()).toHaveLength(1);
});

it.each<{ state: 'off' | 'deleted'; says: RegExp }>([
  { state: 'off', says: /Turn the workflow on again/ },
  { state: 'deleted', says: /make a new one/ },
])('a workflow that is $state: the connection says so, the cards wait and go on', async ({ state, says }) => {
  await opened();
  bench.simulator.people.setWorkflow(bench.sample.tid, state);
  await teams.work();
  const connection = await teams.connection();
  const { pauses } = await bench.world.read({ pauses: select(VendorPause, {}) });
  expect(connection).toMatchObject({ state: 'ERROR', reason: 'TEAMS_WORKFLOW', remedy: expect.stringMatching(says) });
  expect(pauses.map(({ vendor, reason }) => [vendor, reason])).toEqual([[`TEAMS/${connection.id}`, 'DISCONNECTED']]);
  bench.simulator.people.setWorkflow(bench.sample.tid, 'on');
  const admin = await bench.world.as('REVOPS_ADMIN');
  await admin.done(testIntegration, { integrationId: connection.id });
  await teams.work(2);
  expect(teams.cards()).toHaveLength(1);
});

test('a connection that is tested before it is mended is in error again, by the same card, until it is', async () => {
  await opened();
  bench.simulator.people.setWorkflow(bench.sample.tid, 'off');
  await teams.work();
  const { id: integrationId } = await teams.connection();
  const admin = await bench.world.as('REVOPS_ADMIN');
  await admin.done(testIntegration, { integrationId });
  await teams.work(2);
  expect(await teams.connection()).toMatchObject({
    state: 'ERROR',
    reason: 'TEAMS_WORKFLOW',
    remedy: expect.stringMatching(/Turn the workflow on again/),
  });
  bench.simulator.people.setWorkflow(bench.sample.tid, 'on');
  await admin.done(testIntegration, { integrationId });
  await teams.work(2);
  expect(await teams.connection()).toMatchObject({ state: 'CONNECTED', reason: null });
  expect(teams.cards()).toHaveLength(1);
});

test('another channel is told of alerts and sign-offs alone', async () => {
  await teams.connect({ topics: 'alerts, sign_offs' });
  const { gateway, clock, vault } = bench.suite;
  const submitted = update(Handoff, { id: teams.handoffId }, { stage: Stage.IN_REVIEW, submittedAt: clock.at });
  const moment = { now: clock.at, newId, vault, actor: (await bench.world.as('REVOPS_ADMIN')).actor };
  const terms = { code: 'BREAK_GLASS', subject: { type: 'ApprovalRequest', id: newId() }, facts: {} };
  const { statement, message } = raiseAlert(terms, moment);
  await gateway.transaction(bench.world.tenantId, (tx) =>
    tx.commit([submitted, statement, ...enqueue([message], clock.at, newId)]),
  );
  await teams.work();
  expect(teams.titles()).toEqual(
    expect.arrayContaining([
      'Alert: BREAK_GLASS',
      expect.stringMatching(/^Handoff \S+ awaits the sign-off of delivery$/),
    ]),
  );
  expect(bench.count('run.failed')).toBe(0);
});

test('a worker that ends between the post and its record leaves a doubt, and no second card', async () => {
  await opened();
  await teams.planner().pass();
  const { perform } = teams.handlers()[TEAMS_CARD] as SteppedHandler;
  const gate = door();
  const dying: PerformEffect = async (effect, tools) => {
    const result = await perform(effect, tools);
    await gate.wait;
    return result;
  };
  const lost = bench.dispatcher({ ...bench.handlers(), [TEAMS_CARD]: { perform: dying } }).pass();
  while (teams.cards().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  bench.suite.clock.advanceHours(1 / 60);
  await teams.work(3);
  gate.open();
  await lost;
  expect(teams.cards()).toHaveLength(1);
  expect((await teams.effects()).filter(({ state }) => state === EffectState.UNKNOWN)).toMatchObject([
    { reason: 'WORKER_LOST' },
  ]);
});

test('every card leads back to our page, and its row says what became of it; an adopted one is posted', async () => {
  const decisionId = await opened();
  teams.arm({ operation: 'workflow.trigger', kind: 'reset', at: 'after' });
  await teams.work();
  expect(teams.cards()[0]!.actions).toEqual([
    { type: 'Action.OpenUrl', title: 'Open in Countersign', url: `${PUBLIC_URL}/handoffs/${teams.handoffId}` },
  ]);
  expect(await teams.rows(decisionId)).toMatchObject([{ state: CardState.ASKED, way: null, settledAt: null }]);
  const admin = await bench.world.as('REVOPS_ADMIN');
  const unknown = (await teams.effects()).find(({ state }) => state === EffectState.UNKNOWN)!;
  await admin.done(adoptEffect, { effectId: unknown.id, receipt: 'it is there' });
  await teams.work(1);
  expect(teams.cards()).toHaveLength(1);
  expect(await teams.rows(decisionId)).toMatchObject([{ state: CardState.POSTED, way: null }]);
  const document = operation('teams-cards');
  const { data, errors } = await admin.graphql(document, { subjectId: decisionId, first: 5 });
  expect(errors).toEqual([]);
  expect(data!.teamsCards.edges).toMatchObject([{ node: { event: 'OPENED', state: 'POSTED', waitsFor: null } }]);
  const sales = await bench.world.as('SALES_MANAGER');
  const denied = await sales.graphql(document, { first: 5 });
  expect(denied.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  await teams.open('A second question?');
  await teams.work();
  const [, second] = (await teams.rows()).slice(-2);
  expect(second).toMatchObject({ state: CardState.POSTED, way: CardWay.WEBHOOK, messageId: null });
});
