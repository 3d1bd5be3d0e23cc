import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

/** What of a plan can be done. */
export enum ActualsMarkKind {
  MILESTONE = 'MILESTONE',
  TASK = 'TASK',
}
registerEnumType(ActualsMarkKind, {
  name: 'ActualsMarkKind',
  description: 'What of a plan can be done.',
  valuesConfig: {
    MILESTONE: { description: 'A milestone: done with the last of its tasks.' },
    TASK: { description: 'A task.' },
  },
});

/**
 * What the delivery system said of a project at one time, immutable: the application role may only add. Nothing here is
 * typed in by a person, and no forecast stands here: forecasts follow from it (actuals.rules.ts).
 */
@Entity()
@ObjectType({
  description:
    'What the delivery system said of a project at one time. Immutable; a read that says the same as the one before makes none.',
})
export class ActualsSnapshot extends TenantOwned {
  @Column('uuid')
  projectId: string;

  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'The system that it was read from: HALOPSA.' })
  source: string;

  @Column('text')
  @Field(() => String, { description: 'The id of the project there.' })
  sourceId: string;

  @Instant()
  @Field(() => DateTimeScalar, {
    description: "The project's last change that this read saw, by that system's own clock.",
  })
  takenAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the read began, by our clock.' })
  readAt: Date;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 over everything that was read (RFC 8785).' })
  digest: string;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the project was closed there, by its clock; null while it is open.',
  })
  closedAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the deal was closed as won there, by its clock; null when it does not say.',
  })
  wonAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When delivery first reached out to the client after the win, by that clock; null until then.',
  })
  firstContactAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: "How many of the project's to-dos are done there." })
  todosDone: number;

  @Column('int')
  @Field(() => Int, { description: 'How many to-dos the project has there.' })
  todosTotal: number;

  @Column('text')
  @Field(() => String, { description: 'ISO 4217 currency of its amounts.' })
  currency: string;
}

/** What was spent on one budget of the delivery system, and what remains of it. */
@Entity()
@ObjectType({ description: 'What was spent on one budget of the delivery system, and what remains of it.' })
export class ActualsLine extends TenantOwned {
  @Column('uuid')
  snapshotId: string;

  @Column('int')
  @Field(() => Int, { description: 'Its place, from 1.' })
  position: number;

  @JsonText()
  @Field(() => [String], {
    description:
      'The keys of the budget types that it answers for: several where the delivery system keeps them as one, none for a budget that the baseline does not have.',
  })
  budgetTypes: string[];

  @Column('int')
  @Field(() => Int, { description: 'Minutes booked.' })
  actualMinutes: number;

  @Column('int')
  @Field(() => Int, { description: 'Minutes that remain as the delivery system counts them; negative when overspent.' })
  remainingMinutes: number;

  @Column('bigint', { nullable: true })
  actualCostMinor: bigint | null;
}

/** A milestone or task of ours that is done there. */
@Entity()
@ObjectType({ description: 'A milestone or task that is done in the delivery system.' })
export class ActualsMark extends TenantOwned {
  @Column('uuid')
  snapshotId: string;

  @Column('text')
  @Field(() => ActualsMarkKind, { description: 'What it is.' })
  kind: ActualsMarkKind;

  /** The milestone or task. */
  @Column('uuid')
  ownId: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: "When it was done, by the delivery system's clock." })
  doneAt: Date;
}

/** Which snapshot of a project is current: the watermark behind which no late read comes in. */
@Entity()
export class ActualsCursor extends TenantOwned {
  @Column('uuid')
  projectId: string;

  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  snapshotId: string;

  /** Of the newest read, also of one that said the same. */
  @Instant()
  takenAt: Date;

  @Instant()
  readAt: Date;
}
