import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import type { Finding } from '../core/finding.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import { DealType, Tier } from '../handoff/handoff.entity.js';

/** What of an export would have to be there to prove an item, and is not. */
export enum ProofGap {
  NOT_IN_EXPORT = 'NOT_IN_EXPORT',
  SCOPE_TEXT = 'SCOPE_TEXT',
  SIGNATURE = 'SIGNATURE',
  APPROVAL_TIME = 'APPROVAL_TIME',
  PURCHASE_ORDER = 'PURCHASE_ORDER',
  MARGIN_AT_FLOOR = 'MARGIN_AT_FLOOR',
}
registerEnumType(ProofGap, {
  name: 'ProofGap',
  description: 'What would have proven an item and is missing in the export.',
  valuesConfig: {
    NOT_IN_EXPORT: { description: 'HaloPSA has no place for it: it stood in a mail, a document, or nowhere.' },
    SCOPE_TEXT: { description: 'The quotation has no text of its scope.' },
    SIGNATURE: { description: 'The quotation was not signed.' },
    APPROVAL_TIME: { description: 'The quotation does not say when it was approved.' },
    PURCHASE_ORDER: { description: 'There is no number of a purchase order.' },
    MARGIN_AT_FLOOR: { description: 'The margin is below a floor, or cannot be told.' },
  },
});

/** One item of the checklist that the deal would have had. */
@ObjectType({ description: 'One item of the checklist that a deal would have had, and whether its export proves it.' })
export class BacktestItem {
  @Field(() => String, { description: 'Its code.' })
  code: string;

  @Field(() => String, { description: 'What it asks for.' })
  label: string;

  @Field(() => Boolean, { description: 'Whether its tier requires it; only such items count.' })
  required: boolean;

  @Field(() => Int, { description: 'Its weight.' })
  weight: number;

  @Field(() => Boolean, { description: 'Whether the export could have proven it.' })
  proven: boolean;

  @Field(() => [ProofGap], { description: 'What is missing for that; empty when it is proven.' })
  lacks: ProofGap[];
}

/** Won deals of the past, judged as the gate would judge them now; nothing is handed over, and no vendor is told. */
@Entity()
@ObjectType({
  description:
    'Won deals of the past, judged as the gate would judge them now. No handoff is opened, no vendor is told.',
})
export class Backtest extends TenantOwned {
  @Column('uuid')
  configurationVersionId: string;

  @Column('int', { nullable: true })
  @Field(() => Int, {
    nullable: true,
    description: 'So many of the last won deals are read from the connected HaloPSA; null when deals are given.',
  })
  lastWon: number | null;

  @Column('int', { nullable: true })
  @Field(() => Int, { nullable: true, description: 'So many of these were found there; null before it was asked.' })
  found: number | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why HaloPSA could not be read, as a code; null when it could.' })
  problem: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What to do about it.' })
  remedy: string | null;

  @Column('uuid')
  startedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was started.' })
  startedAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When figures of it were first frozen as a baseline: no deal is added from then on.',
  })
  frozenAt: Date | null;
}

/** One deal as it was judged. Append-only; of the export the digest is kept, not the text. */
@Entity()
@ObjectType({ description: 'One won deal as it was judged. Of its export the digest is kept, not the text.' })
export class BacktestDeal extends TenantOwned {
  @Column('uuid')
  @Field(() => ID, { description: 'The back-test.' })
  backtestId: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The opportunity in HaloPSA; null when it could not be read.' })
  externalId: string | null;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the export as it was given, lower-case hex.' })
  rawDigest: string;

  /** Whether it counts in the figures; else its findings say why not. */
  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether it counts in the figures; its findings say why not.' })
  judged: boolean;

  @Column('date', { nullable: true })
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day on which it was won.' })
  wonOn: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The service template that it was judged by.' })
  serviceTemplate: string | null;

  @Column('text', { nullable: true })
  @Field(() => DealType, { nullable: true, description: 'The deal type that it was judged by.' })
  dealType: DealType | null;

  @Column('text', { nullable: true })
  @Field(() => Tier, { nullable: true, description: 'The tier that it would have had.' })
  tier: Tier | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Currency of its figures, ISO 4217.' })
  currency: string | null;

  @Column('bigint', { nullable: true })
  revenueMinor: bigint | null;

  @Column('bigint', { nullable: true })
  marginMinor: bigint | null;

  @Column('int', { nullable: true })
  @Sensitive('MARGIN')
  @Field(() => Int, {
    nullable: true,
    description: 'Its margin in basis points of the revenue, rounded down; null while a cost is unknown.',
  })
  marginBps: number | null;

  @Column('boolean', { nullable: true })
  @Sensitive('MARGIN')
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether a part of it is below its floor; null when that cannot be told, which is not "no".',
  })
  belowFloor: boolean | null;

  @Column('int')
  @Field(() => Int, { description: 'Weight of the required items; 0 when it could not be judged.' })
  requiredWeight: number;

  @Column('int')
  @Field(() => Int, { description: 'Weight of those that the export could have proven.' })
  provenWeight: number;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether nothing would have stopped it at the submit gate.' })
  complete: boolean;

  @JsonText()
  @Field(() => [BacktestItem], { description: 'The items of its checklist.' })
  items: BacktestItem[];

  @JsonText()
  findings: Finding[];

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was judged.' })
  judgedAt: Date;
}
