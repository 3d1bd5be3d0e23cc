// What it takes to make the reporting model: node bench/reporting.mjs [--handoffs 100000] [--tenants 1] [--changes 1000]
// [--json]: takes a copy of the benchmarks' dataset (kit/dataset.mjs), projects everything from zero, then plays changes
// and projects these alone, and compares the result row by row with another projection from zero. Prints times, rows and
// the most memory that this process held; ends with 1 when a row differs.
import { seedYear } from '../test/kit/year/seed.mjs';
import { AS_OF, eachOf, openDataset, yearOf } from './kit/dataset.mjs';
import { argument, flag, load } from './kit/product.mjs';

const changes = argument('changes', 1_000);
/** Tenants that are projected at the same time, as by a worker (src/reporting/planner.ts). */
const AT_ONCE = 2;
const tell = (line) => flag('json') || console.log(line);

const { FACTS } = await load('src/reporting/datasets.facts');
const { Reporter } = await load('src/reporting/reporter');

const data = await openDataset({ handoffs: argument('handoffs', 100_000), tenants: argument('tenants', 1), log: tell });
const tenants = data.tenants.map(({ id }) => id);

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
  const gateway = data.gateway({ poolSize: 6 });
  const sealer = data.sealer(gateway, tenants);
  const reporter = new Reporter(gateway);
  const everything = () => eachOf(tenants, AT_ONCE, (tenantId) => reporter.rebuild(tenantId));
  const rebuild = await timed(everything);
  const counts = await data.asSuperuser(async (client) => {
    const rows = {};
    for (const { name, relation } of FACTS)
      rows[name] = Number((await client.query(`select count(*) as rows from ${relation}`)).rows[0].rows);
    return rows;
  });
  const total = Object.values(counts).reduce((sum, rows) => sum + rows, 0);
  tell(`projected ${total} rows from zero in ${rebuild.seconds} s, holding ${rebuild.memoryMb} MB at most`);

  const few = Math.ceil(changes / tenants.length / 2);
  for (const tenant of data.tenants) {
    await seedYear(data.ownerUrl, { ...yearOf(tenant), first: data.each + 1, handoffs: few });
    await data.asSuperuser((client) => client.query(HAPPENED, [tenant.id, few, AS_OF]));
    await sealer.cover(tenant.id);
  }
  const incremental = await timed(async () => {
    let projected = 0;
    for (const tenantId of tenants) projected += await reporter.catchUp(tenantId);
    return projected;
  });
  tell(`followed the changes of ${incremental.result} handoffs in ${incremental.seconds} s`);

  await data.asSuperuser(async (client) => {
    await client.query('create schema bench');
    for (const { relation } of FACTS) await client.query(`create table bench.${relation} as table ${relation}`);
  });
  const again = await timed(everything);
  const differing = await data.asSuperuser(async (client) => {
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
  return {
    node: process.version,
    postgresql: data.version,
    handoffs: data.handoffs,
    tenants: tenants.length,
    seedSeconds: data.made.seedSeconds,
    sealSeconds: data.made.sealSeconds,
    rebuildSeconds: rebuild.seconds,
    handoffsPerSecond: Math.round(data.handoffs / rebuild.seconds),
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
  if (flag('json')) console.log(JSON.stringify(result));
  if (Object.keys(result.differing).length > 0) process.exitCode = 1;
} finally {
  clearInterval(watch);
  await data.close();
}
