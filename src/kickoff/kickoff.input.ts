import {
  ArrayMaxSize,
  ArrayUnique,
  IsBoolean,
  IsIn,
  IsOptional,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { InformationCategory } from './kickoff.entity.js';

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

@InputType({ description: 'Whether one category of the handoff was accurate.' })
export class CategoryAccuracyInput {
  @IsIn(Object.values(InformationCategory))
  @Field(() => InformationCategory, { description: 'The category.' })
  category: InformationCategory;

  @IsBoolean()
  @Field(() => Boolean, { description: 'Whether what the handoff says of it was right.' })
  accurate: boolean;
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

  @IsOptional()
  @ArrayMaxSize(7)
  @ArrayUnique(({ category }: CategoryAccuracyInput) => category)
  @ValidateNested({ each: true })
  @Field(() => [CategoryAccuracyInput], {
    nullable: true,
    description: 'Single categories, where delivery can tell; each once.',
  })
  categories?: CategoryAccuracyInput[] | null;
}
