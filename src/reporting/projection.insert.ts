import type { Statement } from '../core/statement.js';
import type { Dataset } from './dataset.js';

const properties = new Map<string, string>();

/** `client_id` becomes `clientId`: how rows name what a column holds. */
export function propertyOf(column: string): string {
  const known = properties.get(column);
  if (known !== undefined) return known;
  const property = column.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  properties.set(column, property);
  return property;
}

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
  const list = rows.map((row) => {
    const values: Record<string, unknown> = {};
    for (const name of names) values[name] = valueOf(table, row, name);
    return values;
  });
  return {
    text: `with r as (select * from json_populate_recordset(null::${table}, $2::json))
      insert into ${table} (tenant_id, ${names.join(', ')}) select $1, ${names.map((name) => `r.${name}`).join(', ')} from r`,
    values: [JSON.stringify(list)],
  };
}

function valueOf(table: string, row: object, name: string): unknown {
  const value = (row as Record<string, unknown>)[propertyOf(name)];
  if (value === undefined) throw new Error(`A row of ${table} does not say ${name}`);
  return typeof value === 'bigint' ? value.toString() : value;
}
