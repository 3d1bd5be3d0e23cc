/** Where a statement of the brief comes from; every statement has one (requirement 002 step 3, "with source links"). */
export interface BriefSource {
  /** Words that name it: a document's title, `Quotation line 3, deal snapshot 2`, `stated by sofia.sales in handoff H-2205`. */
  readonly label: string;
  /** A link to it, http or https; null when it has none. */
  readonly url: string | null;
  /** SHA-256 of the version meant, lower-case hex; null when what was said has no document. */
  readonly hash: string | null;
}

/** One statement with its source. */
export interface BriefStatement {
  readonly text: string;
  /** Names and contacts that belong to it, shown only to those who may see personal data; null for none. */
  readonly personal: string | null;
  /** The stakeholder whose data `personal` is; null when it is of the handoff in general. */
  readonly about: string | null;
  readonly source: BriefSource;
}

/** Where the personal part of a stored statement stands: a personal text of the brief, under this subject's key. */
export interface PersonalReference {
  readonly subject: string;
  readonly field: string;
}

/** A statement as it is stored and hashed: without names, which can be erased. */
export type StoredBriefStatement = Pick<BriefStatement, 'text' | 'source'> & {
  readonly personal: PersonalReference | null;
};

/** One section; without statements it says why it is empty, since a blank and a "none" are not the same (document 004). */
export interface BriefSection<S = BriefStatement> {
  readonly key: string;
  readonly title: string;
  readonly statements: readonly S[];
  readonly whenEmpty: string;
}

/** The brief as data: what its Markdown and its DOCX are both made from. */
export interface BriefDocument<S = BriefStatement> {
  readonly title: string;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly generatedAt: string;
  /** What it counts for, as a sentence of its head; absent: a draft until it is released. */
  readonly standing?: string;
  readonly sections: readonly BriefSection<S>[];
}

/** The brief as it is stored: names stand in personal texts (brief.personal.ts). */
export type StoredBriefDocument = BriefDocument<StoredBriefStatement>;

/** What a document counts for, as a sentence. */
export const standingOf = ({ standing }: Pick<BriefDocument, 'standing'>): string =>
  standing ?? 'A draft until a named person releases it.';

/** How many statements a document makes. */
export function statementCount(document: BriefDocument<unknown>): number {
  return document.sections.reduce((sum, section) => sum + section.statements.length, 0);
}
