import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum SpotCheckState {
  OPEN = 'OPEN',
  UNASSIGNED = 'UNASSIGNED',
  SOUND = 'SOUND',
  FLAWED = 'FLAWED',
}
registerEnumType(SpotCheckState, {
  name: 'SpotCheckState',
  description: 'Where a spot check stands.',
  valuesConfig: {
    OPEN: { description: 'A reviewer is to look at the handoff.' },
    UNASSIGNED: { description: 'Nobody with a reviewing role is independent of it.' },
    SOUND: { description: 'Everything that was asked is so.' },
    FLAWED: { description: 'Something is not; the findings say what.' },
  },
});

/** What a spot check asks of a handoff (document 004, "Quality"). */
export enum Quality {
  COMPLETE = 'COMPLETE',
  ACCURATE = 'ACCURATE',
  CLEAR = 'CLEAR',
  ACTIONABLE = 'ACTIONABLE',
  CURRENT = 'CURRENT',
  SOURCED = 'SOURCED',
}
registerEnumType(Quality, {
  name: 'SpotCheckQuality',
  description: 'What a spot check asks of a handoff (document 004).',
  valuesConfig: {
    COMPLETE: { description: 'Nothing is blank; what does not apply says so.' },
    ACCURATE: { description: 'Commitments agree with the contract, the specification with the client.' },
    CLEAR: { description: 'Somebody who was not there understands it.' },
    ACTIONABLE: { description: 'Delivery can begin with it.' },
    CURRENT: { description: 'It was current within 7 days when it was handed over.' },
    SOURCED: { description: 'Every statement says where it comes from.' },
  },
});

/** How the handoffs of one rep and month were drawn: with the seed anybody draws the same again. Append-only. */
@Entity()
@ObjectType({ description: "How a rep's handoffs of a month were drawn; with the seed anybody draws the same again." })
export class SpotCheckDraw extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'The month of acceptance, such as 2026-11.' })
  period: string;

  @Column('uuid')
  ownerId: string;

  @Column('uuid')
  reviewId: string;

  @Column('text')
  @Field(() => String, {
    description:
      'The seed: handoffs stand in the order of SHA-256 (hex) of seed and handoff id, and the first `size` are taken.',
  })
  seed: string;

  @Column('int')
  @Field(() => Int, { description: 'The share that was asked for, in basis points.' })
  shareBps: number;

  @Column('int')
  @Field(() => Int, { description: 'How many handoffs of the rep were accepted in the month.' })
  rows: number;

  @Column('int')
  @Field(() => Int, { description: 'How many were drawn; at least one.' })
  size: number;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the ids of the handoffs, sorted, each with a line feed.' })
  idsSha256: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When they were drawn.' })
  drawnAt: Date;
}

/** One handoff that somebody who had no part in it looks at. Decided once. */
@Entity()
@ObjectType({ description: 'One handoff that somebody who had no part in it looks at.' })
export class SpotCheck extends TenantOwned {
  @Column('uuid')
  drawId: string;

  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  ownerId: string;

  @Column('uuid', { nullable: true })
  deliveryManagerId: string | null;

  @Column('uuid', { nullable: true })
  reviewerId: string | null;

  @Column('text')
  @Field(() => SpotCheckState, { description: 'Where it stands.' })
  state: SpotCheckState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was called for.' })
  openedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'By when it is done.' })
  dueAt: Date;

  /** Whether each quality is there; empty before it was checked. */
  @JsonText()
  verdicts: Partial<Record<Quality, boolean>>;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What was found; null before it was checked.' })
  found: string | null;

  @Column('uuid', { nullable: true })
  checkedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was checked; null before.' })
  checkedAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}
