import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum CapacityKind {
  CAPACITY = 'CAPACITY',
  ABSENCE = 'ABSENCE',
}
registerEnumType(CapacityKind, {
  name: 'CapacityKind',
  description: 'What a change of the capacity of one week says.',
  valuesConfig: {
    CAPACITY: { description: 'So many hours there are in this week, whatever the configuration says.' },
    ABSENCE: { description: 'So many hours are missing in this week.' },
  },
});

/** Why hours of a week are others than usual. A code and no text: what keeps somebody away is nobody else's business. */
export enum CapacityReason {
  LEAVE = 'LEAVE',
  TRAINING = 'TRAINING',
  OTHER_WORK = 'OTHER_WORK',
  WORKING_TIME = 'WORKING_TIME',
  TEAM_CHANGE = 'TEAM_CHANGE',
  CORRECTION = 'CORRECTION',
}
registerEnumType(CapacityReason, {
  name: 'CapacityReason',
  description: 'Why hours of a week are others than usual; a code and no text, since it tells of people.',
  valuesConfig: {
    LEAVE: { description: 'Away from work, for whatever reason.' },
    TRAINING: { description: 'At a course.' },
    OTHER_WORK: { description: 'Busy with work that is not planned here.' },
    WORKING_TIME: { description: 'Another working time in this week.' },
    TEAM_CHANGE: { description: 'Somebody joins, leaves or helps out.' },
    CORRECTION: { description: 'An earlier change was wrong.' },
  },
});

/**
 * What somebody said of the hours of a role, or of one person in it, in one week. Rows are only added: of the same kind,
 * role, person and week the newest counts (document 004 "Capacity validation").
 */
@Entity()
@ObjectType({ description: 'What somebody said of the hours of a role, or of one person in it, in one week.' })
export class CapacityChange extends TenantOwned {
  @Column('text')
  @Field(() => CapacityKind, { description: 'Hours that there are, or hours that are missing.' })
  kind: CapacityKind;

  @Column('text')
  @Field(() => String, { description: 'The role that delivery plans with.' })
  role: string;

  @Column('uuid', { nullable: true })
  personId: string | null;

  /** The Monday. */
  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The Monday of the week.' })
  weekOn: string;

  @Column('text', { nullable: true })
  @Field(() => DecimalScalar, { nullable: true, description: 'The hours; null takes back what was said before.' })
  hours: string | null;

  @Column('text')
  @Field(() => CapacityReason, { description: 'Why.' })
  reason: CapacityReason;

  @Column('uuid')
  setBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was said.' })
  setAt: Date;
}
