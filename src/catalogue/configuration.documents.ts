/** The seven documents of a handoff (document 004 "Templates"). */
export const DOCUMENT_KINDS = [
  'DEAL_SUMMARY',
  'STAKEHOLDER_MAP',
  'COMMITMENT_LOG',
  'IMPLEMENTATION_PLAN',
  'RISK_REGISTER',
  'MEETING_NOTES',
  'INTRODUCTION_EMAIL',
] as const;
/** One of the seven documents of a handoff. */
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** What a section of a document may show: the sections of the brief, the handoff meeting and the introduction. */
export const DOCUMENT_PARTS = [
  'sold',
  'scope',
  'out-of-scope',
  'commercial',
  'commitments',
  'assumptions',
  'risks',
  'dependencies',
  'acceptance',
  'timelines',
  'integrations',
  'stakeholders',
  'plan',
  'first-days',
  'budget',
  'evidence',
  'decisions',
  'meeting',
  'agenda',
  'checklist',
  'actions',
  'introduction',
] as const;
/** What a section of a document shows. */
export type DocumentPart = (typeof DOCUMENT_PARTS)[number];

/** How the documents of a handoff are made. Whatever is absent has its default there. */
export interface DocumentSettings {
  /** The tenant's own templates. Absent: the built-in template of that document. */
  templates?: Partial<Record<DocumentKind, DocumentTemplate>>;
  /** Calendar days for which an issued document is current before the handoff (document 004). Absent: 7. */
  currentDays?: number;
}

/** One template in one version. A version that ruled never changes: an edit is a new version. */
export interface DocumentTemplate {
  /** Such as v2.3. */
  version: string;
  /** The day of this version. */
  date: string;
  /** The name of the document. Absent: its name in document 004. */
  title?: string;
  /** What it shows, in this order. */
  sections: DocumentSection[];
  /** What each version changed, and who wrote it; the newest version has its entry. */
  changes: TemplateChange[];
}

/** One section of a document. */
export interface DocumentSection {
  /** What of the handoff it shows. */
  part: DocumentPart;
  /** The heading. Absent: that of the part. */
  heading?: string;
  /** A text of the tenant's own that stands before the statements. Absent: none. */
  intro?: string;
}

/** One entry of a template's change log. */
export interface TemplateChange {
  /** The version that it made. */
  version: string;
  /** The day. */
  date: string;
  /** The handle of the person who wrote it. */
  author: string;
  /** What it changed. */
  text: string;
}
