import pptxModule from 'pptxgenjs';
import type { Edition } from './edition.js';
import { issuedLine, provenance } from './edition.js';
import { packedAnew } from './office-zip.js';
import { clipped, COLOUR, FONT, plain } from './theme.js';

/** The library is a class in CommonJS and a module with a default in ES modules. */
const Presentation = ('default' in pptxModule ? pptxModule.default : pptxModule) as new () => Pptx;
type Pptx = import('pptxgenjs').default;
type Slide = ReturnType<Pptx['addSlide']>;
type TableCell = import('pptxgenjs').default.TableCell;

/** Inches of a 16:9 slide, and the margin on each side. */
const PAGE = { width: 13.333, height: 7.5, margin: 0.6 } as const;
const INNER = PAGE.width - 2 * PAGE.margin;
const TOP = 1.65;
/** Letters of a table's size that an inch holds, of an average text. */
const LETTERS_AN_INCH = 13;

/** A column of a table: its width is a share of the slide's. */
export interface DeckColumn {
  readonly title: string;
  readonly share: number;
  readonly align?: 'left' | 'right';
  /** Lines that a cell of it may have; one unless said otherwise. */
  readonly lines?: number;
}

/** A cell: text, perhaps in a colour that says how grave it is. */
export type DeckCell = string | { readonly text: string; readonly colour: string };

/** A figure that stands large on a slide. */
export interface Tile {
  readonly figure: string;
  readonly label: string;
  readonly colour?: string;
}

/** Where something stands, in inches. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Line charts: the months of one KPI, with its baseline as a second line where there is one. */
export interface LinePlan {
  readonly title: string;
  readonly labels: readonly string[];
  readonly values: readonly number[];
  readonly baseline: number | null;
}

/** Slides in the one look: the title says the finding, the footer when and of what, with the page's number. */
export class Deck {
  private readonly pptx: Pptx = new Presentation();

  constructor(private readonly edition: Edition) {
    this.pptx.layout = 'LAYOUT_WIDE';
    this.pptx.title = `Executive brief, ${plain(edition.tenantName)}`;
    this.pptx.author = 'Countersign';
    this.pptx.company = plain(edition.tenantName);
    this.pptx.theme = { headFontFace: FONT.body, bodyFontFace: FONT.body };
  }

  /** A slide with the finding as its title and, above it, what it is about. */
  slide(topic: string, finding: string): Slide {
    const slide = this.pptx.addSlide();
    slide.background = { color: COLOUR.paper };
    slide.addShape('rect', { x: 0, y: 0, w: 0.18, h: PAGE.height, fill: { color: COLOUR.accent } });
    slide.addText(topic.toUpperCase(), {
      ...this.line(0.35, 0.3),
      fontSize: 11,
      color: COLOUR.accent,
      bold: true,
      charSpacing: 2,
    });
    slide.addText(clipped(finding, 120), {
      ...this.line(0.62, 0.8),
      fontSize: 24,
      color: COLOUR.ink,
      bold: true,
      valign: 'top',
      fit: 'shrink',
    });
    slide.addText(`${provenance(this.edition)} ${issuedLine(this.edition)}`, {
      ...this.line(7.08, 0.28),
      w: INNER - 1,
      fontSize: 8,
      color: COLOUR.muted,
    });
    slide.slideNumber = {
      x: PAGE.width - 1.1,
      y: 7.08,
      w: 0.5,
      h: 0.28,
      fontSize: 9,
      color: COLOUR.muted,
      align: 'right',
    };
    return slide;
  }

  private line(y: number, h: number): Box & { margin: number; fontFace: string } {
    return { x: PAGE.margin, y, w: INNER, h, margin: 0, fontFace: FONT.body };
  }

  /** Large figures side by side. */
  tiles(slide: Slide, tiles: readonly Tile[], y = TOP): void {
    const gap = 0.25;
    const w = (INNER - gap * (tiles.length - 1)) / tiles.length;
    tiles.forEach(({ figure, label, colour = COLOUR.accent }, index) => {
      const x = PAGE.margin + index * (w + gap);
      slide.addShape('rect', { x, y, w, h: 1.5, fill: { color: COLOUR.band } });
      slide.addShape('rect', { x, y, w, h: 0.06, fill: { color: colour } });
      slide.addText(clipped(figure, 16), {
        x: x + 0.15,
        y: y + 0.15,
        w: w - 0.3,
        h: 0.75,
        margin: 0,
        fontFace: FONT.body,
        fontSize: 32,
        bold: true,
        color: colour,
        fit: 'shrink',
      });
      slide.addText(clipped(label, 70), {
        x: x + 0.15,
        y: y + 0.9,
        w: w - 0.3,
        h: 0.5,
        margin: 0,
        fontFace: FONT.body,
        fontSize: 12,
        color: COLOUR.muted,
        valign: 'top',
      });
    });
  }

