import type { Statement } from '../core/statement.js';
import type { Dataset } from './dataset.js';

/** `client_id` becomes `clientId`: how rows name what a column holds. */
export const propertyOf = (column: string): string =>
  column.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());

/**
 * Inserts rows, each an object with every column as a property in camelCase. One text whatever the number of rows, none
 * included: they travel as one JSON list, big integers as text, instants in ISO 8601.
 */
export function insertRows(
  table: string,
  columns: readonly Pick<Dataset['columns'][number], 'column'>[],
  rows: readonly object[],
): Statement {
  const names = columns.map(({ column }) => column);
  const list = rows.map((row) => Object.fromEntries(names.map((name) => [name, valueOf(table, row, name)])));
  return {
    text: `insert into ${table} (tenant_id, ${names.join(', ')}) select $1, ${names.map((name) => `r.${name}`).join(', ')}
      from json_populate_recordset(null::${table}, $2::json) r`,
    values: [JSON.stringify(list)],
  };
}

function valueOf(table: string, row: object, name: string): unknown {
  const value = (row as Record<string, unknown>)[propertyOf(name)];
  if (value === undefined) throw new Error(`A row of ${table} does not say ${name}`);
  return typeof value === 'bigint' ? value.toString() : value;
}
