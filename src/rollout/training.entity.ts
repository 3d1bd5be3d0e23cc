import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum TrainingKind {
  COURSE = 'COURSE',
  SHADOWING = 'SHADOWING',
  OBSERVED_HANDOFF = 'OBSERVED_HANDOFF',
}
registerEnumType(TrainingKind, {
  name: 'TrainingKind',
  description: 'What somebody learned by (document 004).',
  valuesConfig: {
    COURSE: { description: "A course of the tenant's training policy." },
    SHADOWING: { description: "Following somebody else's handoff." },
    OBSERVED_HANDOFF: { description: 'Handing over while somebody watched.' },
  },
});

/** Something that a member learned by, recorded by somebody else. Append-only. */
@Entity()
@ObjectType({ description: 'Something that a member learned by, recorded by somebody else.' })
export class TrainingRecord extends TenantOwned {
  @Column('uuid')
  personId: string;

  @Column('text')
  @Field(() => TrainingKind, { description: 'What it was.' })
  kind: TrainingKind;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The key of the course, of a COURSE only.' })
  course: string | null;

  @Column('uuid', { nullable: true })
  handoffId: string | null;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The day on which it was done.' })
  completedOn: string;

  @Column('uuid')
  recordedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  recordedAt: Date;
}

export enum CertificationState {
  VALID = 'VALID',
  EXPIRED = 'EXPIRED',
  ENDED = 'ENDED',
}
registerEnumType(CertificationState, {
  name: 'CertificationState',
  description: 'Whether a certification holds.',
  valuesConfig: {
    VALID: { description: 'It holds.' },
    EXPIRED: { description: 'Its time is over.' },
    ENDED: { description: 'Somebody ended it, or a newer one took its place.' },
  },
});

/** That a member may hand over alone. At most one of a member has not been ended. */
@Entity()
@ObjectType({ description: 'That a member may hand over alone (document 004).' })
export class Certification extends TenantOwned {
  @Column('uuid')
  personId: string;

  /** Never the member: the schema says so. */
  @Column('uuid')
  certifiedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Since when.' })
  certifiedAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when by itself; null: without end.' })
  expiresAt: Date | null;

  @Column('uuid', { nullable: true })
  endedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was ended; null while it was not.' })
  endedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it was ended.' })
  endReason: string | null;
}

/** Who stands by an uncertified rep in a handoff; the newest row of the rep counts. Append-only. */
@Entity()
@ObjectType({ description: 'Who stands by an uncertified rep in a handoff.' })
export class HandoffBuddy extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  /** The owner of the handoff when the buddy was named: another owner needs a buddy of their own. */
  @Column('uuid')
  repId: string;

  @Column('uuid')
  buddyId: string;

  @Column('uuid')
  namedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  namedAt: Date;
}
