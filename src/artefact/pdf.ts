import PdfDocument from 'pdfkit';
import { type Edition, issuedLine } from './edition.js';
import { COLOUR, plain } from './theme.js';

/** A4 in points. */
const PAGE = { width: 595.28, height: 841.89, margin: 52 } as const;
const INNER = PAGE.width - 2 * PAGE.margin;
const BOTTOM = PAGE.height - PAGE.margin - 24;
/** Fonts that every reader of PDF has (ISO 32000-1, 9.6.2.2): nothing is embedded, so the file stays small. */
const FONTS = { body: 'Helvetica', bold: 'Helvetica-Bold', mono: 'Courier' } as const;
/** What their encoding holds beside Latin-1 (ISO 32000-1, annex D: WinAnsiEncoding). */
const WINDOWS_1252 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/** Text in the encoding of the standard fonts: letters that they lack lose their marks, else stand as a question mark. */
export function foldedToLatin(text: string): string {
  return [...plain(text)]
    .map((letter) => {
      if (isKnown(letter)) return letter;
      const bare = letter.normalize('NFD').replaceAll(/\p{M}/gu, '');
      return bare !== '' && [...bare].every(isKnown) ? bare : '?';
    })
    .join('');
}

const isKnown = (letter: string): boolean => {
  const code = letter.codePointAt(0)!;
  return (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff) || WINDOWS_1252.includes(letter);
};

/** A column of a table: its width is a share of the page's. */
export interface PdfColumn {
  readonly title: string;
  readonly share: number;
  readonly align?: 'left' | 'right';
  readonly mono?: boolean;
}

/** A file that travels inside of the document. */
export interface Attachment {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly bytes: Buffer;
}

/** A document of A4 pages in the one look: flows from page to page, never cuts a row, numbers its pages at the end. */
export class PdfPaper {
  private readonly doc: PDFKit.PDFDocument;
  private readonly chunks: Buffer[] = [];

  constructor(
    private readonly edition: Edition,
    private readonly title: string,
  ) {
    this.doc = new PdfDocument({
      size: 'A4',
      margin: PAGE.margin,
      bufferPages: true,
      pdfVersion: '1.7',
      lang: 'en',
      displayTitle: true,
      info: {
        Title: foldedToLatin(`${title}, ${edition.tenantName}`),
        Author: 'Countersign',
        Subject: foldedToLatin(issuedLine(edition)),
        CreationDate: edition.generatedAt,
        ModDate: edition.generatedAt,
      },
    });
    this.doc.on('data', (chunk: Buffer) => void this.chunks.push(chunk));
  }

  /** The head of the first page: title, finding, and a line under it. */
  head(topic: string, finding: string): void {
    this.write(topic.toUpperCase(), { size: 9, colour: COLOUR.accent, font: FONTS.bold, after: 6, spaced: 1.2 });
    this.write(this.title, { size: 24, colour: COLOUR.ink, font: FONTS.bold, after: 4 });
    this.write(finding, { size: 13, colour: COLOUR.muted, after: 10 });
    this.rule();
  }

  /** A heading; it takes the first lines of what follows along to the next page. */
  heading(text: string): void {
    this.room(70);
    this.doc.y += 12;
    this.write(text, { size: 14, colour: COLOUR.accent, font: FONTS.bold, after: 6 });
  }

  /** A heading of the second rank. */
  subheading(text: string): void {
    this.room(80);
    this.doc.y += 6;
    this.write(text, { size: 11, colour: COLOUR.ink, font: FONTS.bold, after: 4 });
  }

  /** A paragraph. */
  text(words: string): void {
    this.write(words, { size: 10, colour: COLOUR.ink, after: 6 });
  }

  /** A paragraph that recedes. */
  small(words: string): void {
    this.write(words, { size: 8.5, colour: COLOUR.muted, after: 5 });
  }

  /** Lines exactly as they are, in a band: what somebody copies or types. */
  verbatim(lines: readonly string[]): void {
    const size = 7.5;
    this.doc.font(FONTS.mono).fontSize(size);
    const height = lines.reduce((sum, line) => sum + this.heightOf(line || ' ', INNER - 16), 0) + 12;
    this.room(height + 4);
    const top = this.doc.y;
    this.doc.rect(PAGE.margin, top, INNER, height).fill(`#${COLOUR.band}`);
    this.doc.fillColor(`#${COLOUR.ink}`).y = top + 6;
    for (const line of lines)
      this.doc.text(foldedToLatin(line) || ' ', PAGE.margin + 8, this.doc.y, { width: INNER - 16 });
    this.doc.y = top + height + 8;
  }

