import { BOM, type Cell, cellText } from '../core/csv.js';
import type { LedgerRead } from '../core/ledger/export.js';
import type { Column } from '../reporting/dataset.js';
import { columnsFor } from '../reporting/datasets.js';
import { type DatasetAsk, type DatasetPage, datasetPage } from './dataset-rows.queries.js';
import { DAY_FORMAT, sheetOf, type SheetColumn, workbook } from './workbook.js';

/** A piece of a CSV file, and how many rows it holds. */
export interface CsvPiece {
  readonly text: string;
  readonly rows: number;
}

/**
 * A dataset as CSV, piece by piece: a byte order mark, the header, CRLF (RFC 4180). Each page is one read, so that memory
 * stays flat at a million rows; a row is as it was when its page was read.
 */
export async function* datasetCsv(read: LedgerRead, ask: DatasetAsk): AsyncGenerator<CsvPiece> {
  const header = columnsFor(ask.dataset, ask.sees).map(({ name }) => name);
  yield { text: `${BOM}${header.join(',')}\r\n`, rows: 0 };
  for (let after: string | null = null; ;) {
    const { page }: { page: DatasetPage } = await read({ page: datasetPage(ask, after) });
    if (page.rows.length > 0) {
      yield {
        text: page.rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join(''),
        rows: page.rows.length,
      };
    }
    if (page.next === null) return;
    after = page.next;
  }
}

/** A dataset as a workbook with typed cells. Its size was found to be small enough before. */
export async function datasetXlsx(
  read: LedgerRead,
  ask: DatasetAsk,
  generatedAt: Date,
): Promise<{ readonly bytes: Uint8Array; readonly rows: number }> {
  const rows: (readonly Cell[])[] = [];
  for (let after: string | null = null; ;) {
    const { page }: { page: DatasetPage } = await read({ page: datasetPage(ask, after) });
    rows.push(...page.rows);
    if (page.next === null) break;
    after = page.next;
  }
  const columns = columnsFor(ask.dataset, ask.sees);
  const sheet = sheetOf({
    name: ask.dataset.name,
    title: ask.dataset.name,
    notes: [ask.dataset.description, `${periodText(ask)} Instants are UTC. Made at ${generatedAt.toISOString()}.`],
    columns: columns.map(columnOf),
    rows,
    whenEmpty: 'No rows.',
  });
  return { bytes: await workbook([sheet], generatedAt), rows: rows.length };
}

function columnOf(column: Column, index: number): SheetColumn<readonly Cell[]> {
  const isDay = column.type === 'Edm.Date';
  return {
    title: column.name,
    width: WIDTHS[column.type] ?? 22,
    value: (row) => (isDay && row[index] !== null ? new Date(`${row[index] as string}T00:00:00Z`) : row[index]!),
    look: isDay ? { format: DAY_FORMAT } : {},
  };
}

const WIDTHS: Partial<Record<Column['type'], number>> = {
  'Edm.Guid': 38,
  'Edm.Boolean': 10,
  'Edm.Int32': 14,
  'Edm.Int64': 16,
  'Edm.Decimal': 16,
  'Edm.Date': 12,
  'Edm.DateTimeOffset': 20,
};

const periodText = ({ fromOn, toOn }: DatasetAsk): string =>
  fromOn === null && toOn === null ? 'All of it.' : `From ${fromOn ?? 'the beginning'} to ${toOn ?? 'now'}.`;
