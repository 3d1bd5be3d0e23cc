import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { HypercareCheckKind } from './rollout.entity.js';

/** What is asked of completion by phase (document 001). */
@ObjectType({ description: 'Completion rates by phase, in basis points; settings of the tenant.' })
export class RolloutThresholdsType {
  @Field(() => Int, { description: 'Week 1: below it something is wrong with the process. Default 5000.' })
  weekOneBps: number;

  @Field(() => Int, { description: 'Week 4: below it hypercare goes on for two weeks. Default 7000.' })
  extendBps: number;

  @Field(() => Int, { description: 'What the end of hypercare asks for. Default 8000.' })
  weekFourBps: number;

  @Field(() => Int, { description: 'Month by month afterwards. Default 8500.' })
  monthlyBps: number;

  @Field(() => Int, { description: 'A mature process after 60 to 90 days. Default 9000.' })
  matureBps: number;
}

/** One look of hypercare, due or taken. */
@ObjectType({ description: 'One look of hypercare: when it is due, and what was seen.' })
export class HypercareCheckType {
  @Field(() => HypercareCheckKind, { description: 'What is to be done.' })
  kind: HypercareCheckKind;

  @Field(() => LocalDateScalar, { description: 'The day on which it is due.' })
  dueOn: string;

  @Field(() => LocalDateScalar, { description: 'The first of its days.' })
  fromOn: string;

  @Field(() => LocalDateScalar, { description: 'The day after its last.' })
  toOn: string;

  @Field(() => Boolean, { description: 'Whether its day is over and it was not taken.' })
  overdue: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'Won deals of its days that were complete at close, as they were seen.',
  })
  complete: number | null;

  @Field(() => Int, { nullable: true, description: 'Won deals of its days, as they were seen.' })
  closed: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was taken; null while it was not.' })
  checkedAt: Date | null;
}

/** Hypercare, computed whenever it is read. */
@ObjectType({
  description: 'The weeks after every deal came under enforcement (document 001). Computed whenever it is read.',
})
export class Hypercare {
  @Field(() => LocalDateScalar, { description: 'Its first day.' })
  startedOn: string;

  @Field(() => LocalDateScalar, { description: 'The day after its last: after four weeks, or six when extended.' })
  endsOn: string;

  @Field(() => Boolean, {
    description: 'Whether completion in week 4 was below the threshold, so that it goes on for two weeks.',
  })
  extended: boolean;

  @Field(() => Int, { description: 'Won deals since it began.' })
  closed: number;

  @Field(() => Int, { description: 'Of those, how many were complete at close.' })
  complete: number;

  @Field(() => [HypercareCheckType], { description: 'Every look, in the order of the days.' })
  checks: HypercareCheckType[];
}

/** An override since the rollout began. */
@ObjectType({ description: 'An exception or an emergency by which a gate was passed since the rollout began.' })
export class RolloutOverride {
  @Field(() => String, { description: 'What was asked for, such as MARGIN_EXCEPTION.' })
  kind: string;

  @Field(() => String, { description: 'How it was given: by VOTES, or by BREAK_GLASS in an emergency.' })
  way: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  grantedAt: Date;

  @Field(() => ID, { description: 'The request behind it, for approvalRequest(id).' })
  requestId: string;

  subjectId: string;
}
