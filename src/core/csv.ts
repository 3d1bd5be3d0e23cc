/** A cell of a table: text, a figure, a truth, an instant, or nothing. */
export type Cell = string | number | bigint | boolean | Date | null;

/** What tells a spreadsheet that a text file is UTF-8. */
export const BOM = '\uFEFF';

/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Text that a spreadsheet would run as a formula gets an apostrophe before it. */
export const harmless = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** One cell of a CSV file (RFC 4180): instants in UTC, figures as they are, text that no spreadsheet runs. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== 'string') return String(cell);
  const text = harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
