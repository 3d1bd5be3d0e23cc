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
  readonly source: BriefSource;
}

/** One section; without statements it says why it is empty, since a blank and a "none" are not the same (document 004). */
export interface BriefSection {
  readonly key: string;
  readonly title: string;
  readonly statements: readonly BriefStatement[];
  readonly whenEmpty: string;
}

/** The brief as data: what its Markdown and its DOCX are both made from. */
export interface BriefDocument {
  readonly title: string;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly generatedAt: string;
  readonly sections: readonly BriefSection[];
}

/** How many statements a document makes. */
export function statementCount(document: BriefDocument): number {
  return document.sections.reduce((sum, section) => sum + section.statements.length, 0);
}
