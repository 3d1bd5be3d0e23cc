import type { NoticeWords } from '../../notice/notice.words.js';

/** A mail before it is put into the form of its way. Subject and lines are as people typed them. */
export interface MailContent {
  readonly subject: string;
  readonly sections: readonly MailSection[];
  /** Why the reader gets it, and how to change that. */
  readonly footer: string;
}

/** One thing that a mail tells. */
export interface MailSection {
  /** Null in a mail about one thing, whose subject says it. */
  readonly title: string | null;
  readonly lines: readonly string[];
  readonly link: { readonly label: string; readonly url: string } | null;
}

/** A mail's texts, ready to be sent. */
export interface MailTexts {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const LONGEST_SUBJECT = 150;
const LONGEST_LINE = 600;
const MOST_SECTIONS = 50;

/**
 * Line breaks, other control characters, and those that turn the direction of writing: in a subject they could begin
 * another header (RFC 5322 2.2), in a text they could make it look like something else.
 */
const CONTROLS = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** A text in one line, cut at a length. */
export function oneLine(text: string, longest = LONGEST_LINE): string {
  // A lone half of a character pair cannot be sent.
  const clean = text
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .replaceAll(CONTROLS, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  const letters = [...clean];
  return letters.length <= longest ? clean : `${letters.slice(0, longest - 1).join('')}…`;
}

/** The subject, the plain text and the simple HTML of a mail; whatever people typed stays text in each. */
export function mailTexts({ subject, sections, footer }: MailContent): MailTexts {
  const shown = sections.slice(0, MOST_SECTIONS);
  const more = sections.length - shown.length;
  const rest = more > 0 ? [`And ${more} more: they stand in your list (myNotices).`] : [];
  return {
    subject: oneLine(subject, LONGEST_SUBJECT),
    text: `${[...shown.map(textOf), ...rest, `-- \n${oneLine(footer)}`].join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${[...shown.map(htmlOf), ...rest.map(paragraph)].join('')}<hr>${paragraph(footer)}</body></html>`,
  };
}

function textOf({ title, lines, link }: MailSection): string {
  const head = title === null ? [] : [oneLine(title), ''];
  const tail = link === null ? [] : ['', `${link.label}: ${link.url}`];
  return [...head, ...lines.map((line) => oneLine(line)), ...tail].join('\n');
}

function htmlOf({ title, lines, link }: MailSection): string {
  const head = title === null ? '' : `<h2>${escaped(oneLine(title))}</h2>`;
  const tail = link === null ? '' : `<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>`;
  return `${head}${lines.map(paragraph).join('')}${tail}`;
}

const paragraph = (line: string): string => `<p>${escaped(oneLine(line))}</p>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}

/** One notice as a part of a mail. */
export interface Told {
  readonly words: NoticeWords;
  readonly link: MailSection['link'];
}

const FOOTER =
  'You get this because of your part in it. How you are told is set with setNoticePreference; your list is myNotices.';

/** The mail about one notice, or about several together. */
export function contentOf(told: readonly Told[]): MailContent {
  const [first] = told;
  if (told.length === 1 && first)
    return {
      subject: first.words.subject,
      sections: [{ title: null, lines: [first.words.subject, ...first.words.lines], link: first.link }],
      footer: FOOTER,
    };
  return {
    subject: `${told.length} notices from Countersign`,
    sections: told.map(({ words, link }) => ({ title: words.subject, lines: words.lines, link })),
    footer: FOOTER,
  };
}
