import pg from 'pg';
import { tableOf } from '../../src/core/table.js';
import { ENTITIES } from '../../src/entities.js';

/** A node of EXPLAIN (FORMAT JSON). */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Plan Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A statement as the gateway would send it; `$1` is the tenant. */
export interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The id of the n-th row of every seeded table: ids grow as those of version 7 do. */
export const idOf = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The instant of the n-th row of every seeded table, in every column of instants. */
export const instantOf = (n: number): Date => new Date(Date.UTC(2024, 0, 1, 0, n));

/** Rows of one parent: `x_id` of rows 8 to 15 is the id of row 1. */
const BROTHERS = 8;

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly listed: string | null;
  readonly alone: boolean;
}

const COLUMNS = `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
  (select pg_get_constraintdef(c.oid) from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'c'
    and c.conkey = array[a.attnum] and pg_get_constraintdef(c.oid) like '%''%' limit 1) as listed,
  exists (select 1 from pg_index i where i.indrelid = a.attrelid and i.indisunique and i.indnkeyatts <= 2
    and a.attnum = any(i.indkey)) as alone
  from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  order by a.attnum`;

/** Every table that an entity reads. */
export const tables = (): string[] =>
  ENTITIES.map((entity) => tableOf(entity).name).filter((name) => name !== 'tenant');

/**
 * Fills tables with so many rows a tenant, whatever they mean: rows that refer to each other by position, states in turn.
 * As the superuser, past foreign keys and checks: a database to look at plans with and for nothing else.
 */
export async function fill(superuserUrl: string, names: readonly string[], tenants: readonly string[], rows: number) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica; set synchronous_commit = off; set jit = off');
    for (const name of names) {
      const { rows: columns } = await client.query<ColumnRow>(COLUMNS, [name]);
      const { rows: checks } = await client.query<{ conname: string }>(
        "select conname from pg_constraint where conrelid = $1::regclass and contype = 'c'",
        [name],
      );
      const drops = checks.map(({ conname }) => `drop constraint "${conname}"`);
      if (drops.length > 0) await client.query(`alter table ${name} ${drops.join(', ')}`);
      const own = columns.filter((column) => column.name !== 'tenant_id');
      for (const tenant of tenants) {
        await client.query(`insert into ${name} (tenant_id, ${own.map((c) => `"${c.name}"`).join(', ')})
          select '${tenant}', ${own.map(expression).join(', ')} from generate_series(1, ${rows}) i on conflict do nothing`);
      }
      await client.query(`analyze ${name}`);
    }
  } finally {
    await client.end();
  }
}

/** Lets the planner take the tables for so many times as large as they are: it counts rows a page, not rows. */
export async function pretendLarger(superuserUrl: string, names: readonly string[], times: number): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(
      `update pg_class set reltuples = reltuples * $2 where reltuples > 0 and oid in (select unnest($1::text[])::regclass
        union select indexrelid from pg_index where indrelid in (select unnest($1::text[])::regclass))`,
      [names, times],
    );
  } finally {
    await client.end();
  }
}

function expression({ name, type, nullable, listed, alone }: ColumnRow): string {
  const values = [...(listed ?? '').matchAll(/'((?:[^']|'')*)'/g)].map(([text]) => text);
  const parent = alone ? 'i' : `i / ${BROTHERS}`;
  const plain = (): string => {
    if (type === 'uuid')
      return `('00000000-0000-7000-8000-' || lpad(to_hex(${name === 'id' ? 'i' : parent}), 12, '0'))::uuid`;
    if (type.endsWith('[]')) return `'{}'`;
    if (values.length > 1 && type === 'text' && !alone)
      return `(array[${values.join(', ')}])[1 + i % ${values.length}]`;
    if (type === 'text' || type.startsWith('character')) return `'t' || i`;
    if (type === 'boolean') return 'i % 2 = 0';
    if (type === 'date') return `date '2020-01-01' + i % 3000`;
    if (type.startsWith('timestamp')) return `timestamptz '2024-01-01' + i * interval '1 minute'`;
    if (type === 'smallint') return 'i % 30000';
    if (/^(integer|bigint|numeric)/.test(type)) return 'i';
    if (type.startsWith('json')) return `'{}'`;
    if (type === 'bytea') return `'\\x00'::bytea`;
    throw new Error(`${name} has a type that the seed does not know: ${type}`);
  };
  const isOptional = nullable && (type === 'date' || type.startsWith('timestamp'));
  return isOptional ? `case when i % 2 = 0 then ${plain()} end` : plain();
}

