import { CheckState } from '../../src/integrations/connection/connection.entity.js';
import { updateIntegrationSettings } from '../../src/integrations/connection/connection.commands.js';
import { GrantedClass, RefreshStatus } from '../../src/integrations/powerbi/powerbi.entity.js';
import {
  grantPowerBiClass,
  refreshPowerBi,
  revokePowerBiClass,
} from '../../src/integrations/powerbi/powerbi.commands.js';
import { operation } from '../kit/operation.js';
import { usePowerBi } from './powerbi.kit.js';

const bench = usePowerBi();
const summary = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.map(({ KpiKey, Numerator }) => [KpiKey, Numerator]);

test('rows are pushed once, changes go out again, what is gone says so, and each key counts once', async () => {
  await bench.connect({ push: 'ON' });
  await bench.project(3, 1);
  await bench.work();
  expect(bench.pushed().map(({ name }) => name)).toEqual([`Countersign ${bench.integrationId}`]);
  // Of the three cases one tells of margin, which nobody has let out.
  expect(summary(bench.rows('KpiCases'))).toEqual([
    ['KICKOFF_DELAY_RATE', 1],
    ['KICKOFF_DELAY_RATE', 1],
  ]);
  expect(bench.rows('KpiFigures').every(({ KpiKey }) => !String(KpiKey).startsWith('MARGIN'))).toBe(true);
  expect(bench.rows('Clients').map(({ Name }) => Name)).toHaveLength(1);
  expect(Object.keys(bench.rows('People')[0]!).toSorted()).toEqual(['Active', 'BatchId', 'BatchSeq', 'RowKey']);
  const posts = bench.posts();
  await bench.later(16);
  expect(bench.posts()).toBe(posts);
  // A quarter of an hour of changes is one round.
  await bench.project(2, 2, 7);
  await bench.later(16);
  expect(summary(bench.counted('KpiCases'))).toEqual([['KICKOFF_DELAY_RATE', 7]]);
  expect(bench.rows('KpiCases').map(({ Deleted }) => Deleted)).toEqual([false, false, false, true]);
  expect(bench.pushed()).toHaveLength(1);
  const { data, errors } = await (await bench.world.as('AUDITOR')).graphql(operation('power-bi-states'));
  expect(errors).toEqual([]);
  expect(data!.powerBiStates).toEqual([
    expect.objectContaining({ pushes: true, pushRetiresOn: '2027-10-31', waitingBatches: 0, unknownBatches: 0 }),
  ]);
  const admin = await bench.world.as('REVOPS_ADMIN');
  const batches = await admin.graphql(operation('power-bi-batches'), { integrationId: bench.integrationId, first: 50 });
  expect(batches.errors).toEqual([]);
  const nodes = batches.data!.powerBiBatches.edges.map(({ node }: { node: { effect: object } }) => node);
  expect(
    nodes.every(
      (node: { state: string; effect: { state: string } }) => node.state === 'SENT' && node.effect.state === 'DONE',
    ),
  ).toBe(true);
});

