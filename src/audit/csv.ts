import { sha256Hex } from '../core/canonical.js';
import { BOM, type Cell, cellText } from '../core/csv.js';

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
