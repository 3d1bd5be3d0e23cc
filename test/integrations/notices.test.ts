import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { raiseAlert } from '../../src/core/alert.js';
import { newId } from '../../src/core/id.js';
import { select, selectRequired, type Statement, update } from '../../src/core/statement.js';
import { openDecision, reassignDecision, resolveDecision } from '../../src/decision/decision.commands.js';
import { DecisionKind } from '../../src/decision/decision.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { suspendMember } from '../../src/identity/member.commands.js';
import { Person } from '../../src/identity/person.entity.js';
import { Kickoff } from '../../src/kickoff/kickoff.entity.js';
import { NOTICE_EVERY_MS } from '../../src/notice/notice.planner.js';
import { NoticeState, NoticeTemplate } from '../../src/notice/notice.entity.js';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { playStory } from '../../src/sandbox/demo/story.js';
import { open } from '../command/approval.kit.js';
import { importForTest } from '../kit/deal.js';
import { operation } from '../kit/operation.js';
import type { Persona } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';
import { PUBLIC_URL, useMail } from './mail.kit.js';

const bench = useMail();
const FIVE_MINUTES = 300_000;

const LIST = `{ myNotices(first: 50) { edges { node { id template title state isUrgent inDigest } } } }`;
interface Listed {
  readonly id: string;
  readonly template: string;
  readonly title: string;
  readonly state: string;
}
async function listOf(persona: Persona): Promise<Listed[]> {
  const { data, errors } = await persona.graphql(LIST);
  expect(errors).toEqual([]);
  return data!.myNotices.edges.map(({ node }: { node: Listed }) => node);
}

async function handoff(): Promise<string> {
  const sales = await bench.world.as('SALES_MANAGER');
  return sales.done(importForTest, read('managed-network-healthy'));
}

const commit = (statements: Statement[]): Promise<void> =>
  bench.suite.gateway.transaction(bench.world.tenantId, (tx) => tx.commit(statements));

/** The deal is closed now: what submitHandoff leaves behind. */
async function submitted(managerKey: string | null = CAST.delivery): Promise<string> {
  const id = await handoff();
  const deliveryManagerId = managerKey === null ? null : await bench.world.idOf(managerKey);
  const row = { stage: Stage.IN_REVIEW, submittedAt: bench.suite.clock.at, deliveryManagerId };
  await commit([update(Handoff, { id }, row)]);
  return id;
}

async function decision(handoffId: string): Promise<string> {
  const { row } = await bench.world.read({ row: selectRequired(Handoff, handoffId) });
  const lead = await bench.world.as('SERVICE_DELIVERY_LEAD');
  return lead.done(openDecision, {
    handoffId,
    expectedRevision: row.revision,
    kind: DecisionKind.QUESTION,
    question: 'Who pays for the <b>second</b> firewall & "its" licence?\r\nBcc: everybody@example.com',
    context: null,
    assumptionId: null,
    ownerId: await bench.world.idOf('SALES_MANAGER'),
    dueOn: '2026-11-27',
    escalationContactId: await bench.world.idOf('REVOPS_ADMIN'),
    blocksKickoff: true,
  });
}

/** Delivery's lead gives an entry to somebody else. */
async function reassigned(handoffId: string, decisionId: string, ownerKey: string): Promise<void> {
  const { row } = await bench.world.read({ row: selectRequired(Handoff, handoffId) });
  const lead = await bench.world.as('SERVICE_DELIVERY_LEAD');
  const ownerId = await bench.world.idOf(ownerKey);
  await lead.done(reassignDecision, { handoffId, decisionId, expectedRevision: row.revision, ownerId });
}

