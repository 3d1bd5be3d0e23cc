/** One cell as it goes into a file. */
export type CsvCell = string | number | bigint | null;

const NUMBER = /^-?\d+(\.\d+)?$/;
/** What a spreadsheet takes for the beginning of a formula, also as a full-width character (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * Rows as CSV (RFC 4180): comma, CRLF, quotes doubled. A text that a spreadsheet would run as a formula gets an apostrophe
 * in front; a number, also a negative one, stays a number. Null is an empty cell.
 */
export const csvOf = (header: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  [header, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');

function cellOf(value: CsvCell): string {
  if (value === null) return '';
  const text = String(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A file name of these parts, in lower case, with nothing in it that a file system would mind. */
export const csvName = (...parts: readonly string[]): string =>
  `${['countersign', ...parts]
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}.csv`;
