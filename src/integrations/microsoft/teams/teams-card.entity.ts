import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../../core/column.js';
import { DateTimeScalar } from '../../../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../../../core/table.js';

/** What a card says of its subject. */
export enum CardEvent {
  OPENED = 'OPENED',
  REASSIGNED = 'REASSIGNED',
  DECIDED = 'DECIDED',
  OVERDUE = 'OVERDUE',
  REQUESTED = 'REQUESTED',
  ANSWERED = 'ANSWERED',
  SUBMITTED = 'SUBMITTED',
  SIGNED_OFF = 'SIGNED_OFF',
  RAISED = 'RAISED',
  DIGEST = 'DIGEST',
}
registerEnumType(CardEvent, {
  name: 'CardEvent',
  description: 'What a Teams card says of its subject.',
  valuesConfig: {
    OPENED: { description: 'An entry of the decision log was opened.' },
    REASSIGNED: { description: 'An entry of the decision log has changed its owner or due date.' },
    DECIDED: { description: 'An entry of the decision log was decided, or is obsolete.' },
    OVERDUE: { description: 'An entry of the decision log is open past its due date: the escalation.' },
    REQUESTED: { description: 'An approval request awaits votes.' },
    ANSWERED: { description: 'An approval request was decided or withdrawn.' },
    SUBMITTED: { description: 'A handoff awaits the sign-off of delivery.' },
    SIGNED_OFF: { description: 'A handoff was signed off: its digest.' },
    RAISED: { description: 'An alert was raised.' },
    DIGEST: { description: 'One card for several that came in a quiet time or too fast.' },
  },
});

/** Where a card stands. */
export enum CardState {
  WAITING = 'WAITING',
  ASKED = 'ASKED',
  POSTED = 'POSTED',
  NOT_NEEDED = 'NOT_NEEDED',
}
registerEnumType(CardState, {
  name: 'CardState',
  description: 'Where a Teams card stands.',
  valuesConfig: {
    WAITING: { description: 'Held back; `waitsFor` says why. It goes out by itself.' },
    ASKED: { description: 'The outbox has it, alone or in the digest of `digestId`.' },
    POSTED: { description: 'In the channel, alone or in the digest of `digestId`.' },
    NOT_NEEDED: { description: 'When its turn came, what it was to say was no longer so.' },
  },
});

/** Why a card is held back. */
export enum CardHold {
  QUIET_HOURS = 'QUIET_HOURS',
  DIGEST = 'DIGEST',
  BURST = 'BURST',
}
registerEnumType(CardHold, {
  name: 'CardHold',
  description: 'Why a Teams card is held back.',
  valuesConfig: {
    QUIET_HOURS: { description: "It is outside of the tenant's working hours." },
    DIGEST: { description: 'The channel gets one digest a day.' },
    BURST: { description: 'The channel has had as many cards as it takes in this time.' },
  },
});

/** How a card was posted. */
export enum CardWay {
  WEBHOOK = 'WEBHOOK',
  DELEGATED = 'DELEGATED',
}
registerEnumType(CardWay, {
  name: 'CardWay',
  description: 'How a Teams card was posted.',
  valuesConfig: {
    WEBHOOK: { description: 'By the Workflows webhook: it has no message id and cannot be changed.' },
    DELEGATED: { description: 'On behalf of the person who acted: it has a message id.' },
  },
});

/** A card that a channel is to have, from when it was wanted: posted, in a digest, or not needed; never lost. */
@Entity()
@ObjectType({ description: 'A card that a Teams channel is to have, and what became of it.' })
export class TeamsCard extends TenantOwned {
  @Column('uuid')
  @Field(() => ID, { description: 'The connection to the channel.' })
  integrationId: string;

  @Column('text')
  @Field(() => String, { description: 'The kind of record that it is about, such as Decision.' })
  subjectType: string;

  @Column('uuid')
  @Field(() => ID, { description: 'The id of that record.' })
  subjectId: string;

  @Column('text')
  @Field(() => CardEvent, { description: 'What it says.' })
  event: CardEvent;

  /** Names the state of the subject that it is about: each is told once a channel. */
  @Column('text')
  mark: string;

  @Column('text')
  @Field(() => CardState, { description: 'Where it stands.' })
  state: CardState;

  @Column('text', { nullable: true })
  @Field(() => CardHold, { nullable: true, description: 'Why it is held back; null when it is not.' })
  waitsFor: CardHold | null;

  @Column('uuid', { nullable: true })
  @Field(() => ID, { nullable: true, description: 'The digest that names it; null for a card of its own.' })
  digestId: string | null;

  /** Whose change it tells: they may post it themselves while they are present. */
  @Column('uuid', { nullable: true })
  actorId: string | null;

  @Column('text', { nullable: true })
  @Field(() => CardWay, {
    nullable: true,
    description: 'How it was posted; null before that, and when a person saw to it.',
  })
  way: CardWay | null;

  /** The id of its message, and of the one that it replies to, where they are known. */
  @Column('text', { nullable: true })
  messageId: string | null;

  @Column('text', { nullable: true })
  threadId: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'The address of its message in Teams; null where none is known.',
  })
  webUrl: string | null;

  /** Who posted it; only they can change it. */
  @Column('uuid', { nullable: true })
  senderId: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Since when it is wanted.' })
  wantedAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the outbox was asked for it.' })
  askedAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was posted, or found not to be needed.' })
  settledAt: Date | null;
}
