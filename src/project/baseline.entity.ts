import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, DecimalScalar } from '../core/graphql/scalars.js';
import { SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum BaselineReason {
  SUBMIT = 'SUBMIT',
  RETURN = 'RETURN',
  REBASELINE = 'REBASELINE',
}
registerEnumType(BaselineReason, {
  name: 'BaselineReason',
  description: 'Why a version of the budget baseline was made.',
  valuesConfig: {
    SUBMIT: { description: 'The first: the handoff passed the submit gate.' },
    RETURN: { description: 'The handoff came back after a return with changed terms or plan.' },
    REBASELINE: { description: 'An approved rebaseline after the sign-off.' },
  },
});

/**
 * One immutable version of the budget; the current one is the highest version. The application role may only add
 * versions: nobody edits one afterwards (design 1; requirement 002 step 2).
 */
@Entity()
@ObjectType({ description: "One immutable version of the project's budget. The current one is the highest version." })
export class BudgetBaseline extends TenantOwned {
  @Column('uuid')
  projectId: string;

  @Column('uuid')
  handoffId: string;

  @Column('int')
  @Field(() => Int, { description: "Counts the handoff's baselines from 1." })
  version: number;

  @Column('text')
  @Field(() => String, { description: 'ISO 4217 currency of all its money.' })
  currency: string;

  @Column('uuid')
  dealSnapshotId: string;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the governed terms that it stands on.' })
  termsDigest: string;

  @Column('int')
  @Field(() => Int, { description: 'The content version of those terms.' })
  termsRevision: number;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 over its lines (RFC 8785).' })
  contentDigest: string;

  @Column('text')
  @Field(() => String, {
    description: 'SHA-256 over the plan that it budgets: task pack, milestones, tasks and their days (RFC 8785).',
  })
  planDigest: string;

  @Column('uuid', { nullable: true })
  supersedesId: string | null;

  @Column('text')
  @Field(() => BaselineReason, { description: 'Why it was made.' })
  reason: BaselineReason;

  @JsonText()
  @Field(() => [SourceReferenceType], { description: 'What it was made from: configuration and deal snapshot.' })
  sources: SourceReference[];

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt: Date;

  /** The person or job that made it. */
  @Column('text')
  createdBy: string;
}

/** The budget of one budget type within a baseline. */
@Entity()
@ObjectType({ description: 'The budget of one budget type: hours, cost and price over the contract.' })
export class BudgetBaselineLine extends TenantOwned {
  @Column('uuid')
  baselineId: string;

  @Column('int')
  @Field(() => Int, { description: 'Its place, from 1.' })
  position: number;

  @Column('text')
  @Field(() => String, { description: 'The key of the budget type; once a baseline.' })
  budgetType: string;

  @Column('text')
  @Field(() => String, { description: 'The name of the budget type.' })
  label: string;

  @Column('text')
  @Field(() => DecimalScalar, { description: 'Hours: those sold, or the estimates of its tasks where none are sold.' })
  hours: string;

  @Column('bigint', { nullable: true })
  costMinor: bigint | null;

  @Column('bigint')
  priceMinor: bigint;
}
