import { LosslessNumber } from 'lossless-json';
import type { FieldClass } from '../../core/graphql/rights.js';
import { type Query, type Row, sql, type Statement } from '../../core/statement.js';
import type { Column, Dataset } from '../../reporting/dataset.js';
import { rowGuard } from '../../reporting/datasets.js';
import { BATCH_ID, BATCH_SEQ, DELETED, PUSH_LIMITS, type PushTable, ROW_KEY } from './push.model.js';

/** A row that is to go out: its key and what it is compared by. */
export interface ChangedRow {
  readonly key: string;
  readonly digest: string;
  /** It is no more. */
  readonly gone: boolean;
}

/** A step of a look through a table. */
export interface Scan {
  readonly changed: readonly ChangedRow[];
  /** The last key that was looked at; null when the table is at its end. */
  readonly last: string | null;
}

/** A table whose rows are added. */
export type AddedTable = PushTable & { readonly dataset: Dataset };

/** Keys are read in the order of their column, so that a look goes on where it stopped. */
const keyOf = ({ columns, key }: Dataset): Column => columns.find(({ name }) => name === key)!;

const digestOf = (columns: readonly Column[]): string =>
  `md5(row(${columns.map(({ column }) => `f.${column}`).join(', ')})::text)`;

/**
 * The rows of a part of a table that differ from what was handed to a batch last. The table is looked through in parts by
 * its key, so that no statement reads all of it.
 */
export function changedRows(
  { name, dataset, columns }: AddedTable,
  of: { readonly integrationId: string; readonly sees: ReadonlySet<FieldClass> },
  after: string | null,
  part: number,
): Query<Scan> {
  const key = keyOf(dataset).column;
  const from = after === null ? '' : ` and f.${key} > $4`;
  const text = `with part as (
      select f.${key}::text as row_key, ${digestOf(columns)} as digest from ${dataset.relation} f
      where f.tenant_id = $1${rowGuard(dataset, of.sees, 'f')}${from} order by f.${key} limit ${Math.trunc(part)})
    select p.row_key, p.digest, r.digest is distinct from p.digest or coalesce(r.gone, false) as changed from part p
    left join power_bi_row r on r.tenant_id = $1 and r.integration_id = $2 and r.table_name = $3 and r.row_key = p.row_key
    order by p.row_key`;
  return sql(text, [of.integrationId, name, ...(after === null ? [] : [after])], (rows) => scanOf(rows, part, false));
}

/**
 * Of a part of the rows that were handed to a batch, those that are no more or may not be seen any more. Looked through in
 * parts as well: where nothing is gone, the search for it would end with the last of all rows.
 */
export function goneRows(
  { name, dataset }: AddedTable,
  of: { readonly integrationId: string; readonly sees: ReadonlySet<FieldClass> },
  after: string | null,
  part: number,
): Query<Scan> {
  const key = keyOf(dataset).column;
  const from = after === null ? '' : ' and r.row_key > $4';
  const text = `with part as (
      select r.row_key, r.digest, r.gone from power_bi_row r
      where r.tenant_id = $1 and r.integration_id = $2 and r.table_name = $3${from} order by r.row_key limit ${Math.trunc(part)})
    select p.row_key, p.digest, not p.gone and f.${key} is null as changed from part p
    left join ${dataset.relation} f on f.tenant_id = $1 and f.${key} = p.row_key::uuid${rowGuard(dataset, of.sees, 'f')}
    order by p.row_key`;
  return sql(text, [of.integrationId, name, ...(after === null ? [] : [after])], (rows) => scanOf(rows, part, true));
}

/** Every row of a part, of which some have changed, or gone. */
const scanOf = (rows: readonly Row[], part: number, gone: boolean): Scan => ({
  changed: rows
    .filter(({ changed }) => changed === true)
    .map((row) => ({ key: row.row_key as string, digest: row.digest as string, gone })),
  last: rows.length < part ? null : (rows.at(-1)!.row_key as string),
});

/** Notes which batch carries which row; a row of an older batch that never went out moves to this one. */
export function handRows(
  integrationId: string,
  tableName: string,
  batchId: string,
  rows: readonly ChangedRow[],
): Statement {
  return {
    text: `with c as (select * from unnest($5::text[], $6::text[], $7::bool[]) as u (row_key, digest, gone))
      insert into power_bi_row (tenant_id, integration_id, table_name, row_key, digest, batch_id, gone)
      select $1, $2, $3, c.row_key, c.digest, $4, c.gone from c
      on conflict (tenant_id, integration_id, table_name, row_key)
      do update set digest = excluded.digest, batch_id = excluded.batch_id, gone = excluded.gone`,
    values: [
      integrationId,
      tableName,
      batchId,
      rows.map(({ key }) => key),
      rows.map(({ digest }) => digest),
      rows.map(({ gone }) => gone),
    ],
  };
}

