import type { BriefFacts } from '../brief/brief.facts.js';
import { composeBrief } from '../brief/brief.rules.js';
import type { BriefDocument, BriefSection, BriefStatement, StoredBriefDocument } from '../brief/brief.document.js';
import { mentionsIn, withoutNames } from '../brief/brief.personal.js';
import { statement } from '../brief/brief.sources.js';
import type { DocumentPart, DocumentSection } from '../catalogue/configuration.documents.js';
import type { NamedTemplate } from '../catalogue/documents.rules.js';
import { digestOf } from '../core/canonical.js';
import { daysBetween } from '../core/local-day.js';
import type { SourceReference } from '../core/source.js';
import type { DocumentFacts } from './document.facts.js';
import { meetingSections } from './meeting.sections.js';

/** What a section said, as a digest, to tell later whether the data has changed. */
export interface SectionDigest {
  readonly key: string;
  readonly title: string;
  readonly digest: string;
}

/** A document as it would be issued now. */
export interface ComposedDocument {
  /** With names; statements whose free text names somebody have those apart. */
  readonly document: BriefDocument;
  /** The headings of the sections that should say something and have no data. */
  readonly missing: readonly string[];
  readonly sources: readonly SourceReference[];
  /** SHA-256 of template and content without names, number and time. */
  readonly contentSha256: string;
  /** With names. */
  readonly sectionDigests: readonly SectionDigest[];
}

/** Number and time of an issue; the number of a preview is that of the next one. */
export interface Edition {
  readonly number: number;
  readonly at: Date;
}

/** In these, none is an answer: nothing is missing when they are empty. */
const NONE_IS_AN_ANSWER: readonly string[] = ['decisions', 'first-days', 'actions'];

/**
 * A document by its template: a selection of the brief's sections, the meeting and the introduction, in the template's
 * order and under its headings. Each statement has its source, and a section without data says N/A and why (document
 * 004: "N/A explicit, no blanks; sources cited").
 */
export function composeDocument(facts: DocumentFacts, template: NamedTemplate, edition: Edition): ComposedDocument {
  const { brief } = facts;
  const known = new Map(
    [
      ...composeBrief(brief, { version: edition.number, generatedAt: edition.at }).sections,
      ...meetingSections(facts),
    ].map((section) => [section.key, section]),
  );
  const sections = template.sections.map((wanted) => sectionBy(wanted, known.get(wanted.part)!, facts));
  const title = `${template.title} ${brief.handoff.number}: ${brief.deal.client}, ${brief.deal.title}`;
  const document = withoutNames(
    {
      title,
      version: edition.number,
      generatedAt: edition.at.toISOString(),
      standing: `Template ${template.version} of ${template.date}.`,
      sections,
    },
    mentionsIn(brief),
  );
  return {
    document,
    missing: [
      ...document.sections
        .filter(({ key }) => isEmpty(known.get(key)!, brief) && !NONE_IS_AN_ANSWER.includes(key))
        .map((section) => section.title),
      ...(template.sections.some(({ part }) => part === 'introduction') ? facts.introduction.gaps : []),
    ],
    sources: sourcesOf(facts, template),
    contentSha256: digestOf({ template: `${template.title} ${template.version}`, sections: publicSections(document) }),
    sectionDigests: document.sections.map((section) => ({
      key: section.key,
      title: section.title,
      digest: digestOf({ title: section.title, statements: section.statements.map(plainStatement) }),
    })),
  };
}

/** Whether a section has no data; that of the people names owner and delivery manager in any case. */
const isEmpty = ({ key, statements }: BriefSection, { stakeholders }: BriefFacts): boolean =>
  statements.length === 0 || (key === 'stakeholders' && !stakeholders.some(({ side }) => side === 'CLIENT'));

