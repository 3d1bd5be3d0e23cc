import { Field, Int, ObjectType } from 'type-graphql';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { MoneyType } from '../core/graphql/types.js';
import { ProjectMilestone } from '../project/project.entity.js';

const UNKNOWN =
  'Why the cost is not known: COST_MISSING (the baseline has none for a line) or RATE_MISSING (time was booked where no hours are budgeted); null when it is known.';

@ObjectType({ description: 'The forecast of one budget of the delivery system: actual plus remaining.' })
export class ForecastLine {
  @Field(() => [String], { description: 'The keys of the budget types that it answers for; none is off the baseline.' })
  budgetTypes: readonly string[];

  @Field(() => Int, { description: 'Minutes in the frozen baseline.' })
  baselineMinutes: number;

  @Field(() => Int, { description: 'Minutes booked.' })
  actualMinutes: number;

  @Field(() => Int, { description: 'Minutes that remain: never below zero, and none of a closed project.' })
  remainingMinutes: number;

  @Field(() => Int, { description: 'Actual plus remaining, in minutes.' })
  forecastMinutes: number;

  @Sensitive('COST')
  @Field(() => MoneyType, { nullable: true, description: 'What it will have cost; null when that is not known.' })
  cost: MoneyType | null;

  @Field(() => String, { nullable: true, description: UNKNOWN })
  unknown: string | null;
}

@ObjectType({
  description:
    'What the project will have taken: actual plus remaining, against its frozen baseline. Computed, never typed in.',
})
export class ProjectForecast {
  @Field(() => Int, { description: 'The version of the baseline that it stands against.' })
  baselineVersion: number;

  @Field(() => DateTimeScalar, { description: 'The change of the delivery system that it stands on, by its clock.' })
  takenAt: Date;

  @Field(() => Boolean, {
    description: 'Whether the project is closed there: nothing remains, and this is the result.',
  })
  isRealised: boolean;

  @Field(() => [ForecastLine], { description: 'By budget of the delivery system.' })
  lines: readonly ForecastLine[];

  @Field(() => Int, { description: 'Minutes in the frozen baseline.' })
  baselineMinutes: number;

  @Field(() => Int, { description: 'Minutes booked.' })
  actualMinutes: number;

  @Field(() => Int, { description: 'Minutes that remain.' })
  remainingMinutes: number;

  @Field(() => Int, { description: 'Actual plus remaining, in minutes.' })
  forecastMinutes: number;

  @Sensitive('COST')
  @Field(() => MoneyType, { nullable: true, description: 'What it will have cost; null when that is not known.' })
  cost: MoneyType | null;

  @Field(() => String, { nullable: true, description: UNKNOWN })
  unknown: string | null;
}

@ObjectType({
  description:
    "What of the frozen baseline's margin is being lost: baseline margin less forecast margin. Negative where more will be left than planned.",
})
export class MarginErosion {
  @Field(() => Int, { description: 'The version of the baseline that it stands against.' })
  baselineVersion: number;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { description: 'What the client pays over the contract, by the baseline.' })
  revenue: MoneyType;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { nullable: true, description: 'The margin that was planned; null without its cost.' })
  baselineMargin: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { nullable: true, description: 'The margin to be expected; null without its cost.' })
  forecastMargin: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { nullable: true, description: 'The margin lost, in money; null without a cost.' })
  erosion: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => Int, {
    nullable: true,
    description: 'The planned margin in basis points of the revenue, rounded down; null without a positive revenue.',
  })
  baselineMarginBps: number | null;

  @Sensitive('MARGIN')
  @Field(() => Int, {
    nullable: true,
    description: 'The margin to be expected in basis points, rounded down; null without a positive revenue.',
  })
  forecastMarginBps: number | null;

  @Sensitive('MARGIN')
  @Field(() => Int, {
    nullable: true,
    description: 'The margin lost in basis points of the revenue, rounded up; null without a positive revenue.',
  })
  erosionBps: number | null;

  @Field(() => String, { nullable: true, description: UNKNOWN })
  unknown: string | null;
}

@ObjectType({ description: 'The milestone that is due first, and whether the delivery system says that it is done.' })
export class FirstDeliverable {
  @Field(() => ProjectMilestone, { description: 'The milestone.' })
  milestone: ProjectMilestone;

  @Field(() => LocalDateScalar, { description: 'The business day on which it is due.' })
  targetOn: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was done, by the delivery system's clock; null while it is not.",
  })
  doneAt: Date | null;

  @Field(() => Boolean, { description: 'Whether it was done late, or is late by now.' })
  isLate: boolean;

  @Field(() => Int, {
    description: "Business days of the tenant's calendar after its target; 0 when it is not late.",
  })
  businessDaysLate: number;
}

@ObjectType({ description: 'The first outreach to the client after the win, as the delivery system saw it.' })
export class FirstTouch {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the deal was closed as won, by the delivery system's clock; null when it does not say.",
  })
  wonAt: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When somebody first reached out to the client, by the same clock; null until then.',
  })
  contactAt: Date | null;

  @Field(() => Int, { nullable: true, description: 'Minutes from the one to the other; null until both are known.' })
  minutes: number | null;
}
