// Whether the feed streams in flat memory: node bench/odata.mjs [--rows 1000000] [--json]: starts its own PostgreSQL in a
// temporary folder, puts so many rows into the largest set, reads all of it by its nextLinks over HTTP while other readers
// have stopped in the middle of an answer, and prints rows a second and the memory that the process held, client included.
import 'reflect-metadata';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import pg from 'pg';
import { pino } from 'pino';
import { build } from '../scripts/prepare.mjs';

const argument = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};
const ROWS = argument('rows', 1_000_000);
const STOPPED = 3;
const isJson = process.argv.includes('--json');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
build();
const load = (path) => import(`../dist/${path}.js`);
const { startEmbeddedPostgres } = await load('src/sandbox/postgres/index');
const { migrateUp } = await load('src/cli/database');
const { parseConfigurationFile } = await load('src/catalogue/configuration-file');
const { provisionTenant } = await load('src/catalogue/tenant.provision');
const { systemActor } = await load('src/core/actor');
const { databaseClock } = await load('src/core/clock');
const { Gateway } = await load('src/core/gateway');
const { MemoryKeyRing, newKeyBytes } = await load('src/core/keys');
const { Pipeline } = await load('src/core/pipeline');
const { Vault } = await load('src/core/vault');
const { ABILITIES } = await load('src/abilities');
const { actorByHandle, refreshActor } = await load('src/identity/identity.queries');
const { createFeedKey } = await load('src/odata/keys/feed-key.commands');
const { userOfKey } = await load('src/odata/keys/feed-key.secret');
const { mountFeed } = await load('src/odata/mount');
const { KPI_CASES } = await load('src/reporting/datasets.kpi-cases');

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({ dataRoot: folder, projectRoot: root });

/** A value of the n-th row for a column, by its type. */
const VALUES = {
  'Edm.Guid': 'md5(n::text)::uuid',
  'Edm.String': "'WORD_' || n % 20",
  'Edm.Boolean': 'false',
  'Edm.Int64': 'n',
  'Edm.Date': "date '2026-01-01' + n % 365",
  'Edm.DateTimeOffset': "timestamptz '2026-01-01' + make_interval(secs => n)",
};

async function seed(tenantId) {
  const client = new pg.Client({
    connectionString: Object.assign(new URL(server.superuserUrl), { pathname: new URL(server.appUrl).pathname }).href,
  });
  await client.connect();
  await client.query("set session_replication_role = 'replica'");
  const columns = KPI_CASES.columns.map(({ column }) => column);
  const values = KPI_CASES.columns.map(({ type }) => VALUES[type]);
  await client.query(
    `insert into ${KPI_CASES.relation} (tenant_id, ${columns}) select $1, ${values} from generate_series(1, $2::int) n`,
    [tenantId, ROWS],
  );
  await client.query(`analyze ${KPI_CASES.relation}`);
  await client.end();
}

/** Reads one page; answers its rows, its bytes and the address of the next one. Keeps nothing of it but the end. */
function page(url, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      let rows = 0;
      let bytes = 0;
      let tail = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        bytes += part.length;
        const text = tail + part;
        rows += text.split('{"Id":').length - tail.split('{"Id":').length;
        tail = text.slice(-2000);
      });
      response.on('end', () => resolve({ rows, bytes, next: /"@odata.nextLink":"([^"]+)"}$/.exec(tail)?.[1] }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** A reader that asks for a page and takes nothing of it. */
const stopped = (url, headers) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, (response) => resolve(response.pause()));
    sent.on('error', reject);
    sent.end();
  });

try {
  await migrateUp({ ownerUrl: server.ownerUrl, applicationUrl: server.appUrl });
  const log = pino({ level: 'warn' });
  const vault = new Vault(new MemoryKeyRing([newKeyBytes()]));
  const gateway = new Gateway({ url: server.appUrl, poolSize: 10, prepare: true });
  const pipeline = new Pipeline({
    gateway,
    clock: databaseClock,
    abilities: ABILITIES,
    refresh: refreshActor,
    vault,
    log,
  });
  const parsed = parseConfigurationFile(readFileSync(join(root, 'tenants/northwind-managed.yaml'), 'utf8'));
  const { configuration } = parsed;
  const tenantId = configuration.tenant.id;
  const once = { idempotencyKey: null, path: 'bench' };
  await pipeline.run(systemActor(tenantId, 'bench'), provisionTenant, { configuration }, once);
  await seed(tenantId);

  const finance = configuration.people.find(({ roles }) => roles.includes('FINANCE_APPROVER'));
  const { actor } = await gateway.read(tenantId, { actor: actorByHandle(tenantId, finance.key) });
  const made = await pipeline.run(actor, createFeedKey, { name: 'bench', sees: ['MARGIN'], days: 1 }, once);
  const user = userOfKey(tenantId, made.id);
  const headers = { authorization: `Basic ${Buffer.from(`${user}:${made.secret}`).toString('base64')}` };

  const listener = Fastify();
  let address = '';
  const none = async () => null;
  await mountFeed(listener, {
    gateway,
    pipeline,
    poolSize: 10,
    publicUrl: () => address,
    contextOf: none,
    spend: none,
  });
  address = await listener.listen({ port: 0, host: '127.0.0.1' });
  const first = `${address}/odata/v4/${KPI_CASES.name}`;

  const readers = await Promise.all(Array.from({ length: STOPPED }, () => stopped(first, headers)));
  const memory = [];
  let rows = 0;
  let bytes = 0;
  let pages = 0;
  let longest = 0;
  const started = performance.now();
  for (let next = first; next; pages++) {
    const asked = performance.now();
    const answer = await page(next, headers);
    longest = Math.max(longest, performance.now() - asked);
    rows += answer.rows;
    bytes += answer.bytes;
    next = answer.next;
    memory.push(process.memoryUsage().rss / 1e6);
  }
  const seconds = (performance.now() - started) / 1000;
  for (const reader of readers) reader.destroy();
  await listener.close();
  await gateway.end();

  const mean = (part) => Math.trunc(part.reduce((sum, one) => sum + one, 0) / part.length);
  const tenth = Math.ceil(memory.length / 10);
  const result = {
    rows,
    pages,
    megabytes: Math.trunc(bytes / 1e6),
    seconds: Math.trunc(seconds * 10) / 10,
    rowsPerSecond: Math.trunc(rows / seconds),
    slowestPageMs: Math.trunc(longest),
    stoppedReaders: STOPPED,
    rssMb: {
      firstTenth: mean(memory.slice(0, tenth)),
      lastTenth: mean(memory.slice(-tenth)),
      most: Math.trunc(Math.max(...memory)),
    },
  };
  console.log(isJson ? JSON.stringify(result) : result);
  if (rows !== ROWS) process.exitCode = 1;
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
