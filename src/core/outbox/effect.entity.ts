import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../column.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../table.js';

/** Where a side effect stands. */
export enum EffectState {
  PENDING = 'PENDING',
  DONE = 'DONE',
  UNKNOWN = 'UNKNOWN',
  DEAD = 'DEAD',
  PARKED = 'PARKED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(EffectState, {
  name: 'EffectState',
  description: 'Where a side effect stands.',
  valuesConfig: {
    PENDING: { description: 'Waits for its turn, its time, its vendor or its next attempt.' },
    DONE: { description: 'Done; the receipt says with what.' },
    UNKNOWN: { description: 'It was sent and the answer never came: the vendor may have done it. Never sent blindly.' },
    DEAD: { description: 'Given up: refused by the vendor, or failed too often. An administrator may retry it.' },
    PARKED: { description: 'Held back until an administrator decides, such as after a restore.' },
    CANCELLED: { description: 'Will not be done; the reason says why.' },
  },
});

/** How an effect may be repeated when it is not known whether it was done (reliability 2, rule 4). */
export enum EffectClass {
  PUT = 'PUT',
  LOOKUP = 'LOOKUP',
  CONFIRM = 'CONFIRM',
}
registerEnumType(EffectClass, {
  name: 'EffectClass',
  description: 'How an effect may be repeated when it is not known whether it was done.',
  valuesConfig: {
    PUT: { description: 'Done twice is done once: repeated freely.' },
    LOOKUP: { description: 'The vendor is asked first whether it has it already.' },
    CONFIRM: { description: 'The vendor cannot be asked: a person looks and decides.' },
  },
});

/** A side effect recorded in the transaction of the change that wants it; the worker does it afterwards. */
@Entity()
@ObjectType({
  description: 'A side effect on a system outside, such as a file stored or a project created; done by the worker.',
})
export class OutboxEffect extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'What is to be done, such as `brief.store`.' })
  kind: string;

  @Column('text')
  @Field(() => String, { description: 'The kind of record that it is for, such as Handoff.' })
  aggregateType: string;

  @Column('uuid')
  @Field(() => ID, { description: 'The id of that record; its effects on one vendor are done in the order asked.' })
  aggregateId: string;

  @Column('text')
  @Field(() => String, { description: 'Names the effect: asked for twice, it is one effect.' })
  effectKey: string;

  /** Ids, codes and digests; no secret and no personal data. */
  @JsonText()
  payload: Record<string, string>;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The system outside, such as HALOPSA; null for our own work.' })
  vendor: string | null;

  @Column('text')
  @Field(() => EffectClass, { description: 'How it may be repeated when its outcome is unknown.' })
  effectClass: EffectClass;

  @Column('text')
  @Field(() => EffectState, { description: 'Where it stands.' })
  state: EffectState;

  /** Why it stands there, a code: VENDOR_REFUSED, RESTORED, ... */
  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it is not done, as a code; null when nothing went wrong.' })
  reason: string | null;

  /** Attempts begun since it was asked for or last retried by a person. */
  @Column('int')
  @Field(() => Int, { description: 'Attempts since it was asked for, or since an administrator retried it.' })
  attempts: number;

  /** Attempts that failed by our own fault, or whose worker ended: so many, and it is dead. */
  @Column('int')
  strikes: number;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  createdAt: Date;

  /** Asked for this moment or later. */
  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'Not to be done before this; null when at once.' })
  notBefore: Date | null;

  @Instant()
  @Field(() => DateTimeScalar, {
    description: 'The earliest time of the next attempt, while it is pending or unknown.',
  })
  nextAttemptAt: Date;

  @Instant({ nullable: true })
  leasedUntil: Date | null;

  /** Raised with every lease: a worker whose lease ran out cannot complete what another has taken over. */
  @Column('int')
  fencingToken: number;

  /** An attempt is under way; when the lease has run out, its worker was lost. */
  @Column('bool')
  isBegun: boolean;

  /** An attempt may have done it and its outcome is not recorded (yet): look before doing. Never true of a PUT. */
  @Column('bool')
  inDoubt: boolean;

  /** A person says that the vendor has it under this id; the worker completes with it. */
  @Column('text', { nullable: true })
  adoptedReceipt: string | null;

  /** What went wrong last, short and redacted. */
  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What went wrong last.' })
  lastError: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What to do about it.' })
  remedy: string | null;

  /** What the handler answered: a path, a remote id. */
  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What it was done with: a path, an id of the vendor.' })
  receipt: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was done.' })
  doneAt: Date | null;
}
