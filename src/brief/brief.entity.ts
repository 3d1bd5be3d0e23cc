import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import type { StoredBriefDocument } from './brief.document.js';

export enum BriefState {
  DRAFT = 'DRAFT',
  RELEASED = 'RELEASED',
}
registerEnumType(BriefState, {
  name: 'BriefState',
  description: 'Whether a named person stands behind the brief.',
  valuesConfig: {
    DRAFT: { description: 'Generated; nobody has read it. It counts as nothing and never leaves for a client.' },
    RELEASED: { description: 'A named person has read it and stands behind it.' },
  },
});

/**
 * One version of the handoff document, generated from the data; every statement carries its source (requirement 002
 * step 3). The content never changes: the application role may update only release and storage. The structured
 * document is kept beside its Markdown so that the worker makes the DOCX from exactly what was hashed. Names and
 * contacts are no part of either: they are personal texts, which can be erased (brief.personal.ts).
 */
@Entity()
@ObjectType({ description: 'One version of the generated handoff document. Its content never changes.' })
export class Brief extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('int')
  @Field(() => Int, { description: "Counts the handoff's briefs from 1." })
  version: number;

  @Column('text')
  @Field(() => BriefState, { description: 'Whether a named person stands behind it.' })
  state: BriefState;

  @JsonText()
  document: StoredBriefDocument;

  /** The text with names withheld. */
  @Column('text')
  markdown: string;

  @Column('text')
  @Field(() => String, {
    description:
      'SHA-256 (UTF-8, lower-case hex) of the Markdown text with names and contacts withheld: it still fits when one of them has been erased.',
  })
  markdownHash: string;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the Markdown file as it was stored, with names and contacts; null until the worker has.',
  })
  markdownFileHash: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the DOCX file as it was stored; null until the worker has.',
  })
  docxHash: string | null;

  @Column('int')
  @Field(() => Int, { description: 'How many statements it makes; each has its source.' })
  statementCount: number;

  @Column('uuid')
  dealSnapshotId: string;

  @Column('uuid', { nullable: true })
  baselineId: string | null;

  @JsonText()
  @Field(() => [SourceReferenceType], {
    description: 'What it was generated from: configuration, deal snapshot, baseline, evidence.',
  })
  sources: SourceReference[];

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was generated.' })
  createdAt: Date;

  /** The person or job that asked for it. */
  @Column('text')
  createdBy: string;

  @Column('uuid', { nullable: true })
  releasedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was released; null while it is a draft.' })
  releasedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Where the Markdown file lies in the document store; null until the worker has stored it.',
  })
  markdownPath: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Where the DOCX file lies in the document store; null until the worker has stored it.',
  })
  docxPath: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the worker stored both files; null until then.' })
  storedAt: Date | null;
}
