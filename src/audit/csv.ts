import { sha256Hex } from '../core/canonical.js';

/** A cell: text, a number, an instant, or nothing. */
export type Cell = string | number | Date | null;

const BOM = '\uFEFF';
/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * A table as CSV (RFC 4180): CRLF, a header, UTF-8 with a byte order mark so that spreadsheets read it as such. The last
 * column is `row_sha256`: SHA-256 of the line's text before its last comma.
 */
export function csvFile(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((row) => {
    const text = row.map(cellText).join(',');
    return `${text},${sha256Hex(text)}`;
  });
  return `${BOM}${[`${columns.join(',')},row_sha256`, ...lines].join('\r\n')}\r\n`;
}

/** One cell: instants in UTC; text that a spreadsheet would run gets an apostrophe before it. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (cell instanceof Date) return cell.toISOString();
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
