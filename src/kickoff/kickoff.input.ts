import { IsBoolean, Length, Max, Min } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';

@InputType({ description: 'A kickoff date for the client.' })
export class ScheduleKickoffInput extends HandoffChangeInput {
  @Field(() => DateTimeScalar, {
    description: "When the meeting begins; in the future and in the tenant's business hours.",
  })
  startsAt: Date;

  @Min(15)
  @Max(480)
  @Field(() => Int, { defaultValue: 45, description: 'How long it lasts, in minutes (document 004: 45).' })
  durationMinutes: number;
}

@InputType({ description: 'What delivery says after the handoff (document 003).' })
export class CloseHandoffInput extends HandoffChangeInput {
  @IsBoolean()
  @Field(() => Boolean, { description: 'Whether the handoff document was accurate.' })
  accurate: boolean;

  @Length(0, 2000)
  @Field(() => String, { description: 'What surprised delivery; empty when nothing did.' })
  surprises: string;

  @IsBoolean()
  @Field(() => Boolean, { description: 'Whether expectations matched.' })
  expectationsMet: boolean;
}
