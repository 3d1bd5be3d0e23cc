import { IsBoolean, IsOptional, Length, Matches } from 'class-validator';
import { ArgsType, Field, InputType } from 'type-graphql';
import { PageArgs } from '../core/graphql/page-args.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';

@InputType({ description: 'Why the clocks stand still.' })
export class PauseClocksInput extends HandoffChangeInput {
  @Length(10, 2000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'What the client asked for, and why; 10 to 2,000 characters.' })
  reason: string;
}

@ArgsType()
export class EscalationsArgs extends PageArgs {
  @IsOptional()
  @IsBoolean()
  @Field(() => Boolean, { defaultValue: true, description: 'Only those whose deadline was not met yet.' })
  openOnly: boolean;

  @IsOptional()
  @IsBoolean()
  @Field(() => Boolean, { defaultValue: false, description: 'Only those that name you.' })
  mineOnly: boolean;
}
