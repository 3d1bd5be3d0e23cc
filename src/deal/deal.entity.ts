import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import type { Finding } from '../core/finding.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import type { Billing, BillingPeriod, LineKind } from './terms.rules.js';

/** The MSP's customer. */
@Entity()
@ObjectType({ description: 'A customer of your MSP.' })
export class Client extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: "The customer's name, as the PSA has it." })
  name: string;

  /** The id in the PSA; unique a tenant. Null for a prospect, whom the PSA knows by name alone. */
  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'The id of the client in HaloPSA; null while it is a prospect, known by name alone.',
  })
  externalId: string | null;

  @Instant()
  createdAt: Date;
}

/** The opportunity as the PSA knows it; what it said at each time stands in its snapshots. */
@Entity()
@ObjectType({ description: 'A deal: the opportunity as the PSA knows it.' })
export class Deal extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'Where it came from: HALOPSA.' })
  source: string;

  @Column('text')
  @Field(() => String, { description: 'The id of the opportunity there.' })
  externalId: string;

  @Column('uuid')
  clientId: string;

  @Column('text')
  @Field(() => String, { description: 'The summary of the opportunity.' })
  title: string;

  /** Revision and snapshot of the current content. */
  @Column('int')
  @Field(() => Int, { description: 'The revision of the current snapshot; the same content twice makes none.' })
  currentRevision: number;

  @Column('uuid')
  currentSnapshotId: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was first imported.' })
  createdAt: Date;
}

/** What the PSA said at one time, immutable: the terms read from the payload, and both digests. */
@Entity()
@ObjectType({ description: 'What the PSA said of a deal at one time. Immutable.' })
export class DealSnapshot extends TenantOwned {
  @Column('uuid')
  dealId: string;

  @Column('int')
  @Field(() => Int, { description: "Counts the deal's snapshots from 1." })
  revision: number;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the payload as it came.' })
  rawDigest: string;

  /** NormalisedTerms as canonical JSON text (terms.rules.ts). */
  @Column('text')
  terms: string;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the normalised terms (RFC 8785): what approvals are bound to.' })
  termsDigest: string;

  @Column('text')
  @Field(() => String, { description: 'ISO 4217 currency of all its money.' })
  currency: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The stage of the opportunity in the PSA, in its own words.' })
  stageName: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: "The client's purchase order number, as the quotation has it." })
  purchaseOrder: string | null;

  /** Findings of the import, kept: a missing cost stays missing. */
  @JsonText()
  findings: Finding[];

  /** The person, or the API key. */
  @Column('text')
  importedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was imported.' })
  importedAt: Date;

  @Column('date', { nullable: true })
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: "The day, in the tenant's time zone, on which the PSA says the deal was won.",
  })
  wonOn: string | null;
}

/**
 * The payload of a snapshot as it came, byte for byte; its id is the snapshot's. A row of its own, so that a list of
 * snapshots never reads up to a megabyte of text a row. It names people of the client and of the MSP, so both texts are
 * sealed under a key of the snapshot's (deal.payload.ts): once that is destroyed, the digests stay and the texts do not.
 */
@Entity()
export class DealPayload extends TenantOwned {
  /** The payload, sealed. */
  @Column('text')
  raw: string;

  /** What was read from it beside the terms, sealed: scope, risk, contact ... (ImportedDeal as JSON). */
  @Column('text')
  imported: string;
}

/** The source reference of a snapshot, for every decision that reads the deal's terms. */
export function snapshotSource(snapshot: Pick<DealSnapshot, 'id' | 'revision' | 'termsDigest'>): SourceReference {
  const { id, revision, termsDigest } = snapshot;
  return { type: 'DEAL_SNAPSHOT', id, version: String(revision), hash: termsDigest };
}

/** One line of the quotation within a snapshot. */
@Entity()
@ObjectType({ description: 'One line of the quotation.' })
export class QuoteLine extends TenantOwned {
  @Column('uuid')
  dealSnapshotId: string;

  @Column('int')
  @Field(() => Int, { description: 'The place in the quotation, from 1.' })
  position: number;

  @Column('text')
  @Field(() => String, {
    description: 'What kind of thing is sold: LABOUR, HARDWARE, SOFTWARE, LICENCE, SERVICE or OTHER.',
  })
  kind: LineKind;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The product code in the PSA, if the line has one.' })
  productCode: string | null;

  @Column('text')
  @Field(() => String, { description: 'What is sold.' })
  description: string;

  @Column('text')
  @Field(() => DecimalScalar, { description: 'How many.' })
  quantity: string;

  @Column('text')
  @Sensitive('COMMERCIAL')
  @Field(() => DecimalScalar, {
    description:
      "Price of one (and of a billing period), in major units of the snapshot's currency, before the discount.",
  })
  unitPrice: string;

  @Column('text')
  @Sensitive('COMMERCIAL')
  @Field(() => DecimalScalar, { description: 'Percent off price times quantity, 0 to 100.' })
  discountPercent: string;

  @Column('text')
  @Sensitive('COMMERCIAL')
  @Field(() => DecimalScalar, { description: 'Major units off the whole line, after the percentage.' })
  discountAmount: string;

  @Column('text', { nullable: true })
  @Sensitive('COST')
  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Cost of one; null when the PSA gave none (COST_MISSING), never a guess.',
  })
  unitCost: string | null;

  @Column('text')
  @Field(() => String, { description: 'ONE_OFF or RECURRING.' })
  billing: Billing;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'MONTHLY, QUARTERLY, ANNUAL ... of a recurring line.' })
  billingPeriod: BillingPeriod | null;

  @Column('int', { nullable: true })
  @Field(() => Int, {
    nullable: true,
    description: 'Billing periods of the agreed term of a recurring line; null when it rolls on.',
  })
  periods: number | null;

  /** Minor units: of the line, or of one period of a recurring line. */
  @Column('bigint')
  totalMinor: bigint;

  @Column('bigint', { nullable: true })
  costMinor: bigint | null;
}
