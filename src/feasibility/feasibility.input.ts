import { IsUUID, Length, Matches, ValidateIf } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';

@InputType({ description: 'A line of the resource plan.' })
export class AddResourceBookingInput extends HandoffChangeInput {
  @Length(2, 80)
  @Field(() => String, { description: 'The role that is needed, such as network engineer.' })
  role: string;

  @ValidateIf((input: AddResourceBookingInput) => input.personId !== null && input.personId !== undefined)
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The person, when one is named already.' })
  personId: string | null;

  @Matches(/^\d{1,3}(\.\d{1,2})?$/, { message: 'hoursPerWeek is 0 to 168 with at most two decimals' })
  @Field(() => DecimalScalar, { description: 'Hours a week, above 0 and at most 168.' })
  hoursPerWeek: string;

  @Field(() => LocalDateScalar, { description: 'The first day.' })
  fromOn: string;

  @Field(() => LocalDateScalar, { description: 'The last day; at most five years after the first.' })
  toOn: string;
}

@InputType({ description: 'A line of the resource plan to take out.' })
export class RemoveResourceBookingInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The line.' })
  bookingId: string;
}