function sectionBy(wanted: DocumentSection, found: BriefSection, { brief }: DocumentFacts): BriefSection {
  const intro: BriefStatement[] = wanted.intro === undefined ? [] : [statement(wanted.intro, brief.configuration)];
  const none = `N/A: ${found.whenEmpty}`;
  // Beside other statements the gap would not be seen.
  const isShown = found.statements.length === 0 && intro.length === 0;
  const gap = isEmpty(found, brief) && !isShown ? [statement(none, brief.configuration)] : [];
  return {
    ...found,
    title: wanted.heading ?? found.title,
    whenEmpty: none,
    statements: [...intro, ...found.statements, ...gap],
  };
}

const plainStatement = ({ text, personal, source }: BriefStatement) => ({ text, personal, source: { ...source } });

const publicSections = (document: BriefDocument) =>
  document.sections.map(({ title, whenEmpty, statements }) => ({
    title,
    whenEmpty,
    statements: statements.map(({ text, personal, source }) => ({
      text,
      isPersonal: personal !== null,
      source: { ...source },
    })),
  }));

const OF_MEETING: readonly DocumentPart[] = ['meeting', 'agenda', 'checklist'];

/** The brief's documents, and the meeting and the introduction where the template shows them. */
function sourcesOf(
  { meeting, introduction, briefSources }: DocumentFacts,
  template: NamedTemplate,
): readonly SourceReference[] {
  const shows = (parts: readonly DocumentPart[]): boolean => template.sections.some(({ part }) => parts.includes(part));
  const sources: SourceReference[] = [...briefSources];
  if (meeting && shows(OF_MEETING))
    sources.push({ type: 'MEETING', id: meeting.id, version: meeting.heldOn, hash: meeting.digest });
  if (shows(['introduction'])) {
    const { handoffId, templateVersion, textSha256 } = introduction;
    sources.push({ type: 'INTRODUCTION', id: handoffId, version: String(templateVersion), hash: textSha256 });
  }
  return sources;
}

/** The document with the introduction as it reads now, for a preview: an issue keeps its digest alone. */
export function withIntroduction(document: BriefDocument, text: string): BriefDocument {
  const sections = document.sections.map((section) => {
    const [first, ...rest] = section.statements;
    if (section.key !== 'introduction' || !first) return section;
    return { ...section, statements: [{ ...first, personal: text }, ...rest] };
  });
  return { ...document, sections };
}

/** The document without its names, for whoever may not see them. */
export function withheld(document: BriefDocument): StoredBriefDocument {
  const sections = document.sections.map((section) => ({
    ...section,
    statements: section.statements.map(({ text, personal, source }) => {
      return { text, source, personal: personal === null ? null : { subject: '', field: '' } };
    }),
  }));
  return { ...document, sections };
}

/** What staleness is judged by. */
export interface IssueAge {
  readonly templateVersion: string;
  /** The day of the issue and the day up to which it has to be current, in the business calendar. */
  readonly issuedOn: string;
  readonly handedOverOn: string;
  readonly sectionDigests: readonly SectionDigest[] | null;
}

/**
 * Why an issue is not current any more, in words; empty when it is: sections whose data has changed since, another
 * version of the template, or more than so many days before the handoff (document 004 "current within 7 days").
 */
export function outdatedBy(
  issue: IssueAge,
  now: Pick<ComposedDocument, 'sectionDigests'>,
  template: Pick<NamedTemplate, 'version'>,
  mostDays: number,
): string[] {
  const days = daysBetween(issue.issuedOn, issue.handedOverOn);
  const { sectionDigests: before } = issue;
  const changed =
    before === null
      ? ['Somebody who was named in it was erased.']
      : now.sectionDigests
          .filter(({ key, digest }) => before.find((one) => one.key === key)?.digest !== digest)
          .map(({ title }) => `Changed since: ${title}.`);
  return [
    ...(issue.templateVersion === template.version
      ? []
      : [`The template is in version ${template.version} now; it was issued by ${issue.templateVersion}.`]),
    ...changed,
    ...(days > mostDays ? [`It is ${days} days old; ${mostDays} are current.`] : []),
  ];
}