/** A row as it goes out. */
export type PushedRow = Readonly<Record<string, unknown>>;

/** The rows of a batch as they are now; one that is gone says only that. */
export function rowsOfBatch(
  { dataset, columns }: AddedTable,
  batch: { readonly id: string; readonly seq: number },
  sees: ReadonlySet<FieldClass>,
): Query<PushedRow[]> {
  const key = keyOf(dataset).column;
  const selected = columns.map(({ column }) => `f.${column}`).join(', ');
  return sql(
    `select r.row_key, f.${key} is null as is_gone, ${selected} from power_bi_row r
     left join ${dataset.relation} f on f.tenant_id = $1 and f.${key} = r.row_key::uuid${rowGuard(dataset, sees, 'f')}
     where r.tenant_id = $1 and r.batch_id = $2 order by r.row_key`,
    [batch.id],
    (rows) =>
      rows.map((row) => ({
        ...stamped(row.row_key as string, batch),
        [DELETED]: row.is_gone === true,
        ...(row.is_gone === true ? {} : valuesOf(columns, row)),
      })),
  );
}

/** The rows of a table that is replaced whole. */
export function wholeRows(
  { dataset, columns }: AddedTable,
  batch: { readonly id: string; readonly seq: number },
  sees: ReadonlySet<FieldClass>,
): Query<PushedRow[]> {
  const key = keyOf(dataset).column;
  const selected = columns.map(({ column }) => `, f.${column}`).join('');
  return sql(
    `select f.${key}::text as row_key${selected} from ${dataset.relation} f
     where f.tenant_id = $1${rowGuard(dataset, sees, 'f')} order by f.${key}`,
    [],
    (rows) => rows.map((row) => ({ ...stamped(row.row_key as string, batch), ...valuesOf(columns, row) })),
  );
}

/** What every row carries. */
export const stamped = (key: string, { id, seq }: { readonly id: string; readonly seq: number }): PushedRow => ({
  [ROW_KEY]: key,
  [BATCH_ID]: id,
  [BATCH_SEQ]: seq,
});

/** A row's values by the names that Power BI has. */
export function valuesOf(columns: readonly Column[], row: Row): PushedRow {
  return Object.fromEntries(columns.map((column) => [column.name, jsonValue(column, row[column.column])]));
}

/** A value as a push dataset takes it: dates as midnight without a zone, numbers as numbers, texts cut at their limit. */
export function jsonValue({ type }: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (type === 'Edm.DateTimeOffset') return new Date(value as string).toISOString();
  if (type === 'Edm.Date') return `${value as string}T00:00:00`;
  if (type === 'Edm.Decimal' || type === 'Edm.Int64') return new LosslessNumber(`${value as bigint | string}`);
  if (type === 'Edm.String') return cut(value as string);
  return value;
}

/** At most so many UTF-16 units, and no half of a character. */
const cut = (text: string): string => text.slice(0, PUSH_LIMITS.textLength).replace(/[\uD800-\uDBFF]$/, '');

/** What was added to each table since the tables began anew, and in the last hour. */
export function sentRows(
  integrationId: string,
  generation: number,
  hourAgo: Date,
): Query<{ readonly largest: number; readonly lastHour: number }> {
  return sql(
    `select coalesce(max(t.total), 0)::int as largest, coalesce(sum(t.lately), 0)::int as lately from (
       select sum(b.row_count) filter (where b.form = 'ROWS') as total, sum(b.row_count) filter (where b.sent_at > $4) as lately
       from power_bi_batch b where b.tenant_id = $1 and b.integration_id = $2 and b.generation = $3 and b.sent_at is not null
       group by b.table_name) t`,
    [integrationId, generation, hourAgo],
    ([row]) => ({ largest: row!.largest as number, lastHour: row!.lately as number }),
  );
}

/** How many batches of the connection may still go out by themselves. */
export const openBatches = (integrationId: string, kinds: readonly string[]): Query<number> =>
  sql(
    `select count(*)::int as n from outbox_effect e where e.tenant_id = $1 and e.aggregate_id = $2
       and e.kind = any($3) and e.state in ('PENDING', 'UNKNOWN', 'PARKED')`,
    [integrationId, kinds],
    ([row]) => row!.n as number,
  );
