import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum ActionState {
  OPEN = 'OPEN',
  DONE = 'DONE',
}
registerEnumType(ActionState, {
  name: 'ActionState',
  description: 'Whether an action was done.',
  valuesConfig: {
    OPEN: { description: 'Its owner does it by the due date.' },
    DONE: { description: 'It was done.' },
  },
});

/** Something that somebody does by a day, as agreed about a handoff (document 004 "actions with owners"). */
@Entity()
@ObjectType({ description: 'An action with owner and due date that was agreed about a handoff, as in its meeting.' })
export class ActionItem extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  /** The meeting that it came out of; null when it was agreed elsewhere. */
  @Column('uuid', { nullable: true })
  meetingId: string | null;

  @Column('text')
  @Field(() => String, { description: 'The number within the handoff, such as A-1.' })
  number: string;

  @Column('text')
  @Field(() => String, { description: 'What is to be done.' })
  text: string;

  @Column('uuid')
  ownerId: string;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The day by which it is to be done.' })
  dueOn: string;

  @Column('text')
  @Field(() => ActionState, { description: 'Whether it was done.' })
  state: ActionState;

  @Column('uuid')
  createdBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was written down.' })
  createdAt: Date;

  /** Whoever is given it is told once an assignment. */
  @Instant()
  @Field(() => DateTimeScalar, { description: 'When its owner was given it.' })
  assignedAt: Date;

  @Column('uuid', { nullable: true })
  doneBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was done; null before.' })
  doneAt: Date | null;

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'What came of it.' })
  remark: string | null;
}
