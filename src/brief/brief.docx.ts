import { Document, ExternalHyperlink, Footer, HeadingLevel, Packer, PageNumber, Paragraph, TextRun } from 'docx';
import {
  type BriefDocument,
  type BriefSection,
  type BriefSource,
  type BriefStatement,
  standingOf,
} from './brief.document.js';

/** The media type of a DOCX file. */
export const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

const SMALL = 16;
const GREY = '595959';

/**
 * The document as a DOCX file (ECMA-376), made in the worker: it takes too long for a transaction. The packer writes
 * the time of the run into the file, so two runs differ in bytes and agree in text; the receipt keeps the hash of the
 * file that was stored.
 */
export async function briefDocx(document: BriefDocument): Promise<Buffer> {
  const { title, version, generatedAt, sections } = document;
  const file = new Document({
    title: storable(title),
    creator: 'Countersign',
    description: `Version ${version}, generated ${generatedAt}`,
    sections: [
      {
        footers: { default: footer(title, version) },
        children: [
          new Paragraph({ text: storable(title), heading: HeadingLevel.TITLE }),
          new Paragraph({
            children: [
              new TextRun({
                text: `Version ${version}, generated ${generatedAt} from the records of Countersign. ${storable(standingOf(document))}`,
                italics: true,
              }),
            ],
          }),
          ...sections.flatMap(sectionParagraphs),
        ],
      },
    ],
  });
  return Packer.toBuffer(file);
}

function footer(title: string, version: number): Footer {
  const children = [
    `${storable(title)}, version ${version}, page `,
    PageNumber.CURRENT,
    ' of ',
    PageNumber.TOTAL_PAGES,
  ];
  return new Footer({ children: [new Paragraph({ children: [new TextRun({ children, size: SMALL, color: GREY })] })] });
}

function sectionParagraphs({ title, statements, whenEmpty }: BriefSection): Paragraph[] {
  const heading = new Paragraph({ text: storable(title), heading: HeadingLevel.HEADING_1 });
  if (statements.length === 0) {
    return [heading, new Paragraph({ children: [new TextRun({ text: storable(whenEmpty), italics: true })] })];
  }
  return [heading, ...statements.map(statementParagraph)];
}

function statementParagraph({ text, personal, source }: BriefStatement): Paragraph {
  const said = personal === null ? text : `${text} (${personal})`;
  return new Paragraph({ bullet: { level: 0 }, children: [new TextRun(storable(said)), ...sourceRuns(source)] });
}

function sourceRuns({ label, url, hash }: BriefSource): (TextRun | ExternalHyperlink)[] {
  const run = (text: string): TextRun => new TextRun({ text, size: SMALL, color: GREY });
  const name = new TextRun({ text: storable(label), size: SMALL, color: GREY });
  const named =
    url !== null && isWebAddress(url) ? new ExternalHyperlink({ link: new URL(url).href, children: [name] }) : name;
  return [run(' (source: '), named, run(hash === null ? ')' : `, SHA-256 ${hash})`)];
}

/** Only what opens in a browser becomes a link: a file or script address is shown by its label alone. */
function isWebAddress(url: string): boolean {
  return URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol);
}

/** Text that XML 1.0 can hold, on one line, without the characters that turn its direction. */
function storable(text: string): string {
  return text
    .replaceAll(/[\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu, '')
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