test('the whole path of a handoff: everybody hears of their part once, the assignee within five minutes of the close', async () => {
  await bench.connectGraph();
  const { world, suite } = bench;
  const stranger = await suite.tenant();
  const story = await playStory({
    sample: readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8'),
    opportunityId: 7001,
    now: suite.clock.at,
    document: operation,
    tell: () => undefined,
    ask: async (persona, document, variables) => {
      const actor = persona === CAST.stranger ? await stranger.as('SALES_MANAGER') : await world.as(persona);
      const answer = await actor.graphql(document, variables);
      // The worker looks in this rhythm; the story itself takes no time.
      if (document.includes('mutation')) {
        suite.clock.at = new Date(suite.clock.at.getTime() + NOTICE_EVERY_MS);
        await bench.tell();
      }
      return answer;
    },
  });
  const told = bench.told();
  expect(told).toEqual(
    expect.arrayContaining([
      'dana.delivery: Handoff H-7001 is being prepared for you',
      expect.stringMatching(/^f\w+\.finance: Your vote is asked for: margin exception of H-7001$/),
      'dana.delivery: Handoff H-7001 awaits your sign-off',
      expect.stringMatching(/^sofia\.sales: Handoff H-7001 was returned by delivery$/),
      'sofia.sales: The kickoff of H-7001 is scheduled',
    ]),
  );
  const notices = await bench.notices();
  const mailed = notices.filter(({ state }) => state === NoticeState.MAILED);
  expect(told).toHaveLength(new Set(mailed.map(({ mailKey }) => mailKey)).size);
  const closed = notices.filter(({ template }) => template === NoticeTemplate.HANDOFF_SUBMITTED);
  expect(closed.length).toBeGreaterThan(0);
  const { row } = await world.read({ row: selectRequired(Handoff, story.handoffId) });
  const last = closed.at(-1)!;
  expect(last.settledAt!.getTime() - row.submittedAt!.getTime()).toBeLessThanOrEqual(FIVE_MINUTES);
  expect(last.personId).toBe(row.deliveryManagerId);
  // Nothing more to tell, however often it is looked at.
  await Promise.all([bench.planner().pass(), bench.planner().pass()]);
  await bench.dispatch();
  expect(bench.told()).toEqual(told);
  // Neither a name nor an address nor a word of a mail is kept on our side.
  const kept = JSON.stringify([await bench.effects(), notices]);
  for (const { name, email } of world.configuration.people) {
    expect(kept).not.toContain(email);
    expect(kept).not.toContain(name);
  }
  expect(kept).not.toContain('/approve/');
});

test('the vote link of a mail opens the request for its person, once, and for nobody else', async () => {
  await bench.connectGraph();
  await open(bench.world);
  await bench.tell();
  const mails = bench.mails().filter(({ subject }) => subject.startsWith('Your vote is asked for'));
  const mail = mails.find(({ to }) => to[0]!.startsWith('freda.finance'))!;
  expect(mails.map(({ to }) => to[0]!.split('.')[1]!.split('@')[0])).toEqual(mails.map(() => 'finance'));
  const [, path] = new RegExp(`href="${PUBLIC_URL}/approve/([^"]+)"`).exec(mail.body)!;
  const openLink = (who: Persona) =>
    who.graphql(
      `mutation ($input: OpenVoteLinkInput!) { openVoteLink(input: $input) { __typename ... on Refused { findings { code } } } }`,
      { input: { token: path } },
    );
  const codes = async (key: string) => (await openLink(await bench.world.as(key))).data!.openVoteLink;
  expect((await codes('fiona.finance')).findings).toEqual([{ code: 'LINK_NOT_YOURS' }]);
  expect((await codes('freda.finance')).__typename).toBe('ApprovalRequest');
  expect((await codes('freda.finance')).findings).toEqual([{ code: 'LINK_USED' }]);
});

