// A year of handoffs by set-based SQL, for proofs of figures and for benchmarks: as the owner of the tables, under their row
// security and with every constraint, one tenant at a time. The same seed makes the same year; only keys differ.
import { readFileSync } from 'node:fs';
import pg from 'pg';

const text = (name) => readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8');

/** What is run for each chunk of handoffs, in order; a step may come twice. */
const STEPS = [
  '1-plan',
  '2-sale',
  '3-proof',
  '4-approval',
  '4b-votes',
  '5-delivery',
  { sql: "select set_config('year.rebaselines', 'false', true)" },
  '5b-baselines',
  '5c-passage',
  '6-changes',
  '4b-votes',
  { sql: "select set_config('year.rebaselines', 'true', true)" },
  '5b-baselines',
  '6b-changes',
  '7-after',
  '8-ledger',
];

/** Handoffs a transaction: the temporary tables of a chunk stay in memory. */
const CHUNK = 10_000;

/**
 * Seeds the year of a tenant that was provisioned; see seed.d.mts.
 */
export async function seedYear(ownerUrl, options) {
  const { tenantId, handoffs, first = 1, chunk = CHUNK } = options;
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const clients = Math.max(3, Math.floor(handoffs / 6));
    for (let from = first; from < first + handoffs; from += chunk)
      await seedChunk(client, {
        ...options,
        clients,
        tenantId,
        first: from,
        handoffs: Math.min(chunk, first + handoffs - from),
      });
    // So many rows at once: without figures about them the planner reads whole tables for each handoff.
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

async function seedChunk(client, options) {
  const settings = {
    'app.tenant_id': options.tenantId,
    'year.seed': String(options.seed),
    'year.zone': options.zone,
    'year.currency': options.currency,
    'year.foreign': options.foreignCurrency,
    'year.handoffs': String(options.handoffs),
    'year.first': String(options.first),
    'year.clients': String(options.clients),
    'year.from': options.from.toISOString(),
    'year.to': options.to.toISOString(),
    'year.as_of': options.asOf.toISOString(),
  };
  await client.query('begin');
  try {
    await client.query("set local timezone = 'UTC'");
    for (const [name, value] of Object.entries(settings))
      await client.query('select set_config($1, $2, true)', [name, value]);
    for (const step of STEPS) {
      const started = performance.now();
      await client.query(typeof step === 'string' ? text(step) : step.sql).catch((error) => {
        throw new Error(`${typeof step === 'string' ? step : step.sql}: ${error.message} ${error.detail ?? ''}`, {
          cause: error,
        });
      });
      options.onStep?.(typeof step === 'string' ? step : '', performance.now() - started);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Fills a table of facts with rows that only look like facts; see seed.d.mts. */
export async function fillFacts(ownerUrl, { tenantId, table, rows }) {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query("set local timezone = 'UTC'");
    await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    const { rows: columns } = await client.query(
      `select column_name as name, data_type as type from information_schema.columns
        where table_schema = 'public' and table_name = $1 order by ordinal_position`,
      [table],
    );
    if (columns.length === 0) throw new Error(`There is no table ${table}`);
    const names = columns.map(({ name }) => name).join(', ');
    await client.query(
      `insert into ${table} (${names})
        with h as materialized (select id, row_number() over (order by id) - 1 as place from handoff where tenant_id = $1),
          c as (select count(*) as handoffs from h)
        select ${columns.map(filled).join(', ')} from c, generate_series(1, $2::int) n join h on h.place = n % (select handoffs from c)`,
      [tenantId, rows],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    await client.end();
  }
}

/** An expression for a column by its name and type. */
function filled({ name, type }) {
  if (name === 'tenant_id') return '$1::uuid';
  if (name === 'handoff_id') return 'h.id';
  if (name === 'kpi_key') return "'COMPLETION_RATE'";
  switch (type) {
    case 'uuid':
      return `md5($1 || '${name}' || n)::uuid`;
    case 'boolean':
      return 'n % 2 = 0';
    case 'date':
      return "date '2026-01-01' + n % 365";
    case 'timestamp with time zone':
      return "timestamptz '2026-01-01T00:00:00Z' + make_interval(secs => n % 31536000)";
    case 'integer':
    case 'bigint':
    case 'numeric':
      return 'n % 10000';
    default:
      return "'word ' || n % 50";
  }
}
