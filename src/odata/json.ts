import type { Row } from '../core/statement.js';
import type { EdmType } from '../reporting/dataset.js';
import type { JsonFormat } from './negotiate.js';
import type { FeedStatement, ShownColumn } from './query/statement.js';

/** Writes a value that is not null as JSON text of its type (OData JSON format 4.0, section 7.1). */
type Writer = (value: unknown) => string;

const quoted: Writer = (value) => JSON.stringify(String(value));
const plain: Writer = (value) => String(value);

/** Whole numbers of 64 bits and decimals are numbers, unless the reader asked for text that no float can spoil. */
const writerOf = (type: EdmType, { ieee754Compatible }: JsonFormat): Writer => {
  switch (type) {
    case 'Edm.Boolean':
    case 'Edm.Int32':
      return plain;
    case 'Edm.Int64':
    case 'Edm.Decimal':
      return ieee754Compatible ? quoted : plain;
    case 'Edm.DateTimeOffset':
      return (value) => `"${(value as Date).toISOString()}"`;
    default:
      return quoted;
  }
};

/** Writes rows of a statement as JSON objects: every shown property is in every row. */
export function rowWriter({ shown, expanded }: FeedStatement, format: JsonFormat): (row: Row) => string {
  const own = objectWriter(shown, format);
  const others = expanded.map(({ name, presence, columns }) => {
    const write = objectWriter(columns, format);
    const head = `${JSON.stringify(name)}:`;
    return (row: Row): string => `${head}${row[presence] === true ? `{${write(row)}}` : 'null'}`;
  });
  return (row) => {
    const parts = others.map((write) => write(row));
    const first = own(row);
    return `{${(first === '' ? parts : [first, ...parts]).join(',')}}`;
  };
}

function objectWriter(columns: readonly ShownColumn[], format: JsonFormat): (row: Row) => string {
  const writers = columns.map(({ column: { name, type }, alias }) => ({
    head: `${JSON.stringify(name)}:`,
    alias,
    write: writerOf(type, format),
  }));
  return (row) =>
    writers
      .map(({ head, alias, write }) => {
        const value = row[alias];
        return head + (value === null || value === undefined ? 'null' : write(value));
      })
      .join(',');
}

/** What stands in brackets behind the set in a context address: the properties that were chosen. */
export function selectList({ set, shown, expanded }: FeedStatement): string {
  const isWhole = shown.length === set.columns.length;
  const parts = [
    ...(isWhole ? [] : shown.map(({ column }) => column.name)),
    ...expanded.map(
      ({ name, columns, isSelected }) =>
        `${name}(${isSelected ? columns.map(({ column }) => column.name).join(',') : ''})`,
    ),
  ];
  return parts.length === 0 ? '' : `(${parts.join(',')})`;
}
