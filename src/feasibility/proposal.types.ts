import { Field, ObjectType } from 'type-graphql';
import { DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import type { ProposedLine } from './proposal.rules.js';

@ObjectType({ description: 'A line that a resource plan may begin with: a role for so many hours in whole weeks.' })
export class ProposedBooking implements ProposedLine {
  @Field(() => String, { description: 'The role.' })
  role: string;

  @Field(() => DecimalScalar, { description: 'Hours a week.' })
  hoursPerWeek: string;

  @Field(() => LocalDateScalar, { description: 'The first day, a Monday.' })
  fromOn: string;

  @Field(() => LocalDateScalar, { description: 'The last day, a Sunday.' })
  toOn: string;
}
