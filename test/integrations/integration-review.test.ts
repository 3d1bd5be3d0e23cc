import { pino } from 'pino';
import { Alert } from '../../src/core/alert.js';
import { LedgerEntry } from '../../src/core/ledger/entry.js';
import { select, selectFirst } from '../../src/core/statement.js';
import {
  disconnectIntegration,
  rotateIntegrationSecret,
  testIntegration,
} from '../../src/integrations/connection/connection.commands.js';
import { Integration, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { sharePointProbe } from '../../src/integrations/microsoft/sharepoint/sharepoint.probe.js';
import { SharePoint } from '../../src/integrations/microsoft/sharepoint/sharepoint.js';
import { WATCH_EVIDENCE } from '../../src/integrations/microsoft/evidence/evidence.message.js';
import {
  closeIntegrationReview,
  REVIEW_EFFECT,
  REVIEW_OVERDUE_EFFECT,
} from '../../src/integrations/review/review.commands.js';
import { IntegrationReview, ReviewState } from '../../src/integrations/review/review.entity.js';
import { reviewHandler, reviewOverdueHandler } from '../../src/integrations/review/review.handler.js';
import { ReviewVerdict } from '../../src/integrations/review/review.input.js';
import { SchedulePlanner } from '../../src/integrations/schedule/schedule.planner.js';
import { useSharePoint } from './sharepoint.kit.js';

const bench = useSharePoint();
const REMARK = 'Looked at the permissions in Entra ID: as they should be.';

/** A worker's process: its planner looks, then what is due is done. Answers how many effects were asked for. */
async function look(): Promise<number> {
  const { gateway, clock, vault } = bench.suite;
  const connections = new Connections(vault);
  const sharepoint = new SharePoint(bench.http, connections);
  const tenants = async () => [bench.world.tenantId];
  const planning = { gateway, present: () => clock.now(), tenants, log: pino({ level: 'silent' }) };
  const asked = await new SchedulePlanner(planning).pass();
  const handlers = {
    ...bench.handlers(sharepoint),
    [REVIEW_EFFECT]: reviewHandler(connections, { [Vendor.SHAREPOINT]: sharePointProbe(sharepoint) }),
    [REVIEW_OVERDUE_EFFECT]: reviewOverdueHandler,
    [WATCH_EVIDENCE]: () => Promise.resolve({ receipt: 'not here', writes: [] }),
  };
  await bench.work({ handlers });
  return asked;
}

const on = (day: string): void => void (bench.suite.clock.at = new Date(`${day}T10:00:00Z`));
const reviews = async (): Promise<IntegrationReview[]> =>
  (await bench.world.read({ found: select(IntegrationReview, {}, { orderBy: ['id'] }) })).found;
const alerts = async (): Promise<string[]> =>
  (await bench.world.read({ found: select(Alert, {}, { orderBy: ['id'] }) })).found.map(({ code }) => code);
const connection = async (): Promise<Integration> =>
  (await bench.world.read({ found: selectFirst(Integration, {}) })).found!;
const told = (checks: readonly { name: string; state: string }[]): string[] =>
  checks.map(({ name, state }) => `${name} ${state}`);

test('a test of the connection names what is given beyond the need, and stays sound', async () => {
  const { people } = bench.simulator;
  people.consent(bench.sample.tid, { roles: ['Sites.Selected', 'Sites.FullControl.All', 'User.Read.All'] });
  const integrationId = await bench.connected();
  const checks = (await connection()).checks;
  expect(told(checks)).toEqual([
    'SIGN_IN OK',
    'SITE OK',
    'LIBRARY OK',
    'Sites.Selected OK',
    'Sites.FullControl.All EXCESS',
    'User.Read.All EXCESS',
  ]);
  expect(checks[4]!.remedy).toContain('Sites.FullControl.All');
  expect((await connection()).state).toBe('CONNECTED');
  people.consent(bench.sample.tid, { roles: ['User.Read.All'] });
  people.revokeTokens(bench.sample.tid);
  await (await bench.world.as('REVOPS_ADMIN')).done(testIntegration, { integrationId });
  await bench.work();
  expect(told((await connection()).checks)).toEqual(['SIGN_IN OK', 'Sites.Selected MISSING', 'User.Read.All EXCESS']);
});

test('each quarter the evidence is recorded once, and somebody else closes the review', async () => {
  await bench.connected();
  on('2026-12-31');
  await look();
  expect(await reviews()).toEqual([]);
  bench.simulator.people.consent(bench.sample.tid, { roles: ['Sites.Selected', 'User.Read.All'] });
  bench.simulator.people.revokeTokens(bench.sample.tid);
  on('2027-01-04');
  expect(await look()).toBe(2);
  expect(await look()).toBe(0);
  const [review, ...others] = await reviews();
  expect(others).toEqual([]);
  const [who, second] = [await bench.world.as('REVOPS_ADMIN', 0), await bench.world.as('REVOPS_ADMIN', 1)];
  expect(review).toMatchObject({
    period: '2027-Q1',
    state: 'OPEN',
    reviewerId: second.actor.id,
    hands: [who.actor.id],
    reason: null,
    checkedAt: bench.suite.clock.at,
  });
  expect(told(review!.checks)).toContain('User.Read.All EXCESS');
  const input = { reviewId: review!.id, verdict: ReviewVerdict.EXCEPTION, remark: REMARK, expectedRevision: 1 };
  expect((await who.refused(closeIntegrationReview, input)).map(({ code }) => code)).toEqual(['SELF_REVIEW']);
  const { data, errors } = await second.graphql(
    `mutation ($input: CloseIntegrationReviewInput!) { closeIntegrationReview(input: $input) { __typename
      ... on IntegrationReview { state remark overdue reviewedBy { id } reviewer { id } integration { vendor } } } }`,
    { input },
  );
  expect(errors).toEqual([]);
  expect(data!.closeIntegrationReview).toEqual({
    __typename: 'IntegrationReview',
    state: 'EXCEPTION',
    remark: REMARK,
    overdue: false,
    reviewedBy: { id: second.actor.id },
    reviewer: { id: second.actor.id },
    integration: { vendor: 'SHAREPOINT' },
  });
  const again = { ...input, expectedRevision: 2 };
  expect((await second.refused(closeIntegrationReview, again)).map(({ code }) => code)).toEqual(['NOT_OPEN']);
  const { entry } = await bench.world.read({
    entry: selectFirst(LedgerEntry, { action: 'closeIntegrationReview', outcome: 'DONE' as never }),
  });
  expect(entry!.content).not.toContain('Entra');
  expect(JSON.parse(entry!.content).body).toMatchObject({ verdict: 'EXCEPTION', asAssigned: true });
  on('2027-03-01');
  await look();
  expect(await alerts()).toEqual([]);
  on('2027-04-02');
  await look();
  expect((await reviews()).map(({ period, state }) => [period, state])).toEqual([
    ['2027-Q1', ReviewState.EXCEPTION],
    ['2027-Q2', ReviewState.OPEN],
  ]);
});

test('a review that nobody closes alerts; with everybody involved an auditor has it; a vendor that is down is evidence', async () => {
  const integrationId = await bench.connected();
  const second = await bench.world.as('REVOPS_ADMIN', 1);
  const { revision: expectedRevision } = await connection();
  const credentials = ['clientId', 'clientSecret'].map((name) => ({
    name,
    value: name === 'clientId' ? bench.sample.clientId : bench.sample.clientSecret,
  }));
  await second.done(rotateIntegrationSecret, { integrationId, expectedRevision, credentials });
  bench.simulator.people.grantSite(bench.sample.tid, []);
  on('2027-01-04');
  await look();
  const auditor = await bench.world.as('AUDITOR');
  const [review] = await reviews();
  expect(review).toMatchObject({ state: 'OPEN', reviewerId: auditor.actor.id, secretVersion: 2 });
  expect(told(review!.checks)).toContain('Sites.Selected MISSING');
  on('2027-01-25');
  await look();
  expect(await alerts()).toContain('INTEGRATION_REVIEW_OVERDUE');
  const sales = await bench.world.as('SALES_MANAGER');
  const input = { reviewId: review!.id, verdict: ReviewVerdict.SOUND, remark: REMARK, expectedRevision: 1 };
  await expect(sales.run(closeIntegrationReview, input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await auditor.done(closeIntegrationReview, input);
  await second.done(disconnectIntegration, { integrationId, expectedRevision: (await connection()).revision });
  on('2027-04-02');
  await look();
  expect(await reviews()).toHaveLength(1);
});

test('the database lets nobody review what they had a hand in', async () => {
  await bench.connected();
  on('2027-01-04');
  await look();
  const [review] = await reviews();
  const hand = review!.hands[0]!;
  const closing = {
    text: `update integration_review set state = 'SOUND', reviewed_by = $3, reviewed_at = opened_at, remark = 'none at all'
      where tenant_id = $1 and id = $2`,
    values: [review!.id, hand],
  };
  const { gateway } = bench.suite;
  await expect(gateway.transaction(bench.world.tenantId, (tx) => tx.commit([closing]))).rejects.toMatchObject({
    constraint: 'integration_review_not_by_hand',
  });
  const forging = { text: "update integration_review set checks = '[]' where tenant_id = $1", values: [] };
  await expect(gateway.transaction(bench.world.tenantId, (tx) => tx.commit([forging]))).rejects.toMatchObject({
    code: '42501',
  });
});

test("every call of Graph goes out by Microsoft's own client", async () => {
  await bench.connected();
  await (await bench.world.as('REVOPS_ADMIN')).done(testIntegration, { integrationId: (await connection()).id });
  await bench.work();
  const calls = bench.simulator.world.log.list().filter(({ host }) => host === 'graph.microsoft.com');
  expect(calls.length).toBeGreaterThan(4);
  for (const { headers } of calls) expect(headers.sdkversion).toMatch(/^graph-js\/3\.0\.7/);
});
