import {
  ArrayMaxSize,
  ArrayMinSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { ArgsType, Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { PageArgs } from '../core/graphql/page-args.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { ReviewKind } from './review.entity.js';
import { Criterion } from './score.entity.js';

/** A text of so many characters that says something. */
function Said(least: number, most: number): PropertyDecorator {
  return (target, property) => {
    Length(least, most)(target, String(property));
    Matches(/\S/, { message: '$property is blank' })(target, String(property));
  };
}

/** A change of a row at the revision that the person saw. */
@InputType()
class ChangeInput {
  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}

@InputType({ description: 'Other points for a criterion of a score.' })
export class AmendCriterionInput {
  @IsUUID()
  @Field(() => ID, { description: 'The frozen score.' })
  scoreId: string;

  @IsIn(Object.values(Criterion))
  @Field(() => Criterion, { description: 'The criterion.' })
  criterion: Criterion;

  @IsInt()
  @Min(0)
  @Max(15)
  @Field(() => Int, { description: 'The points instead; at most what the criterion can give.' })
  points: number;

  @Said(10, 2000)
  @Field(() => String, { description: 'Why, 10 to 2,000 characters.' })
  reason: string;
}

@InputType({ description: 'That a substandard handoff was put right.' })
export class CompleteRemediationInput extends ChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @IsUUID()
  @Field(() => ID, { description: 'Its remediation.' })
  remediationId: string;

  @Said(10, 2000)
  @Field(() => String, { description: 'What was put right, 10 to 2,000 characters.' })
  outcome: string;
}

@InputType({ description: 'That a quality review was held.' })
export class HoldReviewInput extends ChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The review.' })
  reviewId: string;

  @IsUUID('all', { each: true })
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @Field(() => [ID], { description: 'The members who were there; 1 to 50.' })
  attendeeIds: string[];

  @Said(10, 8000)
  @Field(() => String, { description: 'What was said, 10 to 8,000 characters.' })
  notes: string;

  @Said(10, 8000)
  @Field(() => String, { description: 'What follows, 10 to 8,000 characters.' })
  conclusions: string;
}

@InputType({ description: 'What a quality review decided to do.' })
export class AddReviewActionInput {
  @IsUUID()
  @Field(() => ID, { description: 'The review.' })
  reviewId: string;

  @Said(5, 2000)
  @Field(() => String, { description: 'What is to be done, 5 to 2,000 characters.' })
  text: string;

  @IsUUID()
  @Field(() => ID, { description: 'The member who does it.' })
  ownerId: string;

  @Field(() => LocalDateScalar, { description: 'The day by which it is done; today or later.' })
  dueOn: string;
}

@InputType({ description: 'That an action is done.' })
export class CompleteReviewActionInput extends ChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The action.' })
  actionId: string;

  @Said(5, 2000)
  @Field(() => String, { description: 'What came of it, 5 to 2,000 characters.' })
  outcome: string;
}

@InputType({ description: 'What a spot check found (document 004, quality).' })
export class RecordSpotCheckInput extends ChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The spot check.' })
  spotCheckId: string;

  @IsBoolean()
  @Field(() => Boolean, { description: 'Nothing is blank; what does not apply says so.' })
  complete: boolean;

  @IsBoolean()
  @Field(() => Boolean, { description: 'Commitments agree with the contract, the specification with the client.' })
  accurate: boolean;

  @IsBoolean()
  @Field(() => Boolean, { description: 'Somebody who was not there understands it.' })
  clear: boolean;

  @IsBoolean()
  @Field(() => Boolean, { description: 'Delivery can begin with it.' })
  actionable: boolean;

  @IsBoolean()
  @Field(() => Boolean, { description: 'It was current within 7 days when it was handed over.' })
  current: boolean;

  @IsBoolean()
  @Field(() => Boolean, { description: 'Every statement says where it comes from.' })
  sourced: boolean;

  @IsOptional()
  @Said(10, 4000)
  @Field(() => String, {
    nullable: true,
    description: 'What is missing or wrong, 10 to 4,000 characters; required when anything is.',
  })
  found?: string | null;
}

@InputType({ description: 'What is done about a red flag.' })
export class AcknowledgeRedFlagInput extends ChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The red flag.' })
  redFlagId: string;

  @Said(10, 2000)
  @Field(() => String, { description: 'What is done about it, 10 to 2,000 characters.' })
  action: string;
}

@ArgsType()
export class ReviewsArgs extends PageArgs {
  @IsOptional()
  @IsIn(Object.values(ReviewKind))
  @Field(() => ReviewKind, { nullable: true, description: 'Only those of this cadence.' })
  kind: ReviewKind | null;
}

@ArgsType()
export class TasksArgs extends PageArgs {
  @IsOptional()
  @IsBoolean()
  @Field(() => Boolean, { defaultValue: true, description: 'Only those that are not settled yet.' })
  openOnly: boolean;

  @IsOptional()
  @IsBoolean()
  @Field(() => Boolean, { defaultValue: false, description: 'Only those that you have to do.' })
  mineOnly: boolean;
}

@ArgsType()
export class RedFlagsArgs extends PageArgs {
  @IsOptional()
  @IsBoolean()
  @Field(() => Boolean, { defaultValue: true, description: 'Only those that nobody has acknowledged yet.' })
  openOnly: boolean;
}

/** What scores are gathered by. */
export enum ScoredBy {
  REP = 'REP',
  DELIVERY_MANAGER = 'DELIVERY_MANAGER',
  TEMPLATE = 'TEMPLATE',
  TIER = 'TIER',
}
registerEnumType(ScoredBy, {
  name: 'QualityScoresBy',
  description: 'What scores are gathered by.',
  valuesConfig: {
    REP: { description: 'Who handed over: the owner in sales.' },
    DELIVERY_MANAGER: { description: 'Who took over: the team of a delivery manager.' },
    TEMPLATE: { description: 'The service template.' },
    TIER: { description: 'How heavy the handoff was.' },
  },
});

@ArgsType()
export class ScoresArgs {
  @Field(() => ScoredBy, { description: 'What they are gathered by.' })
  by: ScoredBy;

  @Field(() => DateTimeScalar, { description: 'Scored from then on.' })
  from: Date;

  @Field(() => DateTimeScalar, { description: 'Scored before then; at most 366 days later.' })
  to: Date;
}
