import {
  type BriefDocument,
  type BriefSection,
  type BriefSource,
  type BriefStatement,
  standingOf,
  type StoredBriefDocument,
} from './brief.document.js';

/** What stands for names and contacts in a text for people who may not see them. */
export const WITHHELD = '[personal data withheld]';

/**
 * The document as Markdown (CommonMark). Whatever people wrote is text and nothing else: no heading, link, image,
 * list, table, code or HTML can come of it, and a line break in it does not end its statement.
 */
export function briefMarkdown({ sections, ...head }: BriefDocument): string {
  return markdownOf(head, sections, ({ personal }) => personal);
}

/** The same without names and contacts: the text that is stored and hashed. */
export function publicMarkdown({ sections, ...head }: StoredBriefDocument): string {
  return markdownOf(head, sections, ({ personal }) => personal && WITHHELD);
}

function markdownOf<S extends Pick<BriefStatement, 'text' | 'source'>>(
  { title, version, generatedAt, standing }: Omit<BriefDocument, 'sections'>,
  sections: readonly BriefSection<S>[],
  personalOf: (statement: S) => string | null,
): string {
  const head = [
    `# ${plain(title)}`,
    `Version ${version}, generated ${generatedAt} from the records of Countersign. ${plain(standingOf({ standing }))}`,
  ];
  return `${[...head, ...sections.map((section) => sectionMarkdown(section, personalOf))].join('\n\n')}\n`;
}

function sectionMarkdown<S extends Pick<BriefStatement, 'text' | 'source'>>(
  { title, statements, whenEmpty }: BriefSection<S>,
  personalOf: (statement: S) => string | null,
): string {
  const lines = statements.map((statement) => `- ${statementMarkdown(statement, personalOf(statement))}`);
  return [`## ${plain(title)}`, lines.length > 0 ? lines.join('\n') : `*${plain(whenEmpty)}*`].join('\n\n');
}

function statementMarkdown({ text, source }: Pick<BriefStatement, 'text' | 'source'>, personal: string | null): string {
  const people = personal === null ? '' : ` (${plain(personal)})`;
  return `${plain(text)}${people} (source: ${sourceMarkdown(source)})`;
}

function sourceMarkdown({ label, url, hash }: BriefSource): string {
  const address = url === null ? null : linkAddress(url);
  const named = address === null ? plain(label) : `[${plain(label)}](${address})`;
  return hash === null ? named : `${named}, SHA-256 ${hash}`;
}

/**
 * User text as Markdown that shows it as it is. It becomes one line: line breaks and control characters become spaces;
 * the characters that turn the direction of text are dropped, since they make a line read otherwise than it is. Marks
 * that could start an inline construct are escaped everywhere, those that make a list or heading at the start of the
 * text, and what GitHub's dialect would take for an address.
 */
export function plain(text: string): string {
  return text
    .replaceAll(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '')
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .replaceAll(/[\\`*_[\]<>#|~&$]/g, '\\$&')
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replaceAll(/:(?=\/\/)|(?<=\b(?:mailto|xmpp)):/gi, '\\:')
    .replaceAll(/(?<=www)\.(?=\S)/gi, '\\.');
}

/** An http or https address in a form that cannot end its link; null for anything else. */
function linkAddress(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return null;
  // A name and password in front of the host make an address look like another one's.
  if (parsed.username !== '' || parsed.password !== '') return null;
  return parsed.href.replaceAll(/[()<>[\]\\`*_|"']/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
