import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../column.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { Instant, TenantOwned } from '../table.js';

/** What came of one attempt. */
export enum AttemptOutcome {
  DONE = 'DONE',
  RETRY = 'RETRY',
  THROTTLED = 'THROTTLED',
  REFUSED = 'REFUSED',
  UNKNOWN_OUTCOME = 'UNKNOWN_OUTCOME',
  DISCONNECTED = 'DISCONNECTED',
  FAILED = 'FAILED',
  LOST = 'LOST',
  FENCED = 'FENCED',
}
registerEnumType(AttemptOutcome, {
  name: 'AttemptOutcome',
  description: 'What came of one attempt at a side effect.',
  valuesConfig: {
    DONE: { description: 'Done.' },
    RETRY: { description: 'The vendor could not be reached or was not ready: certainly not done.' },
    THROTTLED: { description: 'The vendor asked us to wait.' },
    REFUSED: { description: 'The vendor said no; repeating it would not help.' },
    UNKNOWN_OUTCOME: { description: 'Sent, and the answer never came.' },
    DISCONNECTED: { description: 'The credentials are not valid any more.' },
    FAILED: { description: 'Our own fault.' },
    LOST: { description: 'The worker ended on the way, or was too slow.' },
    FENCED: { description: 'The worker came back after another had taken over; its answer was dropped.' },
  },
});

/** What an attempt did: asked whether it is done already, did it, or took over what a person says is there. */
export type AttemptPhase = 'LOOKUP' | 'PERFORM' | 'ADOPT';

/** One attempt at a side effect; rows are only ever added. */
@Entity()
@ObjectType({ description: 'One attempt at a side effect.' })
export class OutboxAttempt extends TenantOwned {
  @Column('uuid')
  effectId: string;

  @Column('int')
  @Field(() => Int, { description: 'Which attempt, counted from 1 since the effect was asked for or last retried.' })
  number: number;

  @Column('int')
  @Field(() => Int, { description: 'The lease under which it was made; each lease has a higher number.' })
  fencingToken: number;

  @Column('text')
  @Field(() => String, { description: 'LOOKUP (asked whether it is done), PERFORM (did it) or ADOPT (took it over).' })
  phase: AttemptPhase;

  @Column('text')
  @Field(() => AttemptOutcome, { description: 'What came of it.' })
  outcome: AttemptOutcome;

  /** Null for a lost one: only its worker knew. */
  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it began; null when its worker was lost.' })
  startedAt: Date | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it ended, or was found to be lost.' })
  endedAt: Date;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: "The fault's code, such as VENDOR_UNAVAILABLE." })
  code: string | null;

  @Column('int', { nullable: true })
  @Field(() => Int, { nullable: true, description: 'The HTTP status that the vendor answered, where there was one.' })
  status: number | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What went wrong, short and redacted.' })
  error: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What it was done with.' })
  receipt: string | null;
}

/**
 * A vendor that a tenant's effects wait for: it throttles, is down, or does not accept the credentials. One row per
 * tenant and vendor; it goes when the vendor answers again (reliability 2, rule 6).
 */
@Entity()
@ObjectType({ description: 'A vendor that the side effects of this tenant wait for.' })
export class VendorPause {
  @Column('uuid', { primary: true })
  tenantId: string;

  @Column('text', { primary: true })
  @Field(() => String, { description: 'The vendor, such as HALOPSA.' })
  vendor: string;

  /** Null: until somebody reconnects it. */
  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when; null: until an administrator reconnects it.',
  })
  until: Date | null;

  @Column('text')
  @Field(() => String, { description: 'THROTTLED, UNAVAILABLE or DISCONNECTED.' })
  reason: PauseReason;

  /** Faults in a row: each makes the next pause longer. */
  @Column('int')
  @Field(() => Int, { description: 'Faults in a row.' })
  failures: number;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the first of these faults was.' })
  since: Date;

  @Column('text')
  @Field(() => String, { description: 'What to do about it.' })
  remedy: string;
}

export type PauseReason = 'THROTTLED' | 'UNAVAILABLE' | 'DISCONNECTED';
