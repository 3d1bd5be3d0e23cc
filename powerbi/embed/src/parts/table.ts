import { announce, button, type Child, element, newElementId } from '../dom.js';
import { type CsvCell, csvName, csvOf } from '../pure/csv.js';

/** A column: what is shown of a row, and what stands in the file. */
export interface TableColumn<Row> {
  readonly label: string;
  /** Right-aligned, with figures of one width. */
  readonly figure?: boolean;
  readonly shown: (row: Row) => Child;
  /** Null leaves the column out of the file. */
  readonly csv: ((row: Row) => CsvCell) | null;
}

export interface TableOptions<Row> {
  readonly caption: string;
  readonly columns: readonly TableColumn<Row>[];
  /** Columns that stand in the file alone. */
  readonly fileOnly?: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  /** What is said when there is no row. */
  readonly empty: string;
  /** The name of the file, in parts; null: none is offered. */
  readonly file: readonly string[] | null;
  /** Fetches further rows; null when there are none. */
  readonly more?: (() => Promise<{ readonly rows: readonly Row[]; readonly hasMore: boolean }>) | null;
}

/** A table that scrolls by itself on a narrow screen, with its rows as a file and further pages on demand. */
export function dataTable<Row>(options: TableOptions<Row>): HTMLElement {
  const { caption, columns, fileOnly = [], empty, file } = options;
  const rows: Row[] = [...options.rows];
  const id = newElementId('table');
  const body = element('tbody', {}, ...rows.map(rowOf));
  const table = element(
    'table',
    {},
    element('caption', { id }, caption),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...columns.map(({ label, figure }) => element('th', { scope: 'col', class: figure ? 'figure' : null }, label)),
      ),
    ),
    body,
  );
  function rowOf(row: Row): HTMLTableRowElement {
    const cells = columns.map(({ shown, figure }, index) =>
      index === 0
        ? element('th', { scope: 'row' }, shown(row))
        : element('td', { class: figure ? 'figure' : null }, shown(row)),
    );
    return element('tr', {}, ...cells);
  }
  if (rows.length === 0)
    return element('div', { class: 'empty' }, element('p', { class: 'caption' }, caption), element('p', {}, empty));
  const tools = element('div', { class: 'tools' });
  if (options.more) {
    const { more } = options;
    const next = button('Show more', () => void showMore());
    const showMore = async (): Promise<void> => {
      next.disabled = true;
      try {
        const { rows: further, hasMore } = await more();
        rows.push(...further);
        body.append(...further.map(rowOf));
        announce(`${further.length} more rows, ${rows.length} in all.`);
        if (!hasMore) next.remove();
      } catch (error) {
        next.textContent = `Try again: ${error instanceof Error ? error.message : 'it did not work'}`;
      }
      next.disabled = false;
    };
    tools.append(next);
  }
  if (file !== null)
    tools.append(
      button('Save as CSV', () => saveCsv([...columns, ...fileOnly], rows, file), { 'aria-describedby': id }),
    );
  // A region that scrolls can be reached and scrolled with the keys.
  const region = element('div', { class: 'wide', role: 'region', 'aria-labelledby': id, tabindex: '0' }, table);
  return element('div', { class: 'table' }, region, tools);
}

function saveCsv<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[], file: readonly string[]): void {
  const written = columns.flatMap(({ label, csv }) => (csv === null ? [] : [{ label, csv }]));
  const text = csvOf(
    written.map(({ label }) => label),
    rows.map((row) => written.map(({ csv }) => csv(row))),
  );
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  const address = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
  const link = element('a', { href: address, download: csvName(...file) });
  link.click();
  URL.revokeObjectURL(address);
  announce(`${rows.length} rows saved as ${csvName(...file)}.`);
}
