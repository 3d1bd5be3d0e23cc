import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import type { StoredBriefDocument } from '../brief/brief.document.js';
import { DOCUMENT_KINDS, type DocumentKind } from '../catalogue/configuration.documents.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import type { SectionDigest } from './document.rules.js';

/** The kinds as the API names them. */
export const KINDS = Object.fromEntries(DOCUMENT_KINDS.map((kind) => [kind, kind])) as {
  readonly [K in DocumentKind]: K;
};
registerEnumType(KINDS, {
  name: 'DocumentKind',
  description: 'One of the seven documents of a handoff (document 004).',
  valuesConfig: {
    DEAL_SUMMARY: { description: 'The deal in short: client, objectives, scope, terms, plan, risks.' },
    STAKEHOLDER_MAP: { description: 'The people on both sides and how to speak to them.' },
    COMMITMENT_LOG: { description: 'What was promised, in writing or not, and what became of it.' },
    IMPLEMENTATION_PLAN: { description: 'Milestones, dependencies, budget and open decisions.' },
    RISK_REGISTER: { description: 'Risks, assumptions and open decisions.' },
    MEETING_NOTES: { description: 'The handoff meeting: who was there, what was gone through, actions.' },
    INTRODUCTION_EMAIL: { description: 'The introduction of the client to delivery: which text, approved by whom.' },
  },
});

/**
 * One numbered issue of a document of a handoff (document 004 "versioned, archived"). Its content never changes: the
 * application role may update only when it was archived and stored, and the digests by which it is compared with the
 * data of now, which erasure takes away. Names are personal texts, as those of the brief.
 */
@Entity()
@ObjectType({ description: 'One numbered issue of a document of a handoff. Its content never changes.' })
export class IssuedDocument extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => KINDS, { description: 'Which document.' })
  kind: DocumentKind;

  @Column('int')
  @Field(() => Int, { description: 'Counts the issues of this document of the handoff from 1.' })
  number: number;

  @Column('text')
  @Field(() => String, { description: 'The version of the template, such as v2.3.' })
  templateVersion: string;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The date of that version.' })
  templateDate: string;

  @JsonText()
  document: StoredBriefDocument;

  /** The text with names withheld. */
  @Column('text')
  markdown: string;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 (UTF-8, lower-case hex) of the Markdown text with names withheld.' })
  markdownHash: string;

  @Column('text')
  @Field(() => String, {
    description: 'SHA-256 of template and content without number and time: the same data, the same digest.',
  })
  contentSha256: string;

  /** With names, to compare with the data of now; null once somebody in it was erased. */
  @JsonText({ nullable: true })
  sectionDigests: SectionDigest[] | null;

  @JsonText()
  @Field(() => [String], { description: 'The headings of the sections for which there was no data.' })
  missing: string[];

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether its content differs from the issue before; false for the first.' })
  isChanged: boolean;

  @JsonText()
  @Field(() => [SourceReferenceType], { description: 'What it was generated from, each with version and hash.' })
  sources: SourceReference[];

  @Column('uuid')
  issuedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was issued.' })
  issuedAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the next issue took its place; null before.' })
  archivedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Where the Markdown file lies; null until it was stored.' })
  markdownPath: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'SHA-256 of the Markdown file as it was stored.' })
  markdownFileHash: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Where the DOCX file lies; null until it was stored.' })
  docxPath: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'SHA-256 of the DOCX file as it was sent to the store.' })
  docxHash: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When both files were stored; null until then.' })
  storedAt: Date | null;
}
