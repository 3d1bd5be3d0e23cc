import { IsIn, IsOptional, IsUUID, Length, Matches } from 'class-validator';
import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { badInput } from '../core/error.js';
import { DecimalScalar } from '../core/graphql/scalars.js';
import { CapacityReason } from './capacity.entity.js';
import { checkedWeek, mondaysFrom } from './week.rules.js';

@InputType({ description: 'What is said of the hours of a role, or of one person in it, in one week.' })
export class CapacityChangeInput {
  @Length(2, 80)
  @Matches(/^\S(.*\S)?$/, { message: 'role begins and ends with a letter or digit' })
  @Field(() => String, { description: 'The role that delivery plans with, such as Network engineer.' })
  role: string;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, {
    nullable: true,
    description: 'The person; null for everybody in the role whose hours are not counted by name.',
  })
  personId?: string | null;

  @Length(8, 8, { message: 'week is written as 2026-W49' })
  @Field(() => String, { description: 'The ISO 8601 week, such as 2026-W49.' })
  week: string;

  @IsOptional()
  @Matches(/^\d{1,5}(\.\d{1,2})?$/, { message: 'hours is 0 to 99999.99, with at most two decimals' })
  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The hours of that week; of one person at most 168. Null takes back what was said before.',
  })
  hours?: string | null;

  @IsIn(Object.values(CapacityReason))
  @Field(() => CapacityReason, { description: 'Why.' })
  reason: CapacityReason;
}

const MOST_WEEKS = 53;

/** Which weeks, and which role of them. */
@ArgsType()
export class CapacityArgs {
  @Length(8, 8, { message: 'fromWeek is written as 2026-W49' })
  @Field(() => String, { description: 'The first ISO 8601 week, such as 2026-W49.' })
  fromWeek: string;

  @Field(() => Int, { defaultValue: 12, description: 'How many weeks, 1 to 53.' })
  weeks: number;

  @IsOptional()
  @Length(1, 80)
  @Field(() => String, { nullable: true, description: 'One role alone; case and spaces do not matter.' })
  role: string | null;

  /** The Mondays of the weeks, or BAD_USER_INPUT. */
  mondays(): string[] {
    const first = checkedWeek('fromWeek', this.fromWeek);
    if (this.weeks >= 1 && this.weeks <= MOST_WEEKS) return mondaysFrom(first, this.weeks);
    throw badInput('weeks', `${this.weeks} is not 1 to ${MOST_WEEKS}.`, 'Ask for a year at the most.');
  }
}