  /** A table whose header stands again on every page. */
  table(columns: readonly PdfColumn[], rows: readonly (readonly string[])[]): void {
    this.row(
      columns,
      columns.map(({ title }) => title),
      true,
    );
    for (const row of rows) {
      const height = this.rowHeight(columns, row);
      if (this.doc.y + height > BOTTOM) {
        this.nextPage();
        this.row(
          columns,
          columns.map(({ title }) => title),
          true,
        );
      }
      this.row(columns, row, false);
    }
    this.doc.y += 8;
  }

  /** Begins a page. */
  nextPage(): void {
    this.doc.addPage();
    this.doc.y = PAGE.margin;
  }

  /** Puts a file into the document; every reader lists it among the attachments. */
  attach({ name, type, description, bytes }: Attachment): void {
    const at = this.edition.generatedAt;
    this.doc.file(bytes, { name, type, description, creationDate: at, modifiedDate: at });
  }

  /** The file, with numbered pages. */
  async bytes(): Promise<Uint8Array> {
    const { start, count } = this.doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      this.doc.switchToPage(page);
      // What stands below the margin would begin a page of its own.
      this.doc.page.margins.bottom = 0;
      this.doc.font(FONTS.body).fontSize(7.5).fillColor(`#${COLOUR.muted}`);
      const y = PAGE.height - PAGE.margin + 8;
      this.doc.text(foldedToLatin(issuedLine(this.edition)), PAGE.margin, y, { width: INNER - 70, lineBreak: false });
      this.doc.text(`Page ${page - start + 1} of ${count}`, PAGE.width - PAGE.margin - 70, y, {
        width: 70,
        align: 'right',
        lineBreak: false,
      });
    }
    const ended = new Promise<void>((resolve) => void this.doc.on('end', resolve));
    this.doc.end();
    await ended;
    return Buffer.concat(this.chunks);
  }

  private write(
    words: string,
    {
      size,
      colour,
      font = FONTS.body,
      after,
      spaced = 0,
    }: { size: number; colour: string; font?: string; after: number; spaced?: number },
  ): void {
    this.doc.font(font).fontSize(size);
    const text = foldedToLatin(words);
    this.room(this.heightOf(text, INNER));
    this.doc.fillColor(`#${colour}`).text(text, PAGE.margin, this.doc.y, { width: INNER, characterSpacing: spaced });
    this.doc.y += after;
  }

  private rule(): void {
    this.doc
      .moveTo(PAGE.margin, this.doc.y)
      .lineTo(PAGE.margin + INNER, this.doc.y)
      .lineWidth(1)
      .stroke(`#${COLOUR.accent}`);
    this.doc.y += 10;
  }

  /** Goes on to the next page when there is less room than this. */
  private room(height: number): void {
    if (this.doc.y + height > BOTTOM) this.nextPage();
  }

  private heightOf(text: string, width: number): number {
    return this.doc.heightOfString(text, { width });
  }

  private rowHeight(columns: readonly PdfColumn[], row: readonly string[]): number {
    const heights = row.map((text, index) => {
      this.cellFont(columns[index]!, false);
      return this.heightOf(foldedToLatin(text), INNER * columns[index]!.share - 8);
    });
    return Math.max(...heights) + 8;
  }

  private cellFont({ mono = false }: PdfColumn, isHeader: boolean): void {
    if (isHeader) this.doc.font(FONTS.bold).fontSize(8.5);
    else this.doc.font(mono ? FONTS.mono : FONTS.body).fontSize(mono ? 7 : 8.5);
  }

  private row(columns: readonly PdfColumn[], row: readonly string[], isHeader: boolean): void {
    const height = this.rowHeight(columns, row);
    this.room(height);
    const top = this.doc.y;
    if (isHeader) this.doc.rect(PAGE.margin, top, INNER, height).fill(`#${COLOUR.accent}`);
    let x = PAGE.margin;
    row.forEach((text, index) => {
      const column = columns[index]!;
      const width = INNER * column.share;
      this.cellFont(column, isHeader);
      this.doc
        .fillColor(`#${isHeader ? COLOUR.paper : COLOUR.ink}`)
        .text(foldedToLatin(text), x + 4, top + 4, { width: width - 8, align: column.align ?? 'left' });
      x += width;
    });
    this.doc.y = top + height;
    if (!isHeader)
      this.doc
        .moveTo(PAGE.margin, this.doc.y)
        .lineTo(PAGE.margin + INNER, this.doc.y)
        .lineWidth(0.5)
        .stroke(`#${COLOUR.line}`);
  }
}