  /** A table that stays on its slide: as many rows as fit, and a line that says how many are left out. */
  table(
    slide: Slide,
    columns: readonly DeckColumn[],
    rows: readonly (readonly DeckCell[])[],
    { x = PAGE.margin, y = TOP, w = INNER, most: mostRows = 11 }: Partial<Box> & { readonly most?: number } = {},
  ): void {
    const widths = columns.map(({ share }) => w * share);
    const height = 0.4;
    const style = (index: number): object => ({
      align: columns[index]!.align ?? 'left',
      valign: 'middle',
      fontFace: FONT.body,
      margin: [0.02, 0.08, 0.02, 0.08],
      border: [{ type: 'none' }, { type: 'none' }, { type: 'solid', pt: 0.75, color: COLOUR.line }, { type: 'none' }],
    });
    const header = columns.map(({ title }, index): TableCell => ({
      text: title,
      options: { ...style(index), bold: true, fontSize: 11, color: COLOUR.muted },
    }));
    const body = rows.slice(0, mostRows).map((row) =>
      row.map((cell, index): TableCell => {
        const { text, colour } = typeof cell === 'string' ? { text: cell, colour: COLOUR.ink } : cell;
        const isMarked = typeof cell !== 'string';
        const options = { ...style(index), fontSize: 11, color: colour, bold: isMarked };
        const most = Math.floor(widths[index]! * LETTERS_AN_INCH) * (columns[index]!.lines ?? 1);
        return { text: clipped(text, most), options };
      }),
    );
    slide.addTable([header, ...body], { x, y, w, colW: widths, rowH: height });
    if (rows.length > mostRows)
      this.note(slide, `and ${rows.length - mostRows} more; all of them are in the feed and its exports.`, {
        x,
        y: y + height * (mostRows + 1) + 0.08,
        w,
        h: 0.3,
      });
  }

  /** Text of the second rank. */
  note(slide: Slide, text: string, box: Box): void {
    slide.addText(plain(text), {
      ...box,
      margin: 0,
      fontFace: FONT.body,
      fontSize: 12,
      color: COLOUR.muted,
      valign: 'top',
      fit: 'shrink',
    });
  }

  /** A numbered list of what to decide. */
  list(slide: Slide, items: readonly { readonly head: string; readonly body: string }[], y = TOP): void {
    items.forEach(({ head, body }, index) => {
      const top = y + index * 0.88;
      slide.addText(String(index + 1), {
        x: PAGE.margin,
        y: top,
        w: 0.5,
        h: 0.5,
        margin: 0,
        align: 'center',
        valign: 'middle',
        fontFace: FONT.body,
        fontSize: 16,
        bold: true,
        color: COLOUR.paper,
        fill: { color: COLOUR.accent },
      });
      slide.addText(
        [
          { text: clipped(head, 110), options: { bold: true, color: COLOUR.ink, fontSize: 15, breakLine: true } },
          { text: clipped(body, 150), options: { color: COLOUR.muted, fontSize: 12 } },
        ],
        { x: PAGE.margin + 0.7, y: top - 0.05, w: INNER - 0.7, h: 0.75, margin: 0, fontFace: FONT.body, valign: 'top' },
      );
    });
  }

  /** Horizontal bars, the largest on top. */
  bars(
    slide: Slide,
    name: string,
    bars: readonly { readonly label: string; readonly value: number }[],
    box: Box,
  ): void {
    const shown = bars.slice(0, 8).toReversed();
    slide.addChart(
      'bar',
      [{ name, labels: shown.map(({ label }) => clipped(label, 34)), values: shown.map(({ value }) => value) }],
      {
        ...box,
        barDir: 'bar',
        chartColors: [COLOUR.accent],
        barGapWidthPct: 45,
        showValue: true,
        dataLabelFontSize: 11,
        dataLabelColor: COLOUR.ink,
        dataLabelFormatCode: '#,##0.##',
        catAxisLabelFontSize: 11,
        catAxisLabelColor: COLOUR.ink,
        catGridLine: { style: 'none' },
        valGridLine: { style: 'none' },
        valAxisHidden: true,
        valAxisMinVal: 0,
        showLegend: false,
        altText: name,
      },
    );
  }

  /** Months of a KPI as a line, beside its baseline. */
  lines(slide: Slide, { title, labels, values, baseline }: LinePlan, box: Box): void {
    slide.addText(clipped(title, 60), {
      x: box.x,
      y: box.y,
      w: box.w,
      h: 0.3,
      margin: 0,
      fontFace: FONT.body,
      fontSize: 13,
      bold: true,
      color: COLOUR.ink,
    });
    const inner = { ...box, y: box.y + 0.3, h: box.h - 0.3 };
    if (values.length < 2) {
      this.note(slide, 'Fewer than two months with a case: nothing to draw yet.', { ...inner, y: inner.y + 0.2 });
      return;
    }
    const months = { name: title, labels: [...labels], values: [...values] };
    const series =
      baseline === null
        ? [months]
        : [months, { name: 'Baseline', labels: [...labels], values: labels.map(() => baseline) }];
    slide.addChart('line', series, {
      ...inner,
      chartColors: [COLOUR.accent, COLOUR.warn],
      lineSize: 2.25,
      lineDataSymbolSize: 6,
      catAxisLabelFontSize: 9,
      catAxisLabelColor: COLOUR.muted,
      valAxisLabelFontSize: 9,
      valAxisLabelColor: COLOUR.muted,
      valAxisLabelFormatCode: '#,##0.##',
      valAxisMinVal: 0,
      valGridLine: { color: COLOUR.line, size: 0.5 },
      catGridLine: { style: 'none' },
      showLegend: baseline !== null,
      legendPos: 'b',
      legendFontSize: 9,
      legendColor: COLOUR.muted,
      altText: title,
    });
  }

  /** The file. */
  async bytes(): Promise<Uint8Array> {
    const made = (await this.pptx.write({ outputType: 'nodebuffer' })) as Buffer;
    return packedAnew(made, this.edition.generatedAt);
  }
}
