import { PRESENT } from '../core/clock.js';
import type { Cell } from '../core/csv.js';
import type { FieldClass } from '../core/graphql/rights.js';
import { type Query, type Row, sql } from '../core/statement.js';
import type { Column, Dataset } from '../reporting/dataset.js';
import { columnsFor, rowGuard } from '../reporting/datasets.js';

/** What is read of a dataset: for whom, and of which days of the tenant's calendar. */
export interface DatasetAsk {
  readonly dataset: Dataset;
  readonly sees: ReadonlySet<FieldClass>;
  readonly fromOn: string | null;
  readonly toOn: string | null;
}

/** Rows of a page: at about 200 bytes a row well below the memory and the time of one statement. */
export const PAGE_ROWS = 2_000;

/** The time zone that the ruling configuration says the tenant's days are of. */
const ZONE = `(select c.content::json->'tenant'->>'timeZone' from configuration_version c
    where c.tenant_id = $1 and c.state = 'EFFECTIVE' and c.effective_from <= ${PRESENT}
    order by c.effective_from desc, c.version desc limit 1)`;

/** `from ... where ...` of what is read; its values are appended from `$2` on. */
function source({ dataset, sees, fromOn, toOn }: DatasetAsk, values: unknown[]): string {
  const happenedAt = dataset.columns.find(({ name }) => name === dataset.happenedAt)?.column;
  const bound = (day: string | null, condition: (midnight: string) => string): string => {
    if (day === null || happenedAt === undefined) return '';
    values.push(day);
    return ` and r.${happenedAt} ${condition(`$${values.length + 1}::date`)}`;
  };
  const from = bound(fromOn, (day) => `>= (${day}::timestamp at time zone ${ZONE})`);
  const to = bound(toOn, (day) => `< ((${day} + 1)::timestamp at time zone ${ZONE})`);
  return `from ${dataset.relation} r where r.tenant_id = $1${from}${to}${rowGuard(dataset, sees, 'r')}`;
}

/** How many rows there are, counted up to `most` and one. */
export function countRows(ask: DatasetAsk, most: number): Query<number> {
  const values: unknown[] = [];
  const text = `select count(*) as rows from (select 1 ${source(ask, values)} limit ${Math.trunc(most) + 1}) counted`;
  return sql(text, values, (rows) => Number(rows[0]?.rows ?? 0));
}

/** One page of rows in the order of the key, and the key of the last one. */
export interface DatasetPage {
  readonly rows: readonly (readonly Cell[])[];
  /** The key after which the next page begins; null at the end. */
  readonly next: string | null;
}

/** The rows after a key: as flat at the millionth row as at the first. */
export function datasetPage(ask: DatasetAsk, after: string | null, size = PAGE_ROWS): Query<DatasetPage> {
  const { dataset, sees } = ask;
  const columns = columnsFor(dataset, sees);
  const key = dataset.columns.find(({ name }) => name === dataset.key)!.column;
  const values: unknown[] = [];
  const rest = source(ask, values);
  let beyond = '';
  if (after !== null) {
    values.push(after);
    beyond = ` and r.${key} > $${values.length + 1}`;
  }
  const selection = columns.map(({ column }) => `r.${column}`).join(', ');
  const text = `select ${selection}, r.${key}::text as page_key ${rest}${beyond} order by r.${key} limit ${size}`;
  return sql(text, values, (rows) => ({
    rows: rows.map((row) => columns.map((column) => cellOf(row, column))),
    next: rows.length < size ? null : (rows.at(-1)!.page_key as string),
  }));
}

/** A decimal, which the driver answers as text, is a figure and no text that might be a formula. */
function cellOf(row: Row, { column, type }: Column): Cell {
  const value = row[column] as Cell;
  return type === 'Edm.Decimal' && value !== null ? Number(value) : value;
}