test('at night the close is mailed at once; the rest waits and comes as one mail when work begins', async () => {
  await bench.connectGraph();
  bench.suite.clock.at = new Date('2026-11-24T22:00:00Z');
  const closedAt = bench.suite.clock.at;
  const id = await submitted();
  await decision(id);
  await decision(id);
  await bench.tell();
  expect(bench.told()).toEqual([expect.stringMatching(/^dana\.delivery: Handoff \S+ awaits your sign-off$/)]);
  expect(new Date(bench.mails()[0]!.at).getTime() - closedAt.getTime()).toBeLessThanOrEqual(FIVE_MINUTES);
  bench.suite.clock.at = new Date('2026-11-25T08:59:00Z');
  await bench.tell();
  expect(bench.mails()).toHaveLength(1);
  bench.suite.clock.at = new Date('2026-11-25T09:00:00Z');
  await bench.tell();
  const [, digest, ...more] = bench.mails();
  expect(more).toEqual([]);
  expect(digest!.subject).toBe('2 notices from Countersign');
  expect(digest!.body.match(/<h2>Decision D-\d of \S+ is yours<\/h2>/g)).toHaveLength(2);
  expect(digest!.body).toContain('&lt;b&gt;second&lt;/b&gt; firewall &amp; &quot;its&quot; licence? Bcc:');
  expect(digest!.body).toContain(`href="${PUBLIC_URL}/handoffs/${id}"`);
});

test('a decision that is given on at night is told its new owner alone when work begins', async () => {
  await bench.connectGraph();
  bench.suite.clock.at = new Date('2026-11-24T22:00:00Z');
  const handoffId = await handoff();
  const decisionId = await decision(handoffId);
  await bench.tell();
  bench.suite.clock.at = new Date('2026-11-24T22:30:00Z');
  await reassigned(handoffId, decisionId, CAST.finance);
  await bench.tell();
  bench.suite.clock.at = new Date('2026-11-25T09:00:00Z');
  await bench.tell();
  expect(bench.told()).toEqual([expect.stringMatching(/^freda\.finance: Decision D-1 of \S+ is yours$/)]);
});

test('a decision is told its new owner however long ago it was opened, and again when it comes back', async () => {
  await bench.connectGraph();
  const handoffId = await handoff();
  const decisionId = await decision(handoffId);
  await bench.tell();
  for (const [at, owner] of [
    ['2026-11-26T15:00:00Z', CAST.finance],
    ['2026-11-27T10:00:00Z', CAST.sales],
  ] as const) {
    bench.suite.clock.at = new Date(at);
    await reassigned(handoffId, decisionId, owner);
    await bench.tell();
  }
  const told = bench.told().filter((line) => line.endsWith('is yours'));
  expect(told.map((line) => line.split(':')[0])).toEqual([CAST.sales, CAST.finance, CAST.sales]);
});

test('nobody was named: every delivery manager hears of the close; who left, and what is over, is not mailed', async () => {
  await bench.connectGraph();
  const id = await submitted(null);
  const decisionId = await decision(id);
  await bench.planner().pass();
  const managers = bench.world.configuration.people.filter(({ roles }) =>
    (roles as string[]).includes('DELIVERY_MANAGER'),
  );
  const admin = await bench.world.as('REVOPS_ADMIN');
  const gone = await bench.world.idOf('DELIVERY_MANAGER', 1);
  const { person } = await bench.world.read({ person: selectRequired(Person, gone) });
  await admin.done(suspendMember, { personId: gone, expectedRevision: person.revision });
  const { row } = await bench.world.read({ row: selectRequired(Handoff, id) });
  const lead = await bench.world.as('SERVICE_DELIVERY_LEAD');
  const answer = { outcome: 'The client.', reason: 'Out of scope.', obsolete: false };
  await lead.done(resolveDecision, { handoffId: id, decisionId, expectedRevision: row.revision, ...answer });
  await bench.dispatch();
  expect(bench.mails().map(({ to }) => to)).toEqual([[managers[0]!.email]]);
  const states = (await bench.notices()).map(
    ({ template, personId, state }) => `${template} ${personId === gone ? 'gone' : ''} ${state}`,
  );
  expect(new Set(states)).toEqual(
    new Set(['DECISION_OPENED  NOT_NEEDED', 'HANDOFF_SUBMITTED  MAILED', 'HANDOFF_SUBMITTED gone NOT_NEEDED']),
  );
});

