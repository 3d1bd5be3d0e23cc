import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../core/column.js';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../../core/table.js';
import type { EventData } from './event.rules.js';
import { EventType } from './event-type.js';

/** Where a delivery stands. */
export enum DeliveryState {
  PENDING = 'PENDING',
  DELIVERED = 'DELIVERED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(DeliveryState, {
  name: 'DeliveryState',
  description: 'Where a delivery stands.',
  valuesConfig: {
    PENDING: { description: 'Waits for its first or next attempt.' },
    DELIVERED: { description: 'The endpoint answered 2xx.' },
    FAILED: { description: 'Every attempt failed; it can be replayed.' },
    CANCELLED: { description: 'The endpoint was disabled or deleted first; it can be replayed.' },
  },
});

/** One event for one endpoint. Keeps the status that was answered and never anything else of the answer. */
@Entity()
@ObjectType({ description: 'One event on its way to one endpoint. Of the answer only the status is kept.' })
export class EventDelivery extends TenantOwned {
  @Column('uuid')
  @Field(() => ID, { description: 'The endpoint.' })
  endpointId: string;

  @Column('text')
  @Field(() => String, { description: 'The `webhook-id` and `eventId`: the same at every attempt and replay.' })
  eventId: string;

  @Column('text')
  @Field(() => EventType, { description: 'What it tells.' })
  type: EventType;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  occurredAt: Date;

  @Column('text')
  @Field(() => String, { description: 'The kind of record that it is about.' })
  subjectType: string;

  @Column('uuid')
  @Field(() => ID, { description: 'The id of that record.' })
  subjectId: string;

  @JsonText()
  data: EventData;

  /** The replay that asked for it. */
  @Column('uuid', { nullable: true })
  @Field(() => ID, { nullable: true, description: 'The replay that it belongs to; null for the first delivery.' })
  replayId: string | null;

  @Column('text')
  @Field(() => DeliveryState, { description: 'Where it stands.' })
  state: DeliveryState;

  @Column('int')
  @Field(() => Int, { description: 'Attempts so far, at most ten over three days.' })
  attempts: number;

  @Column('int', { nullable: true })
  @Field(() => Int, {
    nullable: true,
    description: 'The HTTP status of the last answer; null before the first and where none came.',
  })
  responseStatus: number | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Why the last attempt failed, as a code, or why it was cancelled.',
  })
  reason: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  createdAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last tried; null before the first time.' })
  lastAttemptAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The earliest time of the next attempt; null when there will be none.',
  })
  nextAttemptAt: Date | null;
}
