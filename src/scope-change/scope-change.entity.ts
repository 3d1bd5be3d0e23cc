import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum ScopeChangeCause {
  MISSING = 'MISSING',
  WRONG = 'WRONG',
  AMBIGUOUS = 'AMBIGUOUS',
  CLIENT_REQUEST = 'CLIENT_REQUEST',
  VENDOR = 'VENDOR',
  OTHER = 'OTHER',
}
registerEnumType(ScopeChangeCause, {
  name: 'ScopeChangeCause',
  description: 'What a scope change comes from. The first three are traced to the handoff: each is an incident.',
  valuesConfig: {
    MISSING: { description: 'The handoff did not say it.' },
    WRONG: { description: 'The handoff said it, and it was not so.' },
    AMBIGUOUS: { description: 'The handoff said it so that it could be read in two ways.' },
    CLIENT_REQUEST: { description: 'The client wants something else than was sold.' },
    VENDOR: { description: 'A vendor changed what it sells, its price or its date.' },
    OTHER: { description: 'Something else; the description says what.' },
  },
});

export enum CauseItemType {
  CHECKLIST_ITEM = 'CHECKLIST_ITEM',
  STATEMENT = 'STATEMENT',
  ASSUMPTION = 'ASSUMPTION',
  COMMITMENT = 'COMMITMENT',
  RISK = 'RISK',
  STAKEHOLDER = 'STAKEHOLDER',
  DECISION = 'DECISION',
  MILESTONE = 'MILESTONE',
}
registerEnumType(CauseItemType, {
  name: 'CauseItemType',
  description: 'Which kind of item of the handoff was missing or wrong.',
  valuesConfig: {
    CHECKLIST_ITEM: { description: 'An item of the checklist.' },
    STATEMENT: { description: 'A statement of the content, such as a boundary of the scope.' },
    ASSUMPTION: { description: 'An assumption.' },
    COMMITMENT: { description: 'A promise made in the sale.' },
    RISK: { description: 'A named risk.' },
    STAKEHOLDER: { description: 'A person on either side.' },
    DECISION: { description: 'An entry of the decision log.' },
    MILESTONE: { description: 'A milestone of the project.' },
  },
});

export enum ScopeChangeState {
  REQUESTED = 'REQUESTED',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  WITHDRAWN = 'WITHDRAWN',
  EXPIRED = 'EXPIRED',
  REBASELINED = 'REBASELINED',
}
registerEnumType(ScopeChangeState, {
  name: 'ScopeChangeState',
  description: 'Where a scope change stands; it follows from its approval request and the time.',
  valuesConfig: {
    REQUESTED: { description: 'Votes are awaited.' },
    APPROVED: { description: 'Approved; the baseline has not moved yet.' },
    REJECTED: { description: 'Voted down, for good.' },
    WITHDRAWN: { description: 'Taken back by whoever asked.' },
    EXPIRED: { description: 'Overdue: not decided in time, or approved and not used in time. Ask anew.' },
    REBASELINED: { description: 'The baseline has moved by it.' },
  },
});

/**
 * A change of scope after the sign-off, with its effect on the margin and its cause (design 1; features 16 and 18). What
 * was asked is never changed: another change is another row. Its state is that of its approval request.
 */
