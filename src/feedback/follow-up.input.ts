import { IsBoolean, IsOptional, IsUUID, Length, Matches, Min } from 'class-validator';
import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { PageArgs } from '../core/graphql/page-args.js';

@InputType({ description: 'What came of a follow-up.' })
export class SettleFollowUpInput {
  @IsUUID()
  @Field(() => ID, { description: 'The follow-up.' })
  followUpId: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;

  @Length(10, 2000)
  @Matches(/\S/, { message: 'outcome is blank' })
  @Field(() => String, { description: 'What was done and what came of it, 10 to 2,000 characters.' })
  outcome: string;
}

@ArgsType()
export class FollowUpsArgs extends PageArgs {
  @IsOptional()
  @IsBoolean()
  @Field(() => Boolean, { defaultValue: true, description: 'Only those that nobody has seen to yet.' })
  openOnly: boolean;

  @IsOptional()
  @IsBoolean()
  @Field(() => Boolean, { defaultValue: false, description: 'Only those that are yours to see to.' })
  mineOnly: boolean;
}
