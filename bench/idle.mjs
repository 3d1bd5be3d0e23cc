// What an installation costs at which nobody does anything: statements, transactions and CPU a second of `countersign start`
// (API and worker in one process) with 1, 100 and 1,000 tenants, and how long its start takes with them. Its own PostgreSQL
// in a temporary folder. node bench/idle.mjs [--json] [--smoke] [--tenants 1,100,1000] [--seconds 60]
import 'reflect-metadata';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pino } from 'pino';
import { build } from '../scripts/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (!process.env.IDLE_BUILT) build();
const load = (path) => import(`../dist/${path}.js`);
const { run } = await load('src/cli/serve');
const { readConfig } = await load('src/core/config');
const { parseConfigurationFile } = await load('src/catalogue/configuration-file');
const { provisionTenant } = await load('src/catalogue/tenant.provision');
const { systemActor } = await load('src/core/actor');
const { newId } = await load('src/core/id');

const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const isSmoke = process.argv.includes('--smoke');
const sizes = option('--tenants', isSmoke ? '1,20' : '1,100,1000')
  .split(',')
  .map(Number);
const seconds = Number(option('--seconds', isSmoke ? 5 : 60));
/** How long a worker may catch up before it is called idle. */
const settleSeconds = Number(option('--settle', isSmoke ? 5 : 90));

let statements = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function counted(...args) {
  statements += args[0].statements?.length ?? 1;
  return query.apply(this, args);
};

const folder = mkdtempSync(join(tmpdir(), 'countersign-idle-'));
chmodSync(folder, 0o711);
const settings = { COUNTERSIGN_DATA: folder, PORT: '0', LOG_LEVEL: 'error', SAMPLE_CONNECTIONS: 'off' };
const config = readConfig(settings, root);
const log = pino({ level: 'error' });
const start = (worker, prepare = false) =>
  run({ config, root, log, api: true, worker, prepare, stop: new AbortController().signal });

const { configuration } = parseConfigurationFile(readFileSync(join(root, 'tenants/northwind-managed.yaml'), 'utf8'));
let made = 0;
async function provision(app, count) {
  for (; made < count; made++) {
    const copy = structuredClone(configuration);
    copy.tenant = { ...copy.tenant, id: newId(), entraTid: newId() };
    for (const person of copy.people) {
      person.id = newId();
      person.accounts = person.accounts.map((account) => ({ ...account, oid: newId() }));
    }
    const actor = systemActor(copy.tenant.id, 'bench');
    await app.pipeline.run(actor, provisionTenant, { configuration: copy }, { idempotencyKey: null, path: 'bench' });
  }
}

const transactions = async (app) =>
  Number(
    (
      await app.gateway.global(
        'select xact_commit + xact_rollback as n from pg_stat_database where datname = current_database()',
      )
    )[0].n,
  );

/** The product's own server stays for the next command; this one's has no next. */
async function endPostgres() {
  try {
    const [pid] = readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGINT');
    await pause(1500);
  } catch {
    // It has ended.
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void endPostgres().then(() => process.exit(1)));

const rows = [];
try {
  const first = await start(false, true);
  made = Number((await first.app.gateway.global('select count(*)::int as n from tenant'))[0].n);
  await first.stop();
  for (const size of sizes) {
    const maker = await start(false);
    await provision(maker.app, size);
    await maker.stop();
    const since = performance.now();
    const running = await start(true);
    const startMs = performance.now() - since;
    await pause(settleSeconds * 1000);
    const before = {
      statements,
      cpu: process.cpuUsage(),
      done: await transactions(running.app),
      at: performance.now(),
    };
    await pause(seconds * 1000);
    const took = (performance.now() - before.at) / 1000;
    const cpu = process.cpuUsage(before.cpu);
    const done = (await transactions(running.app)) - before.done;
    rows.push({
      tenants: Math.max(size, made),
      startMs: Math.round(startMs),
      statementsASecond: Math.round((statements - before.statements) / took),
      transactionsASecond: Math.round(done / took),
      cpuPercent: Math.round((cpu.user + cpu.system) / took / 100) / 100,
      rssMb: Math.round(process.memoryUsage().rss / 1_048_576),
    });
    if (!process.argv.includes('--json')) console.log(JSON.stringify(rows.at(-1)));
    await running.stop();
  }
} finally {
  await endPostgres();
  rmSync(folder, { recursive: true, force: true });
}
if (process.argv.includes('--json'))
  console.log(JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, seconds, rows }));
process.exit(rows.every(({ startMs }) => startMs < 5000) ? 0 : 1);
