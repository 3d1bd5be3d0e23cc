import { Column, Entity } from 'typeorm';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum KickoffState {
  SCHEDULED = 'SCHEDULED',
  HELD = 'HELD',
  VOID = 'VOID',
}
registerEnumType(KickoffState, {
  name: 'KickoffState',
  description: 'What became of a kickoff date.',
  valuesConfig: {
    SCHEDULED: { description: 'The client has this date.' },
    HELD: { description: 'The meeting took place.' },
    VOID: { description: 'It was moved, or the sign-off under it ended.' },
  },
});

/** A kickoff date with the client; exists only under a sign-off that was live (requirement 002 step 4). */
@Entity()
@ObjectType({ description: 'A kickoff date with the client, given under a live sign-off.' })
export class Kickoff extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => KickoffState, { description: 'What became of it.' })
  state: KickoffState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the meeting begins.' })
  startsAt: Date;

  @Column('int')
  @Field(() => Int, { description: 'How long it lasts, in minutes.' })
  durationMinutes: number;

  /** The sign-off that allowed it. */
  @Column('uuid')
  signOffId: string;

  @Column('uuid')
  scheduledBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was scheduled.' })
  scheduledAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was recorded as held.' })
  heldAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it is void.' })
  voidReason: string | null;
}

/** What delivery says two weeks after the handoff (document 003, feedback loop). */
@Entity()
@ObjectType({ description: 'What delivery says after the handoff.' })
export class HandoffFeedback extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether the handoff document was accurate.' })
  accurate: boolean;

  @Column('text')
  @Field(() => String, { description: 'What surprised delivery; empty when nothing did.' })
  surprises: string;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether expectations matched.' })
  expectationsMet: boolean;

  @Column('uuid')
  givenBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was given.' })
  givenAt: Date;
}
