import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum CommitmentChannel {
  WRITTEN = 'WRITTEN',
  VERBAL = 'VERBAL',
}
registerEnumType(CommitmentChannel, {
  name: 'CommitmentChannel',
  description: 'How a promise was made.',
  valuesConfig: {
    WRITTEN: { description: 'In a mail, a proposal, a chat.' },
    VERBAL: { description: 'By word of mouth, not in the contract (document 003).' },
  },
});

export enum CommitmentState {
  OPEN = 'OPEN',
  SCOPE_LINE = 'SCOPE_LINE',
  TASK = 'TASK',
  DECLINED = 'DECLINED',
}
registerEnumType(CommitmentState, {
  name: 'CommitmentState',
  description: 'What became of a promise. Every one needs a home before the handoff is submitted.',
  valuesConfig: {
    OPEN: { description: 'Without a home; blocks submit.' },
    SCOPE_LINE: { description: 'It is part of what was sold: the reference names the line or clause.' },
    TASK: { description: 'Delivery does it: the reference names the task.' },
    DECLINED: { description: 'It will not be kept: the reason says why, and what the client was told.' },
  },
});

/** A promise made in the sale, written or verbal (documents 003 and 004, commitment log). */
@Entity()
@ObjectType({
  description: 'A promise made in the sale, written or verbal; it ends as a scope line, a task, or declined.',
})
export class Commitment extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'What was promised.' })
  text: string;

  @Column('text')
  @Field(() => CommitmentChannel, { description: 'How it was promised.' })
  channel: CommitmentChannel;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The day on which it was promised.' })
  madeOn: string;

  @Column('uuid')
  madeBy: string;

  @Column('text')
  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'To whom it was promised.' })
  promisedTo: string;

  @Column('text')
  @Field(() => String, { description: 'Where it comes from: a mail, a call, a meeting.' })
  source: string;

  @Column('date', { nullable: true })
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day by which it was promised.' })
  dueOn: string | null;

  /** What it is about, so that it can be compared with the statements of the scope. */
  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'A key of what it is about, such as leased-line: what the scope excludes by it is a conflict.',
  })
  topic: string | null;

  @Column('text', { nullable: true })
  @Field(() => DecimalScalar, { nullable: true, description: 'The hours of work that were promised, if any were.' })
  promisedHours: string | null;

  @Column('text', { nullable: true })
  @Sensitive('COMMERCIAL')
  @Field(() => DecimalScalar, {
    nullable: true,
    description: "What was promised in money, in major units of the deal's currency, if anything was.",
  })
  promisedAmount: string | null;

  /** The earlier handoff that the row was carried over from. */
  @Column('uuid', { nullable: true })
  @Field(() => ID, {
    nullable: true,
    description: 'The earlier handoff that it was carried over from, as its source; null when it was written here.',
  })
  carriedFromId: string | null;

  @Column('text')
  @Field(() => CommitmentState, { description: 'What became of it.' })
  state: CommitmentState;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The scope line or task that it became.' })
  resolutionReference: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it was declined, or a remark.' })
  resolutionReason: string | null;

  /** The content version of the terms in which it was given its home: in other terms the line may say something else. */
  @Column('int', { nullable: true })
  @Field(() => Int, {
    nullable: true,
    description: 'The content version of the terms in which it was given its home; null before.',
  })
  resolutionTermsRevision: number | null;

  @Column('uuid', { nullable: true })
  resolvedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was given its home.' })
  resolvedAt: Date | null;

  @Column('uuid')
  recordedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was written down.' })
  recordedAt: Date;
}

/** Somebody said that nothing was promised beside the contract: a blank and a "none" are not the same (document 004). */
@Entity()
@ObjectType({ description: 'The statement that nothing was promised beside the contract.' })
export class CommitmentDeclaration extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  declaredBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was declared.' })
  declaredAt: Date;
}
