import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum DecisionKind {
  ASSUMPTION = 'ASSUMPTION',
  CONFLICT = 'CONFLICT',
  QUESTION = 'QUESTION',
  RISK = 'RISK',
}
registerEnumType(DecisionKind, {
  name: 'DecisionKind',
  description: 'What is to be decided.',
  valuesConfig: {
    ASSUMPTION: { description: 'An assumption that nobody has confirmed or refuted yet.' },
    CONFLICT: {
      description: 'What was promised, what the scope says and what the contract holds cannot all be true.',
    },
    QUESTION: { description: 'A question that delivery or sales put.' },
    RISK: { description: 'What is to be done about a risk.' },
  },
});

export enum DecisionState {
  OPEN = 'OPEN',
  RESOLVED = 'RESOLVED',
  OBSOLETE = 'OBSOLETE',
}
registerEnumType(DecisionState, {
  name: 'DecisionState',
  description: 'Whether an entry of the decision log was decided.',
  valuesConfig: {
    OPEN: { description: 'Its owner decides by the due date.' },
    RESOLVED: { description: 'Decided, with outcome and reason.' },
    OBSOLETE: { description: 'The question no longer arises, with the reason.' },
  },
});

/** An entry of the formal decision log (requirement 002 step 5: owner, due date, escalation path). */
@Entity()
@ObjectType({ description: 'An entry of the decision log: question, owner, due date, escalation contact, outcome.' })
export class Decision extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'The number within the handoff, such as D-1.' })
  number: string;

  @Column('text')
  @Field(() => DecisionKind, { description: 'What is to be decided.' })
  kind: DecisionKind;

  @Column('text')
  @Field(() => String, { description: 'The question.' })
  question: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What must be known to decide it.' })
  context: string | null;

  /** The assumption that it decides; at most one decision an assumption. */
  @Column('uuid', { nullable: true })
  assumptionId: string | null;

  /** Names what a rule found; at most one decision a cause, however often it is found. */
  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description:
      'What a rule found and opened it for, such as SCOPE_CONTRADICTED:leased-line; null when a person opened it.',
  })
  causeKey: string | null;

  @Column('uuid')
  ownerId: string;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The day by which it is to be decided.' })
  dueOn: string;

  /** Days on which it was due before, each until it was given another: a deadline that passed is not moved away. */
  @JsonText()
  earlierDues: { readonly dueOn: string; readonly until: string }[];

  @Column('uuid')
  escalationContactId: string;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether no kickoff may be scheduled while it is open.' })
  blocksKickoff: boolean;

  @Column('text')
  @Field(() => DecisionState, { description: 'Whether it was decided.' })
  state: DecisionState;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What was decided.' })
  outcome: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why.' })
  reason: string | null;

  @Column('uuid', { nullable: true })
  decidedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided.' })
  decidedAt: Date | null;

  /** Null where a rule opened it by itself. */
  @Column('uuid', { nullable: true })
  openedBy: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was opened.' })
  openedAt: Date;

  /** Whoever is given it, or another day for it, is told once an assignment. */
  @Instant()
  @Field(() => DateTimeScalar, { description: 'When its owner was given it, or another day for it.' })
  assignedAt: Date;

  @JsonText()
  @Field(() => [SourceReferenceType], { description: 'What it was opened from.' })
  sources: SourceReference[];
}
