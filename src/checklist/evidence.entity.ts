import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import { Side } from '../handoff/content.entity.js';

export enum EvidenceForm {
  DOCUMENT = 'DOCUMENT',
  CERTIFICATE = 'CERTIFICATE',
  RECORD = 'RECORD',
  STATEMENT = 'STATEMENT',
}
registerEnumType(EvidenceForm, {
  name: 'EvidenceKind',
  description: 'The form of a piece of evidence.',
  valuesConfig: {
    DOCUMENT: { description: 'A linked document with the SHA-256 of its content.' },
    CERTIFICATE: { description: "The e-signature platform's certificate." },
    RECORD: { description: 'The id of a record in another system.' },
    STATEMENT: { description: 'A text written here.' },
  },
});

export enum EvidenceState {
  SUBMITTED = 'SUBMITTED',
  VERIFIED = 'VERIFIED',
  REJECTED = 'REJECTED',
}
registerEnumType(EvidenceState, {
  name: 'EvidenceState',
  description: 'What was said of a piece of evidence.',
  valuesConfig: {
    SUBMITTED: { description: 'Given; nobody has judged it.' },
    VERIFIED: { description: 'Somebody else than its provider verified it.' },
    REJECTED: { description: 'Somebody else rejected it, with a reason.' },
  },
});

export enum EvidenceLoss {
  DOCUMENT_CHANGED = 'DOCUMENT_CHANGED',
  DOCUMENT_DELETED = 'DOCUMENT_DELETED',
}
registerEnumType(EvidenceLoss, {
  name: 'EvidenceLoss',
  description: 'What happened to the document behind a piece of evidence, so that it proves nothing any more.',
  valuesConfig: {
    DOCUMENT_CHANGED: { description: 'Its content was replaced after it was given.' },
    DOCUMENT_DELETED: { description: 'It was deleted where the link leads.' },
  },
});

@ObjectType('EvidenceSigner', { description: 'A person who signs the document.' })
export class SignerType {
  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'The name.' })
  name: string;

  @Field(() => Side, { description: 'Whose signature it is; PROVIDER is the counter-signature.' })
  side: Side;

  @Field(() => LocalDateScalar, { nullable: true, description: 'The day of signature; null while it is missing.' })
  signedOn: string | null;
}

/**
 * One proof of one item: immutable but for its verdict and its loss (the application may update only those columns). Several may
 * follow each other; the latest counts. Its verifier is never its provider: the database refuses that too.
 */
@Entity()
@ObjectType({
  description: 'One proof of a checklist item: link, content hash, signers, dates, and the terms it stood on.',
})
export class Evidence extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  itemId: string;

  @Column('int')
  @Field(() => Int, { description: "Counts the item's evidence from 1; the latest counts." })
  sequence: number;

  @Column('text')
  @Field(() => EvidenceForm, { description: 'Its form.' })
  kind: EvidenceForm;

  @Column('text')
  @Field(() => String, { description: 'The title.' })
  title: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The link to the document; https.' })
  documentUrl: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The id of the document or record in its system.' })
  documentId: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The version of the document, as its system counts.' })
  documentVersion: string | null;

  @Column('text')
  @Field(() => String, {
    description:
      'SHA-256, lower-case hex: of the content of the document; of the text of a statement; of the reference to a record.',
  })
  contentHash: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The text of a statement.' })
  statement: string | null;

  @JsonText()
  @Field(() => [SignerType], { description: 'Everybody who signs, with the day of signature.' })
  signers: SignerType[];

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'The link to the e-signature certificate of an executed contract; https.',
  })
  certificateUrl: string | null;

  @Column('date', { nullable: true })
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: 'How current the information is; its age counts from here.',
  })
  documentDate: string | null;

  @Column('text')
  @Field(() => EvidenceState, { description: 'What was said of it.' })
  state: EvidenceState;

  @Column('uuid')
  submittedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was given.' })
  submittedAt: Date;

  @Column('uuid', { nullable: true })
  verifiedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was verified or rejected.' })
  verifiedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it was rejected.' })
  rejectionReason: string | null;

  @Column('text', { nullable: true })
  @Field(() => EvidenceLoss, {
    nullable: true,
    description: 'Why it proves nothing any more although nobody rejected it; null as long as its document stands.',
  })
  invalidReason: EvidenceLoss | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When that was found out.' })
  invalidAt: Date | null;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the governed terms when it was given.' })
  termsDigest: string;

  @Column('int')
  @Field(() => Int, { description: 'The content version of the governed terms when it was given.' })
  termsRevision: number;

  /** SHA-256 of the quotation's scope text when it was given; null when the quotation had none. */
  @Column('text', { nullable: true })
  quotedScopeHash: string | null;

  /** Content hash of the signed scope document when it was given; null before there was one. */
  @Column('text', { nullable: true })
  signedScopeHash: string | null;
}

/** The source reference of a piece of evidence, for every decision that relies on it. */
export function evidenceSource({
  id,
  sequence,
  contentHash,
}: Pick<Evidence, 'id' | 'sequence' | 'contentHash'>): SourceReference {
  return { type: 'EVIDENCE', id, version: String(sequence), hash: contentHash };
}
