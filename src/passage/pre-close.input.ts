import { IsBoolean, IsDefined, IsInt, IsOptional, Length, Matches, Max, Min } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';

@InputType({ description: 'Why delivery should review before the contract is signed.' })
export class RequestPreCloseInput extends HandoffChangeInput {
  @IsDefined()
  @Field(() => LocalDateScalar, { description: 'The day on which the close is expected.' })
  expectedCloseOn: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100)
  @Field(() => Int, { nullable: true, description: 'How probable the close is, in percent.' })
  probabilityPercent?: number | null;

  @Length(10, 2_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'Why the review should not wait, 10 to 2,000 characters.' })
  reason: string;
}

@InputType({ description: 'What delivery says to a review before the signature.' })
export class DecidePreCloseInput extends HandoffChangeInput {
  @IsBoolean()
  @Field(() => Boolean, { description: 'Whether delivery reviews before the contract is signed.' })
  approve: boolean;

  @Length(10, 2_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'Why, 10 to 2,000 characters.' })
  reason: string;
}
