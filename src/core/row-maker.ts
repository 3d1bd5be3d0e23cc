import { RecentlyUsed } from './recently-used.js';
import type { Row } from './statement.js';
import { quoted, writtenOut } from './unrolled.js';

/** What turns a field's text into its value; null where the text is the value. */
export type FieldParser = ((text: string) => unknown) | null;

/** Makes a row of the texts of its fields, in the order of its columns. */
export type RowMaker = (fields: readonly (string | null)[]) => Row;

/** Statements are few and prepared by each connection; readers of the feed word some of their own. */
const makers = new RecentlyUsed<string, RowMaker>(2_000);
const numbers = new Map<FieldParser, number>();

/** The maker of rows with these columns and parsers; the same one whenever they are the same. */
export function rowMakerOf(names: readonly string[], parsers: readonly FieldParser[]): RowMaker {
  const key = JSON.stringify([names, parsers.map(numberOf)]);
  const known = makers.get(key);
  if (known) return known;
  const maker = rowMaker(names, parsers);
  makers.set(key, maker);
  return maker;
}

function numberOf(parser: FieldParser): number {
  const number = numbers.get(parser) ?? numbers.size;
  numbers.set(parser, number);
  return number;
}

function rowMaker(names: readonly string[], parsers: readonly FieldParser[]): RowMaker {
  const properties = names.map((name, at) => {
    const text = `fields[${at}]`;
    const value = parsers[at] ? `${text} === null ? null : parsers[${at}](${text})` : text;
    // A name in brackets is a property like any other, even `__proto__`.
    return `${name === '__proto__' ? `[${quoted(name)}]` : quoted(name)}: ${value}`;
  });
  return writtenOut({ parsers }, `return (fields) => ({ ${properties.join(', ')} });`) as RowMaker;
}
