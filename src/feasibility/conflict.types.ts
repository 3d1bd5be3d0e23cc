import { Field, ObjectType } from 'type-graphql';
import { DecimalScalar } from '../core/graphql/scalars.js';
import { FindingSeverity } from '../core/graphql/types.js';

/** A week in which a plan asks for more than a role or a person has; as it is now, or as it was when it was accepted. */
@ObjectType({ description: 'A week in which a plan asks for more than a role or a person has.' })
export class CapacityConflict {
  @Field(() => String, {
    description:
      'SHA-256 over role or person, week, and the hours as they are: name it in acceptedConflicts to sign off all the same.',
  })
  key: string;

  @Field(() => FindingSeverity, {
    description:
      'BLOCKING: more than is left beside what others have been promised. WARNING: only together with what others ask for.',
  })
  severity: FindingSeverity;

  @Field(() => String, { description: 'The ISO 8601 week, such as 2026-W49.' })
  week: string;

  @Field(() => String, { nullable: true, description: 'The role whose hours run out; null when it is a person.' })
  role: string | null;

  personId: string | null;

  @Field(() => DecimalScalar, { description: 'Hours that there are.' })
  capacityHours: string;

  @Field(() => DecimalScalar, { description: 'Hours that this plan asks for.' })
  ownHours: string;

  @Field(() => DecimalScalar, { description: 'Hours that other handoffs have been promised by a sign-off.' })
  hardHours: string;

  @Field(() => DecimalScalar, { description: 'Hours that other handoffs ask for.' })
  softHours: string;

  @Field(() => DecimalScalar, { description: 'Hours that are missing.' })
  hoursOver: string;

  /** The other handoffs that the hours are taken by. */
  handoffIds: string[];
}

/** Whether a plan fits into what the team has left (document 004 "Capacity validation"). */
@ObjectType({ description: 'Whether the resource plan fits into what the team has left.' })
export class CapacityCheck {
  @Field(() => Boolean, { description: 'Whether nothing of it is beyond what is left beside the promises to others.' })
  fits: boolean;

  @Field(() => [CapacityConflict], { description: 'The conflicts, by week.' })
  conflicts: CapacityConflict[];

  @Field(() => String, {
    nullable: true,
    description:
      'The ISO week in which the plan could begin instead and fit, all its lines moved alike; null when it fits as it is, or nowhere within half a year.',
  })
  fitsFromWeek: string | null;

  @Field(() => [String], { description: 'Roles of the plan of which nobody has said how many hours they have.' })
  rolesWithoutCapacity: string[];
}
