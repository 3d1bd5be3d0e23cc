import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import type { JsonValue } from '../core/canonical.js';
import { DateTimeScalar, DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import type { AcceptedContent } from './accepted-content.rules.js';
import { CapacityConflict } from './conflict.types.js';

export enum Booking {
  SOFT = 'SOFT',
  HARD = 'HARD',
  FREED = 'FREED',
}
registerEnumType(Booking, {
  name: 'Booking',
  description: 'How firmly a resource is booked.',
  valuesConfig: {
    SOFT: { description: 'Asked for: there is no live sign-off, and no kickoff was held.' },
    HARD: { description: 'Promised under a live sign-off, or work since the kickoff.' },
    FREED: { description: 'No longer asked for: the handoff was withdrawn.' },
  },
});

/** One line of the resource plan: a role for so many hours a week over a period (requirement 002 step 4). */
@Entity()
@ObjectType({ description: 'One line of the resource plan: a role for so many hours a week over a period.' })
export class ResourceBooking extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'The role that is needed, such as network engineer.' })
  role: string;

  @Column('uuid', { nullable: true })
  personId: string | null;

  @Column('text')
  @Field(() => DecimalScalar, { description: 'Hours a week.' })
  hoursPerWeek: string;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The first day.' })
  fromOn: string;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The last day.' })
  toOn: string;

  /**
   * How firmly it was asked for when that was typed in; SOFT in every line since. How firmly it is booked follows from
   * the sign-off (`booking`). Kept because the digests of older sign-offs have it.
   */
  @Column('text', { name: 'booking' })
  askedAs: Booking;
}

export enum SignOffState {
  LIVE = 'LIVE',
  LAPSED = 'LAPSED',
  REVOKED = 'REVOKED',
}
registerEnumType(SignOffState, {
  name: 'SignOffState',
  description: 'Whether a sign-off still holds.',
  valuesConfig: {
    LIVE: { description: 'It holds for the plan, terms and baseline that it names.' },
    LAPSED: { description: 'What it was given for has changed.' },
    REVOKED: { description: 'Delivery took it back, with a reason.' },
  },
});

/** The delivery manager's acceptance of feasibility, resource plan and named risks; binds a baseline version. */
@Entity()
@ObjectType({ description: "The delivery manager's acceptance of feasibility, resource plan and named risks." })
export class FeasibilitySignOff extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => SignOffState, { description: 'Whether it holds.' })
  state: SignOffState;

  @Column('uuid')
  baselineId: string;

  @Column('int')
  @Field(() => Int, { description: 'The version of the budget baseline that it binds.' })
  baselineVersion: number;

  @Column('int')
  @Field(() => Int, { description: 'The content version of the terms that it was given for.' })
  termsRevision: number;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The project start that it was given for.' })
  startOn: string;

  /** SHA-256 over the resource plan\'s lines. */
  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the resource plan that it was given for.' })
  planDigest: string;

  @JsonText()
  @Field(() => [ID], { description: 'The risks that were accepted by name.' })
  acceptedRiskIds: string[];

  @Column('text')
  @Field(() => String, { description: 'What the delivery manager says of feasibility.' })
  statement: string;

  /** As they were when it was given: what became of the hours since is in `capacityCheck`. */
  @JsonText()
  @Field(() => [CapacityConflict], { description: 'The conflicts of capacity that were accepted, as they were then.' })
  acceptedConflicts: CapacityConflict[];

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why they were accepted; null when there were none.' })
  conflictReason: string | null;

  /** What the handoff held when it was accepted; null of a sign-off that was given before that was kept. */
  @JsonText({ nullable: true })
  content: AcceptedContent | null;

  @Column('uuid')
  signedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was given.' })
  signedAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended; null while it holds.' })
  endedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it ended.' })
  endReason: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Why it ended, as a code such as DEAL_CHANGED; null while it holds.',
  })
  endCode: string | null;

  /** What was and what is, by name: ids, versions, days and digests. */
  @JsonText({ nullable: true })
  endFacts: Readonly<Record<string, JsonValue>> | null;
}