/** The leading columns of every index that finds all rows of a parent: `table(tenant_id, handoff_id, ...)`. */
export async function indexesOf(superuserUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ leads: string }>(
      `select i.indrelid::regclass || '(' || string_agg(a.attname, ', ' order by k.place) || ',' as leads
        from pg_index i, unnest(i.indkey::int2[]) with ordinality k(attnum, place), pg_attribute a
        where a.attrelid = i.indrelid and a.attnum = k.attnum and i.indpred is null
        group by i.indexrelid, i.indrelid`,
    );
    return rows.map(({ leads }) => leads);
  } finally {
    await client.end();
  }
}

/** The application role's view of one tenant, for EXPLAIN. */
export class Explainer {
  private constructor(
    private readonly client: pg.Client,
    private readonly tenant: string,
  ) {}

  static async open(appUrl: string, tenant: string): Promise<Explainer> {
    const client = new pg.Client({ connectionString: appUrl });
    await client.connect();
    await client.query(`set app.tenant_id = '${tenant}'; set app.now = '2026-11-23T14:00:00Z'; set jit = off`);
    return new Explainer(client, tenant);
  }

  /** The plan, run for its buffers when asked to. */
  async plan({ text, values }: Sent, isRun = false): Promise<PlanNode> {
    const how = isRun ? 'analyze, buffers, timing off, format json' : 'format json';
    const { rows } = await this.client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (${how}) ${text}`, [
      this.tenant,
      ...values,
    ]);
    return rows[0]!['QUERY PLAN'][0].Plan;
  }

  /** The plan when the planner thinks little of joins by hash or by order, as it does of a few rows. */
  async planOfFew(statement: Sent): Promise<PlanNode> {
    await this.client.query('set enable_hashjoin = off; set enable_mergejoin = off');
    const plan = await this.plan(statement);
    await this.client.query('reset enable_hashjoin; reset enable_mergejoin');
    return plan;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

/** A plan's nodes, from the top. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** Blocks that a plan which was run has touched. */
export const buffersOf = (plan: PlanNode): number =>
  (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);

/** The scans of a plan that go past an index whose first column is the tenant, in words. */
export function scansWithoutTenant(plan: PlanNode): string[] {
  return nodesOf(plan).flatMap((node) => {
    const type = node['Node Type'];
    const condition = node['Index Cond'] ?? '';
    if (type === 'Seq Scan') return [`reads all of ${node['Relation Name']}`];
    if (/^(Index Scan|Index Only Scan|Bitmap Index Scan)$/.test(type) && !condition.includes('tenant_id'))
      return [`reads ${node['Index Name']} without the tenant`];
    return [];
  });
}

/** A limit's way down to its rows, as far as they come one by one. */
function streamOf(limit: PlanNode): PlanNode[] {
  const [below] = limit.Plans ?? [];
  if (!below) return [];
  return /^(Subquery Scan|Result|LockRows|Nested Loop)$/.test(below['Node Type'])
    ? [below, ...streamOf(below)]
    : [below];
}

const limitsOf = (plan: PlanNode): PlanNode[] => nodesOf(plan).filter((node) => node['Node Type'] === 'Limit');

/** Rows that may be sorted for a page: an index that answers few is better than one that answers in order. */
const FEW = 1000;

/** The sorts of a plan that a page waits for: of all that the list has, not of the page's own rows, nor of few. */
export function sortsOfLists(plan: PlanNode): string[] {
  return limitsOf(plan).flatMap((limit) => {
    const sort = streamOf(limit).find((node) => node['Node Type'].endsWith('Sort'));
    const isSmall =
      !sort || (sort['Plan Rows'] ?? 0) <= FEW || nodesOf(sort).some((node) => node['Node Type'] === 'CTE Scan');
    return isSmall ? [] : [`sorts ${sort['Plan Rows']} rows for a page`];
  });
}

/** The scans that are bounded by nothing but the tenant, neither by a key nor by a page, and so grow with it, in words. */
export function scansOfWholeTenant(plan: PlanNode): string[] {
  const bounded = new Set(limitsOf(plan).flatMap(streamOf));
  return nodesOf(plan)
    .filter((node) => !bounded.has(node))
    .filter(({ 'Index Cond': condition }) => condition !== undefined && !/ AND /.test(condition))
    .map((node) => `${node['Relation Name'] ?? ''} by ${node['Index Name']}`.trim());
}
