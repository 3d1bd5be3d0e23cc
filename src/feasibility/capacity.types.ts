import { Field, ObjectType } from 'type-graphql';
import { DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import type { CapacityChange } from './capacity.entity.js';

@ObjectType({ description: 'The hours of one week, of a role or of one person in it.' })
export class CapacityWeek {
  @Field(() => String, { description: 'The ISO 8601 week, such as 2026-W49.' })
  week: string;

  @Field(() => LocalDateScalar, { description: 'Its Monday.' })
  startsOn: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Hours that there are, holidays and absences taken off; null when nobody has said how many.',
  })
  capacityHours: string | null;

  @Field(() => DecimalScalar, { description: 'Hours promised under a live sign-off.' })
  hardHours: string;

  @Field(() => DecimalScalar, { description: 'Hours that plans without a sign-off ask for.' })
  softHours: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Hours that nobody was promised; below zero when more was promised than there is.',
  })
  freeHours: string | null;
}

@ObjectType('PersonCapacity', { description: 'One person in a role.' })
export class PersonCapacityType {
  personId: string;

  @Field(() => [CapacityWeek], { description: 'Their hours in this role, week by week.' })
  weeks: CapacityWeek[];
}

@ObjectType('RoleCapacity', { description: 'What a role of delivery has and is asked for, week by week.' })
export class RoleCapacityType {
  @Field(() => String, { description: 'The role.' })
  role: string;

  @Field(() => [CapacityWeek], { description: 'Everybody in it together.' })
  weeks: CapacityWeek[];

  @Field(() => [PersonCapacityType], {
    description: 'The people whose hours are counted or planned by name; the others are in the sum of the role alone.',
  })
  people: PersonCapacityType[];

  /** Newest first. */
  changes: CapacityChange[];
}
