import type { CellObject, Row, Sheet } from 'write-excel-file/node';
import type { Cell } from '../core/csv.js';
import { packedAnew } from './office-zip.js';
import { COLOUR, FONT } from './theme.js';

/** How a value is shown; the value itself is what the cell holds. */
export type Look = Partial<
  Pick<
    CellObject,
    'format' | 'fontWeight' | 'textColor' | 'backgroundColor' | 'align' | 'wrap' | 'columnSpan' | 'fontSize'
  >
>;

/** A column of a sheet. */
export interface SheetColumn<T> {
  readonly title: string;
  /** In characters. */
  readonly width: number;
  readonly value: (row: T) => Cell;
  readonly look?: Look | ((row: T) => Look);
}

/** A sheet: lines of text above, a header that stays in sight, and rows. */
export interface SheetPlan<T> {
  readonly name: string;
  /** What the sheet says, in one line; then what it is of. */
  readonly title: string;
  readonly notes: readonly string[];
  readonly columns: readonly SheetColumn<T>[];
  readonly rows: readonly T[];
  /** Stands in place of rows when there are none. */
  readonly whenEmpty: string;
}

/** Text that goes on in the next line of its cell. */
export const WRAP: Look = { wrap: true };
/** How days and instants are shown. */
export const DAY_FORMAT = 'yyyy-mm-dd';
export const INSTANT_FORMAT = 'yyyy-mm-dd hh:mm:ss';
const hash = (colour: string): string => `#${colour}`;
const LARGEST_INTEGER = BigInt(Number.MAX_SAFE_INTEGER);

/** A sheet from its plan, as the writer wants it. */
export function sheetOf<T>({ name, title, notes, columns, rows, whenEmpty }: SheetPlan<T>): Sheet<Buffer> {
  const above: Row[] = [
    [{ value: title, type: String, fontWeight: 'bold', fontSize: 14, textColor: hash(COLOUR.accent) }],
    ...notes.map((note): Row => [{ value: note, type: String, textColor: hash(COLOUR.muted) }]),
    [],
  ];
  const header: Row = columns.map((column) => ({
    value: column.title,
    type: String,
    fontWeight: 'bold',
    textColor: hash(COLOUR.paper),
    backgroundColor: hash(COLOUR.accent),
    wrap: true,
    alignVertical: 'center',
  }));
  const body: Row[] =
    rows.length === 0
      ? [[{ value: whenEmpty, type: String, textColor: hash(COLOUR.muted) }]]
      : rows.map((row) =>
          atHeight(
            columns,
            columns.map((column) => cellOf(column, row)),
          ),
        );
  return {
    sheet: name,
    data: [...above, header, ...body],
    columns: columns.map(({ width }) => ({ width })),
    stickyRowsCount: above.length + 1,
    orientation: 'landscape',
    showGridLines: false,
  };
}

/** Points of a line of text. */
const LINE_POINTS = 13.5;

/** A row as high as its longest text needs: not every reader makes room for wrapped text by itself. */
function atHeight<T>(columns: readonly SheetColumn<T>[], cells: readonly CellObject[]): CellObject[] {
  const lines = cells.map(({ value, wrap }, index) => {
    const width = columns[index]!.width * 1.1;
    if (typeof value !== 'string' || !wrap) return 1;
    return value.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0);
  });
  const most = Math.max(1, ...lines);
  return most === 1 ? [...cells] : cells.map((cell) => ({ ...cell, height: Math.min(400, most * LINE_POINTS + 3) }));
}

function cellOf<T>({ value, look = {} }: SheetColumn<T>, row: T): CellObject {
  const { format, ...style }: Look = typeof look === 'function' ? look(row) : look;
  const cell = typedCell(value(row));
  // Words in a column of figures, such as "no case", have no format of figures.
  const isFigure = cell.type === Number || cell.type === Date;
  return {
    alignVertical: 'top',
    bottomBorderStyle: 'thin',
    bottomBorderColor: hash(COLOUR.line),
    ...cell,
    ...style,
    ...(format !== undefined && isFigure && { format }),
  };
}

/**
 * A value as a typed cell. A cell of type text is never run as a formula, so nothing is put before it. An integer beyond
 * what a spreadsheet holds exactly (2^53) stays text.
 */
export function typedCell(value: Cell): CellObject {
  if (value === null) return {};
  if (value instanceof Date) return { value, type: Date, format: INSTANT_FORMAT };
  if (typeof value === 'boolean') return { value, type: Boolean };
  if (typeof value === 'number') return { value, type: Number };
  if (typeof value === 'bigint') {
    const isExact = value <= LARGEST_INTEGER && value >= -LARGEST_INTEGER;
    return isExact ? { value: Number(value), type: Number } : { value: String(value), type: String };
  }
  return value === '' ? {} : { value: storable(value), type: String };
}

/** Text that XML 1.0 can hold, no longer than a cell may be (32,767 characters). */
const storable = (text: string): string =>
  text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '').slice(0, 32_000);

/** A workbook of sheets, the same bytes for the same content. */
export async function workbook(sheets: readonly Sheet<Buffer>[], generatedAt: Date): Promise<Uint8Array> {
  const { default: writeXlsxFile } = await import('write-excel-file/node');
  const bytes = await writeXlsxFile([...sheets], { fontFamily: FONT.body, fontSize: 10 }).toBuffer();
  return packedAnew(bytes, generatedAt, printable);
}

/** A sheet prints as wide as its page and as long as it is (ECMA-376 18.3.1.63, 18.3.1.65): the writer has no setting. */
const printable = (name: string, xml: string): string =>
  /^xl\/worksheets\/sheet\d+\.xml$/.test(name)
    ? xml
        .replace(/(<worksheet [^>]*>)/, '$1<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>')
        .replace('<pageSetup ', '<pageSetup fitToWidth="1" fitToHeight="0" ')
    : xml;
