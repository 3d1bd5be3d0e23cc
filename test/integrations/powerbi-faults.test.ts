import { newId } from '../../src/core/id.js';
import { testIntegration } from '../../src/integrations/connection/connection.commands.js';
import { adoptEffect, retryEffect } from '../../src/integrations/outbox/outbox.commands.js';
import { ADD_ROWS, MAKE_DATASET } from '../../src/integrations/powerbi/powerbi.messages.js';
import { usePowerBi } from './powerbi.kit.js';

const bench = usePowerBi();
const arm = (rule: object) => bench.simulator.world.faults.arm(rule);
const states = async (kind: string) => (await bench.effects(kind)).map(({ state }) => state);

test('a dataset and rows whose answers are lost are there once: looked up, never sent again', async () => {
  await bench.connect({ push: 'ON' });
  await bench.project(3, 1);
  arm({ operation: 'powerbi.dataset.create', kind: 'reset', at: 'after' });
  arm({ operation: 'powerbi.rows.post', path: 'KpiCases', kind: 'status', status: 504, at: 'after' });
  await bench.work(6);
  expect(bench.pushed()).toHaveLength(1);
  expect(bench.rows('KpiCases')).toHaveLength(2);
  expect((await bench.batches()).find(({ tableName }) => tableName === 'KpiCases')!.state).toBe('FOUND');
  expect(await states(MAKE_DATASET)).toEqual(['DONE']);
});

test('rows that were lost before they arrived are sent again once Power BI says so', async () => {
  await bench.connect({ push: 'ON' });
  await bench.project(3, 1);
  arm({ operation: 'powerbi.rows.post', path: 'KpiCases', kind: 'reset', at: 'before' });
  await bench.work(4);
  expect(bench.rows('KpiCases')).toHaveLength(2);
  expect((await bench.batches()).find(({ tableName }) => tableName === 'KpiCases')!.state).toBe('SENT');
});

test('where Power BI cannot be asked the batch stays UNKNOWN with a remedy, until a person or the setting ends it', async () => {
  await bench.connect({ push: 'ON' });
  bench.simulator.powerBi.allow(bench.tid, { executeQueries: false });
  await bench.project(3, 1);
  arm({ operation: 'powerbi.rows.post', path: 'KpiCases', kind: 'reset', at: 'after' });
  await bench.work(10);
  const [unknown] = await bench.effects(ADD_ROWS);
  expect(unknown).toMatchObject({ state: 'UNKNOWN', reason: 'POWERBI_CANNOT_ASK' });
  expect(unknown!.remedy).toContain('Execute Queries REST API');
  expect(bench.rows('KpiCases')).toHaveLength(2);
  const admin = await bench.world.as('REVOPS_ADMIN');
  await admin.done(adoptEffect, { effectId: unknown!.id, receipt: 'seen in Power BI' });
  await bench.work(6);
  expect((await bench.batches()).map(({ state }) => state)).toContain('FOUND');
  expect(bench.rows('KpiCases')).toHaveLength(2);
  // What follows had waited.
  expect(bench.rows('KpiFigures').length).toBeGreaterThan(0);
});

test('a batch that somebody has sent twice counts once', async () => {
  await bench.connect({ push: 'ON' });
  await bench.project(3, 1);
  await bench.work();
  const { store } = bench.simulator.world;
  const post = store.all('powerBiRows').find(({ table }) => table === 'KpiCases')!;
  store.put('powerBiRows', { ...post, id: newId() });
  expect([bench.rows('KpiCases').length, bench.counted('KpiCases').length]).toEqual([4, 2]);
});

test('what is refused is dead with its reason, and goes out when it is tried again', async () => {
  await bench.connect({ push: 'ON' });
  await bench.project(3, 1);
  arm({ operation: 'powerbi.rows.post', path: 'KpiCases', kind: 'status', status: 400 });
  await bench.work();
  const [dead] = await bench.effects(ADD_ROWS);
  expect(dead).toMatchObject({ state: 'DEAD', reason: 'VENDOR_REFUSED' });
  await (await bench.world.as('REVOPS_ADMIN')).done(retryEffect, { effectId: dead!.id });
  await bench.work();
  expect(bench.counted('KpiCases')).toHaveLength(2);
});

