import { startMicrosoft } from '../../src/sandbox/microsoft/mount.js';
import type { SampleConnection } from '../../src/sandbox/microsoft/seed.js';
import { SANDBOX_APP } from '../../src/sandbox/microsoft/constants.js';
import { authorityOf, call, type Call, msal, OTHER_TID, type Reply, TID } from './microsoft.kit.js';

const ROOT = 'https://api.powerbi.com/v1.0/myorg';
const TABLE = {
  name: 'Facts',
  columns: [
    { name: 'K', dataType: 'String' },
    { name: 'N', dataType: 'Int64' },
  ],
};

let running: Awaited<ReturnType<typeof startMicrosoft>>;
let sample: SampleConnection;
let token: string;
let now: Date;

const tokenOf = async (tid: string, scope = 'https://analysis.windows.net/powerbi/api/.default') =>
  (await msal(running.base).acquireTokenByClientCredential({ scopes: [scope], authority: authorityOf(tid) }))!
    .accessToken;
const ask = (method: string, path: string, options: Call = {}): Promise<Reply> =>
  call(running.base, method, `${ROOT}${path}`, { token, ...options });
const group = (path: string) => `/groups/${sample.powerBi.workspaceId}${path}`;
const made = async (json: object = { name: 'D', defaultMode: 'Push', tables: [TABLE] }): Promise<string> =>
  (await ask('POST', group('/datasets'), { json })).json.id as string;
const rows = (count: number, row: object = { K: 'a', N: 1 }) => ({
  json: { rows: Array.from({ length: count }, () => row) },
});
const post = (id: string, options: Call) => ask('POST', group(`/datasets/${id}/tables/Facts/rows`), options);
const code = ({ status, json }: Reply) => [status, json.error?.code];

beforeEach(async () => {
  now = new Date('2026-11-23T14:00:00Z');
  running = await startMicrosoft({ now: () => now });
  sample = running.simulator.seed({ tid: TID, slug: 'northwind-managed' });
  running.simulator.seed({ tid: OTHER_TID, slug: 'harbor-it' });
  token = await tokenOf(TID);
});
afterEach(() => running.close());

