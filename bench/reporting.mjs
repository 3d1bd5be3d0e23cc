// What it takes to make the reporting model: node bench/reporting.mjs [--handoffs 100000] [--tenants 1] [--changes 1000]
// [--json]: starts its own PostgreSQL in a temporary folder, seeds a year of handoffs (test/kit/year), projects everything
// from zero, then plays changes and projects these alone, and compares the result row by row with another projection from
// zero. Prints times, rows and the most memory that this process held; ends with 1 when a row differs.
import 'reflect-metadata';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pino } from 'pino';
import { build } from '../scripts/prepare.mjs';
import { seedYear } from '../test/kit/year/seed.mjs';

const argument = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};
const handoffs = argument('handoffs', 100_000);
const tenantCount = argument('tenants', 1);
const changes = argument('changes', 1_000);
const isJson = process.argv.includes('--json');
const tell = (line) => isJson || console.log(line);

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
const { newId } = await load('src/core/id');
const { MemoryKeyRing, newKeyBytes } = await load('src/core/keys');
const { signingKey } = await load('src/core/ledger/note');
const { Sealer } = await load('src/core/ledger/sealer');
const { Pipeline } = await load('src/core/pipeline');
const { Vault } = await load('src/core/vault');
const { refreshActor } = await load('src/identity/identity.queries');
const { ABILITIES } = await load('src/abilities');
const { FACTS } = await load('src/reporting/datasets.facts');
const { Reporter } = await load('src/reporting/reporter');

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({
  dataRoot: folder,
  projectRoot: root,
  settings: { shared_buffers: '512MB', max_wal_size: '8GB', maintenance_work_mem: '256MB' },
});

let mostMemory = 0;
const watch = setInterval(() => {
  mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
}, 100);

/** Runs work; seconds to a tenth, and the most memory held meanwhile in MB. */
async function timed(work) {
  mostMemory = process.memoryUsage().rss;
  const started = performance.now();
  const result = await work();
  return {
    result,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    memoryMb: Math.round(mostMemory / 1e6),
  };
}

