// Whether servers answer and write the same.
import { copiedId, UUIDS } from './copies.mjs';

/** An answer as data that every server can give: pages as lists, instants in one form, without cursors, in the order of keys. */
export function plainAnswer(text) {
  const { data, errors } = JSON.parse(text);
  if (errors) throw new Error(JSON.stringify(errors).slice(0, 2000));
  return JSON.stringify(plain(data));
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'string') return INSTANT.test(value) ? new Date(value).toISOString() : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value.edges)) return value.edges.map(({ node }) => plain(node));
  const entries = Object.entries(value).filter(([name]) => name !== '__typename');
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, plain(inner)]),
  );
}

/** The first place where two texts differ, for a person. */
export function difference(a, b) {
  if (a === b) return null;
  let at = 0;
  while (a[at] === b[at]) at += 1;
  const around = (text) => text.slice(Math.max(0, at - 120), at + 120);
  return `at ${at}: ...${around(a)}... against ...${around(b)}...`;
}

const DIGEST = /\b[0-9a-f]{64}\b/g;
// What was encrypted is another text each time.
const SEALED = /"[\w.+/=:-]{48,}"/g;
const TIME = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}(:\d{2})?)?/g;

/**
 * The rows of a unit's n-th copy as text that another copy's can be compared with: its own ids are those of the original,
 * and ids, instants, digests and sealed texts that were made for it are left out. Rows of every tenant table that name the copy are read.
 */
export async function writtenRows(client, unit, tables, n) {
  const own = new Map(unit.owned.map((id) => [copiedId(id, n), id]));
  const ids = [...own.keys()];
  const texts = new RegExp(unit.texts.map((text) => `${text}-${n}`).join('|'), 'g');
  const told = [];
  for (const { table, names } of tables) {
    const keys = names.filter((name) => name !== 'tenant_id').map((name) => `${name} = any($2)`);
    if (keys.length === 0) continue;
    const { rows } = await client.query(
      `select row_to_json(t)::text as text from ${table} t where tenant_id = $1 and (${keys.join(' or ')})`,
      [unit.tenant.id, ids],
    );
    const lines = rows.map(({ text }) =>
      text
        .replace(UUIDS, (id) => own.get(id) ?? '*')
        .replace(texts, (text) => text.slice(0, -`-${n}`.length))
        .replace(DIGEST, '*')
        .replace(SEALED, '"*"')
        .replace(TIME, '*'),
    );
    told.push(...lines.toSorted().map((text) => `${table}: ${text}`));
  }
  return told.join('\n');
}

/** How many rows each table of a tenant has. */
export async function rowCounts(client, tenantId) {
  const { rows: tables } = await client.query(
    `select c.relname as table from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`,
  );
  const text = tables.map(
    ({ table }) => `select '${table}' as table, count(*)::int as rows from ${table} where tenant_id = $1`,
  );
  const { rows } = await client.query(text.join(' union all '), [tenantId]);
  return Object.fromEntries(rows.map(({ table, rows: count }) => [table, count]));
}

/** What has come to each table between two counts. */
export function grown(before, after) {
  // PostgreSQL answers the parts of the union in any order.
  const tables = Object.keys(after).toSorted();
  const entries = tables.map((table) => [table, after[table] - (before[table] ?? 0)]);
  return JSON.stringify(Object.fromEntries(entries.filter(([, rows]) => rows !== 0)));
}