test('overdue decisions, voided kickoffs and alerts: who is told, once each', async () => {
  await bench.connectGraph();
  const id = await submitted();
  await decision(id);
  const { gateway, clock, vault } = bench.suite;
  const moment = { now: clock.at, newId, vault };
  const raised = ['BREAK_GLASS', 'CONTROL_OVERDUE'].map((code) =>
    raiseAlert({ code, subject: { type: 'ControlRun', id: newId() }, facts: {} }, moment),
  );
  await gateway.transaction(bench.world.tenantId, (tx) => tx.commit(raised.map(({ statement }) => statement)));
  await bench.tell();
  const alerts = bench.told().filter((line) => /emergency|Alert/.test(line));
  const role = (name: string) =>
    bench.world.configuration.people.filter(({ roles }) => (roles as string[]).includes(name)).length;
  const hearing = role('REVOPS_ADMIN') + role('FINANCE_APPROVER') + role('SERVICE_DELIVERY_LEAD');
  expect(alerts.filter((line) => line.includes('emergency'))).toHaveLength(hearing);
  expect(alerts.filter((line) => line.endsWith('Alert: CONTROL_OVERDUE'))).toHaveLength(role('REVOPS_ADMIN'));
  clock.at = new Date('2026-11-30T10:00:00Z');
  const before = bench.told().length;
  await bench.tell();
  await bench.tell();
  expect(
    bench
      .told()
      .slice(before)
      .map((line) => line.replace(/ of \S+/, ''))
      .toSorted(),
  ).toEqual(['ravi.revops: Decision D-1 is overdue', 'sofia.sales: Decision D-1 is overdue']);
  expect((await bench.world.read({ found: select(Kickoff, {}) })).found).toEqual([]);
});

test('without a mail service the list has it all, for its person alone; who connects one later is not flooded', async () => {
  await submitted();
  await bench.tell();
  const dana = await bench.world.as(CAST.delivery);
  expect(await listOf(dana)).toEqual([
    expect.objectContaining({
      template: 'HANDOFF_SUBMITTED',
      title: 'A deal is closed: its handoff awaits your sign-off',
      state: 'LISTED',
    }),
  ]);
  expect(await listOf(await bench.world.as('DELIVERY_MANAGER', 1))).toEqual([]);
  await bench.connectGraph();
  await bench.tell();
  expect(bench.mails()).toEqual([]);
  bench.suite.clock.advanceHours(1);
  await submitted();
  await bench.tell();
  expect(bench.mails()).toHaveLength(1);
});

test('a person says how they want to be told; nobody else does, and nonsense is refused with its field', async () => {
  await bench.connectGraph();
  const sofia = await bench.world.as(CAST.sales);
  const set = (who: Persona, dailyMails: number, delivery = 'IMMEDIATE') =>
    who.graphql(
      `mutation ($input: SetNoticePreferenceInput!) { setNoticePreference(input: $input) { __typename ... on NoticePreference { id delivery quietHours dailyMails } } }`,
      { input: { delivery, quietHours: true, dailyMails } },
    );
  expect((await sofia.graphql('{ myNoticePreference { id } }')).data).toEqual({ myNoticePreference: null });
  const { errors } = await set(sofia, 500);
  expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(JSON.stringify(errors)).toContain('dailyMails');
  const first = (await set(sofia, 1)).data!.setNoticePreference;
  expect((await set(sofia, 1)).data!.setNoticePreference).toEqual(first);
  expect((await sofia.graphql('{ myNoticePreference { dailyMails } }')).data).toEqual({
    myNoticePreference: { dailyMails: 1 },
  });
  const auditor = await bench.world.as('AUDITOR');
  expect((await set(auditor, 1)).errors[0]!.extensions.code).toBe('FORBIDDEN');
  // Of three decisions in working time one comes alone, and the others are gathered.
  const id = await handoff();
  await decision(id);
  await decision(id);
  await decision(id);
  await bench.tell();
  expect(bench.told()).toHaveLength(1);
  bench.suite.clock.at = new Date('2026-11-24T09:00:00Z');
  await bench.tell();
  expect(bench.told()[1]).toBe('sofia.sales: 2 notices from Countersign');
});