/** As the cluster's superuser: to look at all tenants at once, and to keep a copy beside the tables. */
async function asSuperuser(work) {
  const client = new pg.Client({
    connectionString: Object.assign(new URL(server.superuserUrl), { pathname: new URL(server.appUrl).pathname }).href,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const AS_OF = new Date('2026-12-29T15:30:00.000Z');
const YEAR = { from: new Date('2026-01-01T00:00:00.000Z'), to: new Date('2026-12-20T00:00:00.000Z'), asOf: AS_OF };

/** Things that happen to handoffs that are there, each with its entry of the ledger: so many of them. */
const HAPPENED = `with k as (select $1::uuid as tenant, $3::timestamptz as at),
  h as (select h.id, h.owner_id, row_number() over (order by md5(h.id::text)) as n from handoff h, k where h.tenant_id = k.tenant limit $2),
  surveyed as (insert into client_survey (tenant_id, id, handoff_id, score, answered_on, evidence_url, recorded_by, recorded_at)
    select k.tenant, gen_random_uuid(), h.id, (h.n % 11)::int, k.at::date, 'https://survey.example/x', h.owner_id, k.at from k, h where h.n % 3 = 0),
  asked as (insert into repeat_ask (tenant_id, id, handoff_id, category, item_path, asked_of, asked_on, recorded_by, recorded_at)
    select k.tenant, gen_random_uuid(), h.id, 'TECHNICAL', 'statements.RISK', 'CLIENT', k.at::date, h.owner_id, k.at from k, h where h.n % 3 = 1),
  assigned as (update handoff t set segment = 'changed', revision = t.revision + 1 from k, h
    where t.tenant_id = k.tenant and t.id = h.id and h.n % 3 = 2),
  told as (select gen_random_uuid() as id, h.id as handoff_id, h.owner_id from h),
  entered as (insert into ledger_entry (tenant_id, id, at, actor_kind, actor_id, action, outcome, subject_type, subject_id, content, leaf_hash)
    select k.tenant, told.id, k.at, 'PERSON', told.owner_id, 'bench', 'DONE', 'Handoff', told.handoff_id::text, c.content,
      encode(sha256('\\x00'::bytea || convert_to(c.content, 'UTF8')), 'hex')
    from k, told, lateral (select '{"body":{},"id":"' || told.id || '"}' as content) c)
  insert into ledger_pending (tenant_id, id) select k.tenant, told.id from k, told`;

async function measure() {
  await migrateUp({ applicationUrl: server.appUrl, ownerUrl: server.ownerUrl });
  const log = pino({ level: 'silent' });
  const gateway = new Gateway({ url: server.appUrl, poolSize: 6, prepare: true });
  const vault = new Vault(new MemoryKeyRing([newKeyBytes()]));
  const pipeline = new Pipeline({
    gateway,
    clock: databaseClock,
    abilities: ABILITIES,
    refresh: refreshActor,
    vault,
    log,
  });
  const { configuration } = parseConfigurationFile(readFileSync(join(root, 'tenants/northwind-managed.yaml'), 'utf8'));
  const tenants = [];
  for (let n = 0; n < tenantCount; n++) {
    const copy = structuredClone(configuration);
    copy.tenant = { ...copy.tenant, id: newId(), entraTid: newId(), slug: `bench-${n}` };
    for (const person of copy.people) {
      person.id = newId();
      person.accounts = person.accounts.map((account) => ({ ...account, oid: newId() }));
    }
    const actor = systemActor(copy.tenant.id, 'bench');
    await pipeline.run(actor, provisionTenant, { configuration: copy }, { idempotencyKey: null, path: 'bench' });
    tenants.push(copy.tenant.id);
  }
  const each = Math.ceil(handoffs / tenantCount);
  const yearOf = (tenantId, index) => ({
    tenantId,
    seed: 100 + index,
    zone: 'Europe/London',
    currency: 'GBP',
    foreignCurrency: 'EUR',
    ...YEAR,
  });

  const seeding = await timed(async () => {
    for (const [index, tenantId] of tenants.entries())
      await seedYear(server.ownerUrl, { ...yearOf(tenantId, index), handoffs: each });
    await asSuperuser((client) => client.query('vacuum analyze'));
  });
  tell(`seeded ${each * tenantCount} handoffs of ${tenantCount} tenants in ${seeding.seconds} s`);

  const key = signingKey('countersign-ledger', generateKeyPairSync('ed25519').privateKey);
  const sealer = new Sealer({ gateway, key, tenants: async () => tenants, log });
  const seal = async () => {
    for (const tenantId of tenants) await sealer.cover(tenantId);
  };
  const sealing = await timed(seal);
  tell(`sealed their ledger in ${sealing.seconds} s`);

  const reporter = new Reporter(gateway);
  const everything = async () => {
    for (const tenantId of tenants) await reporter.rebuild(tenantId);
  };
  const rebuild = await timed(everything);
  const counts = await asSuperuser(async (client) => {
    const rows = {};
    for (const { name, relation } of FACTS)
      rows[name] = Number((await client.query(`select count(*) as rows from ${relation}`)).rows[0].rows);
    return rows;
  });
  const total = Object.values(counts).reduce((sum, rows) => sum + rows, 0);
  tell(`projected ${total} rows from zero in ${rebuild.seconds} s, holding ${rebuild.memoryMb} MB at most`);

  for (const [index, tenantId] of tenants.entries()) {
    const few = Math.ceil(changes / tenantCount / 2);
    await seedYear(server.ownerUrl, { ...yearOf(tenantId, index), first: each + 1, handoffs: few });
    await asSuperuser((client) => client.query(HAPPENED, [tenantId, few, AS_OF]));
  }
  await seal();
  const incremental = await timed(async () => {
    let projected = 0;
    for (const tenantId of tenants) projected += await reporter.catchUp(tenantId);
    return projected;
  });
  tell(`followed the changes of ${incremental.result} handoffs in ${incremental.seconds} s`);

  await asSuperuser(async (client) => {
    await client.query('create schema bench');
    for (const { relation } of FACTS) await client.query(`create table bench.${relation} as table ${relation}`);
  });
  const again = await timed(everything);
  const differing = await asSuperuser(async (client) => {
    const rows = {};
    for (const { name, relation } of FACTS) {
      const text = `select count(*) as rows from ((table ${relation} except all table bench.${relation})
        union all (table bench.${relation} except all table ${relation})) d`;
      const count = Number((await client.query(text)).rows[0].rows);
      if (count > 0) rows[name] = count;
    }
    return rows;
  });
  const isSame = Object.keys(differing).length === 0;
  tell(
    `projected all of it again in ${again.seconds} s: ${isSame ? 'every row is the same' : `rows differ: ${JSON.stringify(differing)}`}`,
  );
  await gateway.end();
  return {
    node: process.version,
    handoffs: each * tenantCount,
    tenants: tenantCount,
    seedSeconds: seeding.seconds,
    sealSeconds: sealing.seconds,
    rebuildSeconds: rebuild.seconds,
    handoffsPerSecond: Math.round((each * tenantCount) / rebuild.seconds),
    memoryMb: rebuild.memoryMb,
    rows: counts,
    changedHandoffs: incremental.result,
    incrementalSeconds: incremental.seconds,
    rebuildAgainSeconds: again.seconds,
    differing,
  };
}

try {
  const result = await measure();
  if (isJson) console.log(JSON.stringify(result));
  if (Object.keys(result.differing).length > 0) process.exitCode = 1;
} finally {
  clearInterval(watch);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