test('told to wait it waits; a small table that failed half-way is replaced anew', async () => {
  await bench.connect({ push: 'ON' });
  await bench.project(3, 1);
  arm({ operation: 'powerbi.rows.post', path: 'KpiCases', kind: 'status', status: 429, retryAfter: '90' });
  arm({ operation: 'powerbi.rows.post', path: 'KpiFigures', kind: 'reset', at: 'after' });
  await bench.work();
  expect(bench.posts()).toBe(0);
  await bench.work(5);
  expect(bench.rows('KpiCases')).toHaveLength(2);
  const keys = bench.rows('KpiFigures').map(({ RowKey }) => RowKey);
  expect(keys.length).toBeGreaterThan(100);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a tenant setting that is switched off becomes the state of the connection, and what waits goes on when it is back', async () => {
  await bench.connect({ push: 'ON' });
  await bench.work();
  bench.simulator.powerBi.allow(bench.tid, { servicePrincipals: false });
  await bench.project(3, 1);
  await bench.work(1);
  expect(await bench.connection()).toMatchObject({ state: 'ERROR', reason: 'POWERBI_NOT_AUTHORIZED' });
  expect((await bench.connection()).remedy).toContain('Service principals can use Fabric APIs');
  expect(bench.posts()).toBe(0);
  bench.simulator.powerBi.allow(bench.tid, { servicePrincipals: true });
  await (await bench.world.as('REVOPS_ADMIN')).done(testIntegration, { integrationId: bench.integrationId });
  await bench.work(1);
  expect((await bench.connection()).state).toBe('CONNECTED');
  expect(bench.rows('KpiCases')).toHaveLength(2);
});

test('an application that was taken out of the directory is named, and a token that was revoked is replaced', async () => {
  await bench.connect({ push: 'ON' });
  await bench.work();
  bench.simulator.people.revokeTokens(bench.tid);
  await bench.project(3, 1);
  await bench.work();
  expect(bench.rows('KpiCases')).toHaveLength(2);
  bench.simulator.people.consent(bench.tid, null);
  await (await bench.world.as('REVOPS_ADMIN')).done(testIntegration, { integrationId: bench.integrationId });
  await bench.work();
  expect(await bench.connection()).toMatchObject({ state: 'ERROR', reason: 'POWERBI_APP_MISSING' });
});

test('a dataset that somebody deletes is made again and filled from nothing', async () => {
  await bench.connect({ push: 'ON' });
  await bench.project(3, 1);
  await bench.work();
  bench.simulator.powerBi.deletePushed(bench.tid);
  await bench.project(3, 2, 5);
  await bench.later(16);
  await bench.work(2);
  expect(bench.pushed()).toHaveLength(1);
  expect(bench.counted('KpiCases').map(({ Numerator }) => Numerator)).toEqual([5, 5]);
});

test('two workers push every row once', async () => {
  await bench.connect({ push: 'ON' });
  await bench.project(400, 1);
  const workers = [bench.dispatcher(), bench.dispatcher()];
  for (let minute = 0; minute < 4; minute++) {
    await Promise.all([bench.planner().pass(), bench.planner().pass()]);
    for (let done = 1; done > 0;) done = Math.max(...(await Promise.all(workers.map((worker) => worker.pass()))));
    bench.suite.clock.advanceHours(1 / 60);
  }
  expect(bench.pushed()).toHaveLength(1);
  const keys = bench.rows('KpiCases').map(({ RowKey }) => RowKey);
  expect([keys.length, new Set(keys).size]).toEqual([399, 399]);
  expect((await bench.batches()).map(({ state }) => state)).toEqual(expect.arrayContaining(['SENT']));
  expect(new Set((await bench.batches()).map(({ state }) => state))).toEqual(new Set(['SENT']));
});

test('a refresh whose answer was lost is found in the history, one that runs is joined, and the ninth of a day is refused', async () => {
  const { datasetId } = bench.sample.powerBi;
  await bench.connect({ refresh: 'ON', datasetId });
  await bench.project(1, 1);
  arm({ operation: 'powerbi.refresh.start', kind: 'reset', at: 'after' });
  await bench.work(5);
  expect(bench.simulator.world.log.count('powerbi.refresh.started')).toBe(1);
  expect((await bench.refreshes()).map(({ status }) => status)).toEqual(['COMPLETED']);
  const { store } = bench.simulator.world;
  const [first] = store.all('powerBiRefresh');
  const scheduled = { ...first!, refreshType: 'Scheduled' as const };
  const at = (hours: number) => new Date(bench.suite.clock.at.getTime() + hours * 3_600_000).toISOString();
  store.put('powerBiRefresh', { ...scheduled, id: newId(), startTime: at(4.9), endTime: at(5.02) });
  bench.suite.clock.advanceHours(5);
  await bench.project(1, 2);
  await bench.work(4);
  expect((await bench.refreshes()).at(-1)!.status).toBe('COMPLETED');
  expect(bench.simulator.world.log.count('powerbi.refresh.started')).toBe(1);
  for (let n = 0; n < 8; n++)
    store.put('powerBiRefresh', { ...scheduled, id: newId(), startTime: at(0), endTime: at(0) });
  bench.suite.clock.advanceHours(5);
  await bench.project(1, 3);
  await bench.work();
  expect((await bench.refreshes()).at(-1)).toMatchObject({ status: 'REFUSED', reason: 'POWERBI_REFRESH_REFUSED' });
});
