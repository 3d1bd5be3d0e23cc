import {
  AlignmentType,
  BorderStyle,
  Document,
  Footer,
  Header,
  HeadingLevel,
  type ISectionOptions,
  PageNumber,
  Packer,
  Paragraph,
  ShadingType,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TabStopType,
  TextRun,
  VerticalAlign,
  WidthType,
} from 'docx';
import { type Edition, issuedLine } from './edition.js';
import { packedAnew } from './office-zip.js';
import { COLOUR, FONT, plain } from './theme.js';

/** A4 in twentieths of a point, and its margins. */
const PAGE = { width: 11_906, height: 16_838, margin: 1_134 } as const;
const INNER = PAGE.width - 2 * PAGE.margin;

/** What a page is made of. */
export type Block = Paragraph | Table;

const run = (
  text: string,
  options: { bold?: boolean; color?: string; size?: number; italics?: boolean } = {},
): TextRun => new TextRun({ text: plain(text), ...options });

/** A heading of the first or second rank; the first begins below some air. */
export const heading = (text: string, rank: 1 | 2 = 1): Paragraph =>
  new Paragraph({
    heading: rank === 1 ? HeadingLevel.HEADING_1 : HeadingLevel.HEADING_2,
    keepNext: true,
    children: [run(text)],
  });

/** A paragraph of text. */
export const text = (words: string, options: { bold?: boolean; color?: string } = {}): Paragraph =>
  new Paragraph({ children: [run(words, options)] });

/** A paragraph that recedes. */
export const small = (words: string): Paragraph =>
  new Paragraph({ children: [run(words, { color: COLOUR.muted, size: 17 })] });

/** Steps or points, one a line. */
export const points = (lines: readonly string[]): Paragraph[] =>
  lines.map((line) => new Paragraph({ bullet: { level: 0 }, spacing: { after: 40 }, children: [run(line)] }));

const NONE = { style: BorderStyle.NONE, size: 0, color: 'auto' } as const;
const LINE = { style: BorderStyle.SINGLE, size: 4, color: COLOUR.line } as const;

function cell(
  lines: readonly string[],
  width: number,
  look: { bold?: boolean; color?: string; fill?: string } = {},
): TableCell {
  const { fill, ...font } = look;
  return new TableCell({
    width: { size: width, type: WidthType.DXA },
    verticalAlign: VerticalAlign.TOP,
    margins: { top: 60, bottom: 60, left: 100, right: 100 },
    borders: { top: NONE, left: NONE, right: NONE, bottom: LINE },
    ...(fill && { shading: { type: ShadingType.CLEAR, color: 'auto', fill } }),
    children: lines.map(
      (line) => new Paragraph({ spacing: { after: 0 }, children: [run(line, { size: 18, ...font })] }),
    ),
  });
}

/** A column of a table: its width is a share of the page's. */
export interface PaperColumn {
  readonly title: string;
  readonly share: number;
}

/** A table whose header repeats on every page and whose rows are never cut in two. A cell may have several lines. */
export function table(
  columns: readonly PaperColumn[],
  rows: readonly (readonly (string | readonly string[])[])[],
): Table {
  const widths = columns.map(({ share }) => Math.floor(INNER * share));
  const header = new TableRow({
    tableHeader: true,
    cantSplit: true,
    children: columns.map(({ title }, index) =>
      cell([title], widths[index]!, { bold: true, color: COLOUR.paper, fill: COLOUR.accent }),
    ),
  });
  const body = rows.map(
    (row) =>
      new TableRow({
        cantSplit: true,
        children: row.map((value, index) =>
          cell(typeof value === 'string' ? [value] : value, widths[index]!, index === 0 ? { bold: true } : {}),
        ),
      }),
  );
  return framed(widths, [header, ...body]);
}

/** What something is, line by line: a word on the left, what it says on the right. */
export function facts(pairs: readonly (readonly [string, string | readonly string[]])[]): Table {
  const widths = [Math.floor(INNER * 0.2), Math.floor(INNER * 0.8)];
  return framed(
    widths,
    pairs.map(
      ([word, said]) =>
        new TableRow({
          cantSplit: true,
          children: [
            cell([word], widths[0]!, { bold: true, color: COLOUR.accent, fill: COLOUR.band }),
            cell(typeof said === 'string' ? [said] : said, widths[1]!),
          ],
        }),
    ),
  );
}

function framed(widths: readonly number[], rows: TableRow[]): Table {
  return new Table({
    rows,
    columnWidths: [...widths],
    layout: TableLayoutType.FIXED,
    width: { size: widths.reduce((sum, width) => sum + width, 0), type: WidthType.DXA },
  });
}

/** Air after a table. */
export const gap = (): Paragraph => new Paragraph({ spacing: { after: 80 }, children: [] });

/** The document: A4, one look, title and page on every page. */
export async function paper(
  edition: Edition,
  title: string,
  finding: string,
  blocks: readonly Block[],
): Promise<Uint8Array> {
  const head: Block[] = [
    new Paragraph({ heading: HeadingLevel.TITLE, children: [run(title)] }),
    new Paragraph({ spacing: { after: 160 }, children: [run(finding, { size: 26, color: COLOUR.muted })] }),
  ];
  const section: ISectionOptions = {
    properties: {
      page: {
        size: { width: PAGE.width, height: PAGE.height },
        margin: { top: PAGE.margin, bottom: PAGE.margin, left: PAGE.margin, right: PAGE.margin },
      },
    },
    headers: { default: new Header({ children: [small(`${edition.tenantName} · ${title}`)] }) },
    footers: { default: footer(edition) },
    children: [...head, ...blocks],
  };
  const document = new Document({
    title: plain(title),
    creator: 'Countersign',
    description: issuedLine(edition),
    styles: STYLES,
    sections: [section],
  });
  return packedAnew(await Packer.toBuffer(document), edition.generatedAt);
}

function footer(edition: Edition): Footer {
  const style = { size: 15, color: COLOUR.muted };
  return new Footer({
    children: [
      new Paragraph({
        alignment: AlignmentType.LEFT,
        tabStops: [{ type: TabStopType.RIGHT, position: INNER }],
        children: [
          new TextRun({ text: plain(issuedLine(edition)), ...style }),
          new TextRun({ children: ['\tPage ', PageNumber.CURRENT, ' of ', PageNumber.TOTAL_PAGES], ...style }),
        ],
      }),
    ],
  });
}

const STYLES = {
  default: {
    document: {
      run: { font: FONT.body, size: 20, color: COLOUR.ink },
      paragraph: { spacing: { after: 100, line: 264 } },
    },
    title: {
      run: { font: FONT.body, size: 44, bold: true, color: COLOUR.accent },
      paragraph: { spacing: { after: 60 } },
    },
    heading1: {
      run: { font: FONT.body, size: 28, bold: true, color: COLOUR.accent },
      paragraph: { spacing: { before: 320, after: 120 } },
    },
    heading2: {
      run: { font: FONT.body, size: 22, bold: true, color: COLOUR.ink },
      paragraph: { spacing: { before: 200, after: 80 } },
    },
  },
};
