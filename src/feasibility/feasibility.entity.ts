import { Column, Entity } from 'typeorm';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar, DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum Booking {
  SOFT = 'SOFT',
  HARD = 'HARD',
}
registerEnumType(Booking, {
  name: 'Booking',
  description: 'How firmly a resource is booked.',
  valuesConfig: { SOFT: { description: 'Asked for.' }, HARD: { description: 'Promised.' } },
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

  @Column('text')
  @Field(() => Booking, { description: 'How firmly it is booked.' })
  booking: Booking;
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
}