test('margin leaves only when somebody who sees it says so, for this workspace, and comes back', async () => {
  const integrationId = await bench.connect({ push: 'ON' });
  await bench.project(2, 1);
  await bench.work();
  const input = { integrationId, fieldClass: GrantedClass.MARGIN };
  const [admin, finance] = [await bench.world.as('REVOPS_ADMIN'), await bench.world.as('FINANCE_APPROVER')];
  await expect(admin.run(grantPowerBiClass, input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await finance.done(grantPowerBiClass, input);
  expect((await finance.refused(grantPowerBiClass, input)).map(({ code }) => code)).toEqual(['POWERBI_CLASS_GRANTED']);
  await bench.work(2);
  expect(bench.pushed()).toHaveLength(1);
  expect(summary(bench.counted('KpiCases')).map(([key]) => key)).toEqual([
    'MARGIN_EROSION_POINTS',
    'KICKOFF_DELAY_RATE',
  ]);
  const columns = () => bench.pushed()[0]!.tables.flatMap(({ columns: all }) => all.map(({ name }) => name));
  expect(columns()).toContain('MarginBps');
  await finance.done(revokePowerBiClass, input);
  await bench.work(2);
  expect(columns()).not.toContain('MarginBps');
  expect(summary(bench.rows('KpiCases')).map(([key]) => key)).toEqual(['KICKOFF_DELAY_RATE']);
  expect((await finance.refused(revokePowerBiClass, input)).map(({ code }) => code)).toEqual([
    'POWERBI_CLASS_NOT_GRANTED',
  ]);
  // Granted again, and then the connection is moved: the grant stays behind.
  await finance.done(grantPowerBiClass, input);
  const elsewhere = '5b0d0e0f-0000-4000-8000-000000000001';
  const { store } = bench.simulator.world;
  store.put('powerBiWorkspace', { ...store.all('powerBiWorkspace')[0]!, id: elsewhere, name: 'Other' });
  const { revision, settings, baseUrl } = await bench.connection();
  const moved = Object.entries({ ...settings, workspaceId: elsewhere }).map(([name, value]) => ({ name, value }));
  await admin.done(updateIntegrationSettings, { integrationId, expectedRevision: revision, baseUrl, settings: moved });
  await bench.work(2);
  const there = bench.pushed().find(({ workspaceId }) => workspaceId === elsewhere)!;
  const posted = store
    .all('powerBiRows')
    .filter(({ datasetId, table }) => datasetId === there.id && table === 'KpiCases');
  expect(posted.flatMap(({ rows }) => rows).map(({ KpiKey }) => KpiKey)).toEqual(['KICKOFF_DELAY_RATE']);
});

test('a connection is tested permission by permission, and says until when pushing lasts', async () => {
  await bench.connect({
    push: 'ON',
    datasetId: bench.sample.powerBi.datasetId,
    reportId: bench.sample.powerBi.reportId,
  });
  await bench.work();
  const sound = await bench.connection();
  expect([sound.state, sound.checks.map(({ name, state }) => [name, state])]).toEqual([
    'CONNECTED',
    [
      ['SIGN_IN', 'OK'],
      ['WORKSPACE_MEMBER', 'OK'],
      ['REPORT', 'OK'],
      ['MODEL', 'OK'],
      ['PUSH_DATASETS', CheckState.RETIRING],
    ],
  ]);
  expect(sound.checks.at(-1)!.remedy).toContain('2027-10-31');
});

test('a refresh is triggered by changes, evenly spread over the day, and its state comes back', async () => {
  await bench.connect({ refresh: 'ON', datasetId: bench.sample.powerBi.datasetId });
  await bench.project(1, 1);
  await bench.work(4);
  expect((await bench.refreshes()).map(({ cause, status }) => [cause, status])).toEqual([['MODEL', 'COMPLETED']]);
  for (let seq = 2; seq < 30; seq++) {
    await bench.project(1, seq);
    bench.suite.clock.advanceHours(1);
    await bench.work();
  }
  await bench.work(4);
  const all = await bench.refreshes();
  expect(all.every(({ status }) => status === RefreshStatus.COMPLETED)).toBe(true);
  // 28 hours with a change each, at most one in four hours.
  expect(all.length).toBe(8);
  const admin = await bench.world.as('REVOPS_ADMIN');
  const { integrationId } = bench;
  const asked = await admin.refused(refreshPowerBi, { integrationId });
  expect(asked.map(({ code }) => code)).toEqual(['POWERBI_REFRESH_LIMIT']);
  bench.suite.clock.advanceHours(5);
  bench.simulator.powerBi.publish(bench.tid, { refreshOutcome: 'Failed' });
  await admin.done(refreshPowerBi, { integrationId });
  expect((await admin.refused(refreshPowerBi, { integrationId })).map(({ code }) => code)).toEqual([
    'POWERBI_REFRESH_RUNS',
    'POWERBI_REFRESH_LIMIT',
  ]);
  await bench.work(4);
  const last = (await bench.refreshes()).at(-1)!;
  expect(last).toMatchObject({ status: 'FAILED', cause: 'PERSON', reason: 'POWERBI_REFRESH_FAILED' });
  const { data } = await admin.graphql(operation('power-bi-refreshes'), { integrationId, first: 1 });
  expect(data!.powerBiRefreshes.edges[0].node.remedy).toMatch(/refresh history/);
});

describe('the embedded report', () => {
  const embed = async (role: string) => {
    const { data, errors } = await (await bench.world.as(role)).graphql(operation('power-bi-embed'));
    expect(errors).toEqual([]);
    return data!.powerBiEmbed as Record<string, string | null>;
  };

  test('is UNCONFIGURED, NOT_PUBLISHED, READY for one person and role, not for who sees less, and ERROR or NEEDS_CONSENT', async () => {
    const { powerBi, tid } = bench.sample;
    expect(await embed('SALES_MANAGER')).toMatchObject({ kind: 'UNCONFIGURED', token: null });
    const integrationId = await bench.connect();
    expect(await embed('SALES_MANAGER')).toMatchObject({ kind: 'NOT_PUBLISHED', code: 'POWERBI_NO_REPORT' });
    const admin = await bench.world.as('REVOPS_ADMIN');
    const set = async (more: Record<string, string>) => {
      const { revision, settings, baseUrl } = await bench.connection();
      const next = Object.entries({ ...settings, ...more }).map(([name, value]) => ({ name, value }));
      await admin.done(updateIntegrationSettings, {
        integrationId,
        expectedRevision: revision,
        baseUrl,
        settings: next,
      });
    };
    await set({ reportId: powerBi.reportId });
    const ready = await embed('SALES_MANAGER');
    expect(ready).toMatchObject({ kind: 'READY', reportId: powerBi.reportId, code: null });
    expect(ready.embedUrl).toMatch(/^https:\/\/app\.powerbi\.com\/reportEmbed\?/);
    expect(new Date(ready.expiresAt!).getTime()).toBeGreaterThan(bench.suite.clock.at.getTime());
    const [grant] = bench.simulator.world.store.all('powerBiEmbed');
    expect(grant).toMatchObject({
      username: await bench.world.idOf('SALES_MANAGER'),
      customData: bench.world.tenantId,
      roles: ['TenantReader'],
    });
    expect(JSON.stringify(bench.simulator.world.log.list())).not.toContain(ready.token);
    // What is not said to be absent from the report is taken to be in it.
    expect(await embed('DELIVERY_MANAGER')).toMatchObject({ kind: 'ERROR', code: 'POWERBI_NOT_FOR_ROLE', token: null });
    await set({ reportShows: 'NONE' });
    expect(await embed('DELIVERY_MANAGER')).toMatchObject({ kind: 'READY' });
    // A model without row-level security takes no identity.
    bench.simulator.powerBi.publish(tid, { roles: [] });
    expect(await embed('DELIVERY_MANAGER')).toMatchObject({ kind: 'READY' });
    bench.simulator.world.faults.arm({ operation: 'powerbi.token', kind: 'status', status: 429, retryAfter: '60' });
    expect(await embed('SALES_MANAGER')).toMatchObject({ kind: 'ERROR', code: 'VENDOR_THROTTLES' });
    bench.simulator.powerBi.allow(tid, { servicePrincipals: false });
    expect(await embed('SALES_MANAGER')).toMatchObject({ kind: 'NEEDS_CONSENT', code: 'POWERBI_NOT_AUTHORIZED' });
    bench.simulator.powerBi.allow(tid, { servicePrincipals: true });
    bench.simulator.world.store.drop('powerBiReport', powerBi.reportId);
    expect(await embed('SALES_MANAGER')).toMatchObject({ kind: 'NOT_PUBLISHED' });
  });
});
