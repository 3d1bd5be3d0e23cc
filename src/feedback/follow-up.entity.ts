import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

/** What a return of a handoff calls for (document 004, "Rejection"). */
export enum FollowUpKind {
  REJECTED = 'REJECTED',
  REPEATED_RETURN = 'REPEATED_RETURN',
  COACHING = 'COACHING',
  PROCESS_REVIEW = 'PROCESS_REVIEW',
}
registerEnumType(FollowUpKind, {
  name: 'FollowUpKind',
  description: 'What a return of a handoff calls for (document 004, rejection).',
  valuesConfig: {
    REJECTED: { description: 'It was refused outright: sales leadership decides with its owner what becomes of it.' },
    REPEATED_RETURN: { description: 'It was returned again: sales leadership is told, one higher each time.' },
    COACHING: { description: 'Several handoffs of one rep were returned in a short time: they are coached.' },
    PROCESS_REVIEW: { description: 'Coaching was called for again: RevOps looks at the process.' },
  },
});

export enum FollowUpState {
  OPEN = 'OPEN',
  DONE = 'DONE',
}
registerEnumType(FollowUpState, {
  name: 'FollowUpState',
  description: 'Where a follow-up stands.',
  valuesConfig: {
    OPEN: { description: 'Somebody is to see to it.' },
    DONE: { description: 'Somebody did, and says what came of it.' },
  },
});

/** What follows from a return, once a return and kind: who sees to it, and what came of it. */
@Entity()
@ObjectType({ description: 'What follows from a return of a handoff: who sees to it, and what came of it.' })
export class FollowUp extends TenantOwned {
  @Column('text')
  @Field(() => FollowUpKind, { description: 'What is called for.' })
  kind: FollowUpKind;

  /** The return that called for it. */
  @Column('uuid')
  returnId: string;

  @Column('uuid')
  handoffId: string;

  /** Whose handoff it was. */
  @Column('uuid')
  repId: string;

  @Column('uuid')
  ownerId: string;

  /** The returns that it counts, oldest first; the last is the one that called for it. */
  @JsonText()
  returnIds: string[];

  @Column('text')
  @Field(() => FollowUpState, { description: 'Where it stands.' })
  state: FollowUpState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the return called for it.' })
  calledForAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, {
    description: 'When it was recorded; later than `calledForAt` when no worker was alive then.',
  })
  openedAt: Date;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What came of it; null while it is open.' })
  outcome: string | null;

  @Column('uuid', { nullable: true })
  settledBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When somebody saw to it; null before.' })
  settledAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}