@Entity()
@ObjectType({
  description: 'A change of scope after the sign-off: effect on budget, margin and dates, and what caused it.',
})
export class ScopeChange extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'The number within the handoff, such as SC-1.' })
  number: string;

  /** The version of the baseline that it was computed against. */
  @Column('uuid')
  baselineId: string;

  @Column('int')
  @Field(() => Int, {
    description: 'The version of the budget baseline that it changes; of another one it changes nothing.',
  })
  baselineVersion: number;

  @Column('text')
  @Field(() => String, { description: 'What changes.' })
  description: string;

  @Column('text')
  @Field(() => ScopeChangeCause, { description: 'What it comes from.' })
  cause: ScopeChangeCause;

  @Column('text', { nullable: true })
  @Field(() => CauseItemType, {
    nullable: true,
    description: 'Which kind of item of the handoff was missing or wrong; null for a cause outside of the handoff.',
  })
  causeItemType: CauseItemType | null;

  /** Checked when it is asked; an item may be removed later, so that it is no foreign key. */
  @Column('uuid', { nullable: true })
  @Field(() => ID, {
    nullable: true,
    description: 'The item that was wrong or ambiguous; null also where the item was missing altogether.',
  })
  causeItemId: string | null;

  @Column('int')
  @Field(() => Int, { description: 'By how many business days the rest of the plan moves; negative is earlier.' })
  dateEffectDays: number;

  @Column('text')
  hoursEffect: string;

  @Column('text')
  @Field(() => String, { description: 'ISO 4217 currency of all its money.' })
  currency: string;

  @Column('bigint')
  baselinePriceMinor: bigint;

  @Column('bigint')
  baselineCostMinor: bigint;

  @Column('bigint')
  proposedPriceMinor: bigint;

  @Column('bigint')
  proposedCostMinor: bigint;

  /** Proposed margin less the baseline's; the database checks it against the four sums. */
  @Column('bigint')
  marginEffectMinor: bigint;

  @Column('int', { nullable: true })
  @Sensitive('MARGIN')
  @Field(() => Int, {
    nullable: true,
    description:
      "Proposed margin rate less the baseline's, in basis points, rounded down; null where one of them has no rate.",
  })
  marginEffectBps: number | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The https link to what proves it.' })
  evidenceUrl: string | null;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of what is asked for (RFC 8785): what the approvers vote on.' })
  contentDigest: string;

  @Column('uuid')
  requestId: string;

  @Column('uuid')
  requestedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  requestedAt: Date;

  /** The version that it made. */
  @Column('uuid', { nullable: true })
  newBaselineId: string | null;

  @Column('uuid', { nullable: true })
  rebaselinedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the baseline moved by it; null until then.' })
  rebaselinedAt: Date | null;
}

/** One budget type of a scope change: what the baseline says and what it is to say. Append-only. */
@Entity()
@ObjectType({ description: 'One budget type that a scope change changes or adds: what stands, and what is to stand.' })
export class ScopeChangeLine extends TenantOwned {
  @Column('uuid')
  scopeChangeId: string;

  @Column('int')
  @Field(() => Int, { description: 'Its place in the changed baseline, from 1.' })
  position: number;

  @Column('text')
  @Field(() => String, { description: 'The key of the budget type.' })
  budgetType: string;

  @Column('text')
  @Field(() => String, { description: 'The name of the budget type.' })
  label: string;

  @Column('text', { nullable: true })
  @Field(() => DecimalScalar, { nullable: true, description: 'Hours that the baseline has; null for an added line.' })
  formerHours: string | null;

  @Column('bigint', { nullable: true })
  formerCostMinor: bigint | null;

  @Column('bigint', { nullable: true })
  formerPriceMinor: bigint | null;

  @Column('text')
  @Field(() => DecimalScalar, { description: 'Hours that it is to have.' })
  hours: string;

  @Column('bigint')
  costMinor: bigint;

  @Column('bigint')
  priceMinor: bigint;
}

/** The client's agreement to a changed price: a signed change order, by link and hash. */
@Entity()
@ObjectType({ description: "The client's agreement to a scope change: the signed change order." })
export class ChangeOrder extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  scopeChangeId: string;

  @Column('text')
  @Field(() => String, { description: 'The https link to the signed document.' })
  documentUrl: string;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the content of the document, lower-case hex.' })
  contentHash: string;

  @Column('text')
  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'Who signed for the client.' })
  signer: string;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The day of the signature.' })
  signedOn: string;

  @Column('uuid')
  recordedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  recordedAt: Date;
}