test('tokens of Power BI are for Power BI alone, and for one directory', async () => {
  const graph = await tokenOf(TID, 'https://graph.microsoft.com/.default');
  expect(code(await ask('GET', group('/datasets'), { token: graph }))).toEqual([401, 'PowerBINotAuthorizedException']);
  const site = await call(running.base, 'GET', `/sites/${sample.siteHost}:/${sample.sitePath}`, { token });
  expect(site.status).toBe(401);
  const other = await tokenOf(OTHER_TID);
  expect(code(await ask('GET', group('/datasets'), { token: other }))).toEqual([404, 'PowerBIEntityNotFound']);
  expect((await ask('GET', group('/datasets'))).headers.get('requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(code(await ask('GET', '/datasets'))).toEqual([501, 'notSimulated']);
  now = new Date(now.getTime() + 4_000_000);
  expect(code(await ask('GET', group('/datasets')))).toEqual([401, 'TokenExpired']);
});

test('rights: the tenant setting, the workspace, and profiles that see only their own', async () => {
  const { powerBi, world } = running.simulator;
  powerBi.setMembers(TID, []);
  expect(code(await ask('GET', group('/datasets')))).toEqual([404, 'PowerBIEntityNotFound']);
  const profile = '9d1c2c0e-4a51-4b0f-9d7e-0c5e5a4db0c5';
  world.store.put('powerBiProfile', { id: profile, appId: SANDBOX_APP.clientId, displayName: 'customer' });
  powerBi.setMembers(TID, [profile]);
  const as = { headers: { 'x-powerbi-profile-id': profile } };
  expect((await ask('GET', group('/datasets'), as)).status).toBe(200);
  expect((await ask('GET', group('/datasets'))).status).toBe(404);
  const push = { name: 'D', defaultMode: 'Push', tables: [TABLE] };
  expect(code(await ask('POST', group('/datasets'), { json: push, ...as }))).toEqual([400, 'InvalidRequest']);
  expect((await ask('GET', group('/datasets'), { headers: { 'x-powerbi-profile-id': TID } })).status).toBe(403);
  powerBi.allow(TID, { servicePrincipals: false });
  const off = await ask('GET', group('/datasets'), as);
  expect(code(off)).toEqual([401, 'PowerBINotAuthorizedException']);
  expect(off.json.error['pbi.error'].exceptionCulprit).toBe(1);
});

test('a body that the call does not take is refused, and so is a row that does not fit its table', async () => {
  expect(code(await ask('POST', group('/datasets'), { json: { name: 'x', tables: [], more: 1 } }))).toEqual([
    400,
    'InvalidRequest',
  ]);
  const wide = { name: 'T', columns: Array.from({ length: 76 }, (_, n) => ({ name: `c${n}`, dataType: 'String' })) };
  const many = { name: 'x', defaultMode: 'Push', tables: [wide] };
  expect(code(await ask('POST', group('/datasets'), { json: many }))).toEqual([400, 'InvalidRequest']);
  const id = await made();
  // Names are not unique.
  expect(await made()).not.toBe(id);
  for (const row of [{ X: 1 }, { N: 'a' }, { N: 1.5 }, { K: 'a'.repeat(4001) }])
    expect(code(await post(id, { json: { rows: [{ K: 'good', N: 1 }, row] } }))).toEqual([400, 'InvalidRequest']);
  // One bad row fails the whole post.
  expect(running.simulator.world.log.count('powerbi.rows.added')).toBe(0);
  expect((await post(id, { json: { rows: [{ K: 'a'.repeat(4000) }, { N: null }] } })).status).toBe(200);
  expect(code(await ask('POST', group(`/datasets/${sample.powerBi.datasetId}/tables/Facts/rows`), rows(1)))).toEqual([
    400,
    'InvalidRequest',
  ]);
  now = new Date('2027-11-02T00:00:00Z');
  token = await tokenOf(TID);
  expect(
    code(await ask('POST', group('/datasets'), { json: { name: 'D', defaultMode: 'Push', tables: [TABLE] } })),
  ).toEqual([400, 'InvalidRequest']);
});

test('the limits of posts and rows are real counters, and a repeated post doubles its rows', async () => {
  const id = await made();
  expect(code(await post(id, rows(10_001)))).toEqual([400, 'InvalidRequest']);
  await post(id, rows(2));
  await post(id, rows(2));
  const query = 'EVALUATE ROW("n", COUNTROWS(FILTER(\'Facts\', \'Facts\'[K] = "a")))';
  const counted = await ask('POST', group(`/datasets/${id}/executeQueries`), { json: { queries: [{ query }] } });
  expect(counted.json.results[0].tables[0].rows).toEqual([{ '[n]': 4 }]);
  // 120 a minute: three are spent.
  for (let n = 3; n < 120; n++) expect((await post(id, rows(1))).status).toBe(200);
  const spent = await post(id, rows(1));
  expect([spent.status, Number(spent.headers.get('retry-after'))]).toEqual([429, 60]);
  now = new Date(now.getTime() + 60_000);
  expect((await post(id, rows(1))).status).toBe(200);
  // 120 an hour once a table has a quarter of a million rows.
  const { world } = running.simulator;
  const large = {
    id: world.newGuid(),
    datasetId: id,
    table: 'Facts',
    rows: Array.from({ length: 250_000 }, () => ({})),
  };
  world.store.put('powerBiRows', large);
  for (let n = 0; n < 120; n++) world.throttle.spend(`powerbi/posts/${id}/hour`, 1, 120, 3_600_000, now);
  const hour = await post(id, rows(1));
  expect([hour.status, Number(hour.headers.get('retry-after'))]).toEqual([429, 3540]);
  expect((await ask('DELETE', group(`/datasets/${id}/tables/Facts/rows`))).status).toBe(200);
  expect((await post(id, rows(1))).status).toBe(200);
  world.throttle.spend(`powerbi/rows/${id}`, 999_000, 1_000_000, 3_600_000, now);
  expect((await post(id, rows(2000))).status).toBe(429);
});

test('six posts at once are one too many', async () => {
  const id = await made();
  // Long enough for the sixth to arrive while five are in work, on a busy machine too.
  running.simulator.world.settings = { ...running.simulator.world.settings, pushMs: 3000 };
  const answers = await Promise.all(Array.from({ length: 6 }, () => post(id, rows(1))));
  expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([429]);
});

test('refreshes: 202 with a place, one at a time, no notifyOption in an enhanced one, eight a day', async () => {
  const path = group(`/datasets/${sample.powerBi.datasetId}/refreshes`);
  const plain = { json: { notifyOption: 'NoNotification' } };
  const first = await ask('POST', path, plain);
  expect([first.status, first.headers.get('location')]).toEqual([202, expect.stringContaining('/refreshes/')]);
  expect(code(await ask('POST', path, plain))).toEqual([400, 'InvalidRequest']);
  expect((await ask('GET', `${path}?$top=1`)).json.value[0]).toMatchObject({
    status: 'Unknown',
    refreshType: 'ViaApi',
  });
  expect(code(await ask('POST', path, { json: { type: 'Full' } }))).toEqual([400, 'InvalidRequest']);
  for (let n = 1; n < 8; n++) {
    now = new Date(now.getTime() + 60_000);
    expect((await ask('POST', path, plain)).status).toBe(202);
  }
  now = new Date(now.getTime() + 60_000);
  expect(code(await ask('POST', path, plain))).toEqual([400, 'InvalidRequest']);
  expect((await ask('GET', path)).json.value).toHaveLength(8);
  const { store } = running.simulator.world;
  store.put('powerBiWorkspace', { ...store.get('powerBiWorkspace', sample.powerBi.workspaceId)!, capacity: 'PREMIUM' });
  expect(code(await ask('POST', path, { json: { type: 'Full', notifyOption: 'NoNotification' } }))).toEqual([
    400,
    'InvalidRequest',
  ]);
  const enhanced = {
    type: 'Full',
    commitMode: 'Transactional',
    maxParallelism: 2,
    retryCount: 2,
    applyRefreshPolicy: false,
  };
  expect((await ask('POST', path, { json: enhanced })).status).toBe(202);
});

test('an embed token needs the identity that its model asks for, and ends with the token that asked', async () => {
  const { datasetId, reportId } = sample.powerBi;
  const request = { datasets: [{ id: datasetId }], reports: [{ id: reportId }] };
  const identity = { username: 'u-1', roles: ['TenantReader'], customData: 't-1', datasets: [datasetId] };
  const generate = (more: object) => ask('POST', '/GenerateToken', { json: { ...request, ...more } });
  expect((await generate({})).status).toBe(400);
  expect((await generate({ identities: [{ ...identity, roles: ['Nobody'] }] })).status).toBe(400);
  expect((await generate({ identities: [{ ...identity, username: 'with blank' }] })).status).toBe(400);
  now = new Date(now.getTime() + 3_000_000);
  const given = await generate({ identities: [identity] });
  expect(given.status).toBe(200);
  expect(new Date(given.json.expiration).getTime() - now.getTime()).toBe(599_000);
  const short = await generate({ identities: [identity], lifetimeInMinutes: 5 });
  expect(new Date(short.json.expiration).getTime() - now.getTime()).toBe(300_000);
  running.simulator.powerBi.publish(TID, { roles: [] });
  expect((await generate({ identities: [identity] })).status).toBe(400);
  expect((await generate({})).status).toBe(200);
});

test('the page shows models, rows and refreshes', async () => {
  await post(await made(), rows(3));
  const html = await (await fetch(`${running.base}/`)).text();
  expect(html).toContain('Power BI');
  expect(html).toContain('<td>Facts</td><td>3</td>');
});
