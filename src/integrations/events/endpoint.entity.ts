import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../core/column.js';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../../core/table.js';
import { EventType } from './event-type.js';

/** Whether an endpoint gets events. */
export enum EndpointState {
  ACTIVE = 'ACTIVE',
  DISABLED = 'DISABLED',
  DELETED = 'DELETED',
}
registerEnumType(EndpointState, {
  name: 'EndpointState',
  description: 'Whether an endpoint gets events.',
  valuesConfig: {
    ACTIVE: { description: 'It gets the events that it asked for.' },
    DISABLED: { description: 'It gets nothing; the reason says why. What happens meanwhile can be replayed.' },
    DELETED: { description: 'Its secrets are destroyed; only what was delivered to it is still known.' },
  },
});

/** Why an endpoint is disabled. */
export enum DisabledReason {
  BY_HAND = 'BY_HAND',
  GONE = 'GONE',
  FAILING = 'FAILING',
}
registerEnumType(DisabledReason, {
  name: 'DisabledReason',
  description: 'Why an endpoint is disabled.',
  valuesConfig: {
    BY_HAND: { description: 'Somebody disabled it.' },
    GONE: { description: 'It answered 410 Gone.' },
    FAILING: { description: 'No delivery succeeded for five days.' },
  },
});

/** Where a tenant wants to be told what happens. Its secrets stand apart, sealed. */
@Entity()
@ObjectType({ description: 'An address that gets outbound events, signed by Standard Webhooks.' })
export class EventEndpoint extends TenantOwned {
  @Column('text')
  @Field(() => String, {
    description: 'The https address. Events are signed, so it needs no secret in it; once deleted, its origin alone.',
  })
  url: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description: string | null;

  @JsonText()
  @Field(() => [EventType], { description: 'The types that it gets; empty: all, also ones to come.' })
  eventTypes: EventType[];

  @Column('text')
  @Field(() => EndpointState, { description: 'Whether it gets events.' })
  state: EndpointState;

  @Column('text', { nullable: true })
  @Field(() => DisabledReason, { nullable: true, description: 'Why it is disabled; null while it is not.' })
  reason: DisabledReason | null;

  /** Raised with every new secret. */
  @Column('int')
  @Field(() => Int, { description: 'Which secret it signs with: raised by every rotation.' })
  secretVersion: number;

  /** Attempts that failed in a row. */
  @Column('int')
  @Field(() => Int, { description: 'Attempts that failed since the last one that succeeded.' })
  failures: number;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the first of these was; after five days the endpoint is disabled. Null when the last succeeded.',
  })
  failingSince: Date | null;

  /** Up to which number of the sealed ledger its events were asked for. */
  @Column('bigint', { transformer: { to: (value: unknown) => value, from: Number } })
  relayedSeq: number;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was disabled or deleted; null while active.' })
  endedAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}

/** A signing secret of an endpoint: sealed under a data key of its own, which is wrapped under the KEK. */
@Entity()
export class EventSecret extends TenantOwned {
  @Column('uuid')
  endpointId: string;

  @Column('int')
  version: number;

  /** Base64url of the wrapped data key. */
  @Column('text')
  wrapped: string;

  /** Which KEK wraps it. */
  @Column('text')
  kekId: string;

  @Column('text')
  sealed: string;

  @Instant()
  createdAt: Date;

  /** Until when it signs beside its successor; null for the present one. */
  @Instant({ nullable: true })
  expiresAt: Date | null;
}
