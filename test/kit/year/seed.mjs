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
  '3b-wins',
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
