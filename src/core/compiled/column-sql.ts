import { type GraphQLOutputType, isEnumType, isListType, isNonNullType, isScalarType } from 'graphql';
import { type EntityClass, type TableColumn, tableOf } from '../table.js';
import type { Rows } from './rows.js';

/** ISO 8601 in UTC with milliseconds, as `Date.toISOString` writes it. */
export function instantSql(expression: string): string {
  return `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Scalars that PostgreSQL writes as JSON exactly as their serialisers do, by the type of the column. */
const SAME_TEXT: Readonly<Record<string, readonly string[]>> = {
  uuid: ['ID', 'String'],
  text: ['ID', 'String', 'Date', 'Decimal'],
  int: ['Int'],
  boolean: ['Boolean'],
  date: ['Date'],
};

/** Scalars of values inside JSON text that are there as they are answered. */
const SAME_IN_JSON: readonly string[] = ['ID', 'String', 'Int', 'Boolean', 'Date', 'Decimal'];

/** A plain column as the field of a type answers it, or null where JavaScript has a part in it. */
export function columnSql(column: TableColumn, expression: string, type: GraphQLOutputType): string | null {
  // Null in a field that promises a value is an error, which is for the executor to tell.
  if (isNonNullType(type) && column.isNullable) return null;
  const bare = isNonNullType(type) ? type.ofType : type;
  if (column.form === 'JSON') return isListType(bare) && isVerbatim(bare.ofType) ? `${expression}::json` : null;
  if (column.form === 'OTHER') return null;
  if (isEnumType(bare)) return column.type === 'text' && isNamedAsStored(bare) ? expression : null;
  if (!isScalarType(bare)) return null;
  if (column.type === 'timestamptz') return bare.name === 'DateTime' ? instantSql(expression) : null;
  return SAME_TEXT[column.type]?.includes(bare.name) ? expression : null;
}

/** Whether a leaf inside JSON text is answered as it stands there. */
export function isVerbatim(type: GraphQLOutputType): boolean {
  const bare = isNonNullType(type) ? type.ofType : type;
  if (isListType(bare)) return isVerbatim(bare.ofType);
  return (isScalarType(bare) && SAME_IN_JSON.includes(bare.name)) || (isEnumType(bare) && isNamedAsStored(bare));
}

function isNamedAsStored(type: { getValues(): readonly { name: string; value: unknown }[] }): boolean {
  return type.getValues().every(({ name, value }) => name === value);
}

/** A row's columns as one JSON array, for a field that JavaScript answers: exact whatever the type. */
export function rowSql(columns: readonly TableColumn[], rows: Rows): string {
  const values = columns.map(({ name, type }) => {
    const expression = rows.column(name);
    if (type === 'timestamptz') return instantSql(expression);
    return type === 'bigint' ? `${expression}::text` : expression;
  });
  return `json_build_array(${values.join(', ')})`;
}

/** The entity of such a row, as if the driver had given its values. */
export function entityOf(entity: EntityClass, values: readonly unknown[]): object {
  const instance = new entity() as Record<string, unknown>;
  tableOf(entity).columns.forEach(({ property, type, from }, index) => {
    instance[property] = from(valueOf(type, values[index]));
  });
  return instance;
}

function valueOf(type: TableColumn['type'], value: unknown): unknown {
  if (value === null) return null;
  if (type === 'timestamptz') return new Date(value as string);
  return type === 'bigint' ? BigInt(value as string) : value;
}
