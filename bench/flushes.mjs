// What two flushes save: the same command's statements sent one by one, each answer awaited, against sent together.
// node bench/flushes.mjs [--json]: starts its own PostgreSQL in a temporary folder; alternates slices; medians of ratios.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { build } from '../scripts/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
build();
const { startEmbeddedPostgres } = await import('../dist/src/sandbox/postgres/index.js');

const ROUNDS = 12;
const SLICE_MS = 1500;
const CONNECTIONS = 8;
const TENANT = '019ab000-0000-7000-8000-000000000001';

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({ dataRoot: folder, projectRoot: root });

/** The shape of a small command: envelope, lock, three facts, clock; then two rows, a ledger row and COMMIT. */
const first = [
  ['begin'],
  [`set local app.tenant_id = '${TENANT}'`],
  ['set local statement_timeout = 5000; set local lock_timeout = 2000'],
  ['select * from thing where tenant_id = $1 and id = $2 for update', [TENANT, 0]],
  ['select * from part where tenant_id = $1 and thing_id = $2', [TENANT, 0]],
  ['select * from part where tenant_id = $1 and thing_id = $2 order by id desc limit 1', [TENANT, 0]],
  ['select clock_timestamp()'],
];
const second = [
  ['update thing set revision = revision + 1 where tenant_id = $1 and id = $2', [TENANT, 0]],
  ['insert into part (tenant_id, thing_id, text) values ($1, $2, $3)', [TENANT, 0, 'x']],
  ['insert into record (tenant_id, content) values ($1, $2)', [TENANT, '{}'.padEnd(400, ' ')]],
  ['commit'],
];

async function seed() {
  const client = new pg.Client({ connectionString: server.ownerUrl });
  await client.connect();
  await client.query(`create table thing (tenant_id uuid, id int, revision int, primary key (tenant_id, id));
    create table part (tenant_id uuid, id int generated always as identity, thing_id int, text text, primary key (tenant_id, id));
    create index on part (tenant_id, thing_id);
    create table record (tenant_id uuid, id int generated always as identity, content text, primary key (tenant_id, id));
    insert into thing select '${TENANT}', n, 1 from generate_series(1, 1000) n;
    grant select, insert, update on thing, part, record to countersign_app`);
  await client.end();
}

const withThing = (statements, thing) =>
  statements.map(([text, values]) => [text, values?.map((v) => (v === 0 ? thing : v))]);

async function awaited(client, thing) {
  for (const [text, values] of withThing([...first, ...second], thing)) await client.query(text, values);
}

async function twoFlushes(client, thing) {
  await Promise.all(withThing(first, thing).map(([text, values]) => client.query(text, values)));
  await Promise.all(withThing(second, thing).map(([text, values]) => client.query(text, values)));
}

async function slice(clients, command) {
  const until = performance.now() + SLICE_MS;
  let done = 0;
  const started = performance.now();
  await Promise.all(
    clients.map(async (client, index) => {
      while (performance.now() < until) {
        await command(client, 1 + ((index * 100 + done) % 1000));
        done += 1;
      }
    }),
  );
  return (done * 1000) / (performance.now() - started);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

await seed();
const connect = (pipeline) =>
  Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = new pg.Client({ connectionString: server.appUrl, pipeline });
      await client.connect();
      return client;
    }),
  );
const plain = await connect(false);
const pipelined = await connect(true);
const rates = { awaited: [], twoFlushes: [], ratio: [] };
await slice(plain, awaited);
await slice(pipelined, twoFlushes);
for (let round = 0; round < ROUNDS; round++) {
  const a = await slice(plain, awaited);
  const b = await slice(pipelined, twoFlushes);
  rates.awaited.push(a);
  rates.twoFlushes.push(b);
  rates.ratio.push(b / a);
}
await Promise.all([...plain, ...pipelined].map((client) => client.end()));
await server.stop();
rmSync(folder, { recursive: true, force: true });
const result = {
  node: process.version,
  postgresql: server.version,
  connections: CONNECTIONS,
  rounds: ROUNDS,
  awaitedPerSecond: Math.trunc(median(rates.awaited)),
  twoFlushesPerSecond: Math.trunc(median(rates.twoFlushes)),
  ratio: Number(median(rates.ratio).toPrecision(3)),
};
console.log(
  process.argv.includes('--json')
    ? JSON.stringify(result)
    : `two flushes: ${result.ratio} times the commands a second of awaiting each statement (${result.twoFlushesPerSecond} against ${result.awaitedPerSecond}; Node ${result.node}, PostgreSQL ${result.postgresql}, ${CONNECTIONS} connections, medians of ${ROUNDS} alternating slices)`,
);
