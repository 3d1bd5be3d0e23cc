import { type IncomingMessage, request } from 'node:http';
import { Role } from '../../src/identity/roles.js';
import { revokeFeedKey } from '../../src/odata/keys/feed-key.commands.js';
import { DATASETS } from '../../src/reporting/datasets.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { ask, type Credentials, feedKey, fill, PUBLIC, readAll } from './odata.kit.js';

let suite: Suite;
let server: TestServer;
let world: World;
let key: Credentials;
let theirs: Credentials;

beforeAll(async () => {
  suite = await openSuite();
  server = await startServer(suite, { PUBLIC_URL: PUBLIC });
  world = await suite.tenant();
  const other = await suite.tenant();
  await fill(world, { KpiCases: 4_000 });
  await fill(other, {}, 3);
  key = await feedKey(world);
  theirs = await feedKey(other);
}, 60_000);
afterAll(async () => {
  await server.close();
  await suite.close();
});

const get = (path: string, headers: Readonly<Record<string, string>> = key.headers) => ask(server, path, headers);
const follow = (path: string, headers: Readonly<Record<string, string>> = key.headers) =>
  readAll(server, path, headers);

describe('another tenant', () => {
  it('reads nothing of ours, by any set', async () => {
    const ours = (await get('/Handoffs?$select=Id')).json.value as { Id: string }[];
    expect(ours.length).toBeGreaterThan(0);
    expect((await get(`/Handoffs(${ours[0]!.Id})`, theirs.headers)).status).toBe(404);
    for (const { name } of DATASETS) {
      const mine = await follow(`/${name}`, theirs.headers);
      expect(mine.rows.every((row) => !JSON.stringify(row).includes(world.tenantId))).toBe(true);
    }
    const seen = (
      await follow('/Handoffs?$filter=true or true or Id ne null'.replaceAll(' ', '%20'), theirs.headers)
    ).rows.map(({ Id }) => Id);
    expect(seen).toHaveLength(3);
    expect(seen.filter((id) => ours.some(({ Id }) => Id === id))).toEqual([]);
  });

  it('cannot go on where we were, nor anybody with a token that was made up', async () => {
    const next = (await get('/Handoffs', { ...key.headers, prefer: 'odata.maxpagesize=1' })).json[
      '@odata.nextLink'
    ] as string;
    expect((await get(next)).status).toBe(200);
    expect((await get(next, theirs.headers)).status).toBe(400);
    expect((await get(next.replace('/Handoffs?', '/Votes?'))).status).toBe(400);
    expect((await get(`${next}&$filter=true`)).status).toBe(400);
    expect((await get(`${next.slice(0, -2)}AA`)).status).toBe(400);
    expect((await get('/Handoffs?$skiptoken=e30')).status).toBe(400);
  });

  it.each([
    "' or 1=1 --",
    "'; drop table handoff; --",
    "') or true --",
    '$1',
    "x' union select * from person --",
    '\\',
    '%',
    '*/',
  ])('is not reached by %s', async (text) => {
    const quoted = encodeURIComponent(`'${text.replaceAll("'", "''")}'`);
    expect(
      (await get(`/Handoffs?$filter=Number eq ${quoted} or contains(Segment,${quoted})`.replaceAll(' ', '%20'))).json
        .value,
    ).toEqual([]);
    for (const option of [
      '$filter',
      '$orderby',
      '$select',
      '$expand',
      '$top',
      '$skip',
      '$skiptoken',
      '$count',
      '$format',
    ]) {
      const { status } = await get(`/Handoffs?${option}=${encodeURIComponent(text)}`);
      expect([400, 406, 501]).toContain(status);
    }
    expect([400, 404, 501]).toContain((await get(`/Handoffs(${encodeURIComponent(text)})`)).status);
    expect((await get(`/Tiers(${quoted})`)).status).toBe(404);
  });
});

describe('a reader who is slow', () => {
  it('holds no connection, and gives the place back by going away', async () => {
    const { port } = new URL(server.address);
    const open = () =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const sent = request(
          {
            port,
            host: '127.0.0.1',
            path: '/odata/v4/KpiCases?$orderby=KpiKey',
            headers: key.headers,
            agent: false,
          },
          (response) => {
            response.pause();
            resolve(response);
          },
        );
        sent.on('error', reject);
        sent.end();
      });
    for (let round = 0; round < 3; round++) {
      const readers = await Promise.all([open(), open(), open(), open()]);
      expect(readers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
      // Nobody of them reads: other questions are answered all the same.
      expect((await get('/Handoffs/$count', theirs.headers)).status).toBe(200);
      for (const reader of readers) reader.destroy();
    }
    expect((await get('/KpiCases?$top=1')).status).toBe(200);
  });

  it('is turned away once the key is revoked, in the middle of a set', async () => {
    const short = await feedKey(world);
    const next = (await get('/Handoffs', { ...short.headers, prefer: 'odata.maxpagesize=1' })).json[
      '@odata.nextLink'
    ] as string;
    expect((await get(next, short.headers)).status).toBe(200);
    await (await world.as(Role.REVOPS_ADMIN)).done(revokeFeedKey, { feedKeyId: short.id });
    expect((await get(next, short.headers)).status).toBe(401);
  });
});
