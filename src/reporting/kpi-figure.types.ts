import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar, DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { KpiDefinitionType } from '../kpi/kpi.types.js';
import { KpiStep, KpiTargetState } from './kpi-figure.js';

registerEnumType(KpiTargetState, {
  name: 'KpiTargetState',
  description: 'Whether a figure reaches the near end of the target of its definition.',
  valuesConfig: {
    MET: { description: 'It does.' },
    MISSED: { description: 'It does not.' },
    NO_TARGET: { description: 'The documents state none.' },
    NO_BASELINE: {
      description: 'It asks for an improvement, and there is no baseline of this definition other than 0.',
    },
    NO_CASES: { description: 'There was no case.' },
  },
});

registerEnumType(KpiStep, {
  name: 'KpiStep',
  description: 'How long the steps of a trend are.',
  valuesConfig: {
    WEEK: { description: 'Calendar weeks, from Monday on.' },
    MONTH: { description: 'Calendar months.' },
  },
});

/** From when weeks are counted. */
export enum KpiStart {
  ENFORCEMENT = 'ENFORCEMENT',
  BASELINE = 'BASELINE',
}
registerEnumType(KpiStart, {
  name: 'KpiStart',
  description: 'From when the weeks of a comparison are counted.',
  valuesConfig: {
    ENFORCEMENT: { description: 'From the day on which every deal came under enforcement.' },
    BASELINE: { description: 'From the day on which the first baseline of the KPI was frozen.' },
  },
});

@ObjectType('KpiFigure', {
  description: 'One KPI of one period. Small denominators are shown as they are, and no case is null, not 0.',
})
export class KpiFigureType {
  @Field(() => String, { description: 'The key of the KPI.' })
  key: string;

  @Field(() => KpiDefinitionType, { description: 'Its definition.' })
  definition: KpiDefinitionType;

  @Field(() => LocalDateScalar, { description: 'First day of the period, by the calendar of the tenant.' })
  fromOn: string;

  @Field(() => LocalDateScalar, { description: 'Last day of the period.' })
  toOn: string;

  @Field(() => DecimalScalar, { description: "The numerator, a whole number in the definition's unit." })
  numerator: string;

  @Field(() => DecimalScalar, { description: 'The denominator, a whole number; 0 without a case.' })
  denominator: string;

  @Field(() => DecimalScalar, {
    description: 'What of the numerator the client caused, for KICKOFF_DELAY_RATE; 0 of the others.',
  })
  numeratorClientCaused: string;

  @Field(() => Int, {
    nullable: true,
    description: 'How many cases it was added up from; null of a baseline, whose cases are not kept.',
  })
  cases: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The value: 0.8125 is 81.25 % of a SHARE; at most four decimals. Null without a case, which is not 0.',
  })
  value: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The value of the baseline that counts; null without one of this version of the definition.',
  })
  baselineValue: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Relative improvement against the baseline in basis points, positive when it is better, whichever way the KPI should go; a TOTAL is compared by its rate a day. Rounded down; null without a baseline or a case.',
  })
  improvementBps: number | null;

  @Field(() => KpiTargetState, { description: 'Whether it reaches its target.' })
  target: KpiTargetState;
}

@ObjectType({ description: 'What a KPI was over the days up to a point of time after the start.' })
export class KpiCheckpoint {
  @Field(() => LocalDateScalar, { description: 'First day that is measured.' })
  fromOn: string;

  @Field(() => LocalDateScalar, { description: 'Last day that is measured: the point of time itself.' })
  toOn: string;

  @Field(() => Boolean, { description: 'Whether that day is over; before, the figure is of the days so far.' })
  isOver: boolean;

  @Field(() => KpiFigureType, { description: 'The figure of these days.' })
  figure: KpiFigureType;

  @Field(() => Int, { nullable: true, description: 'The improvement of the figure, in basis points of the baseline.' })
  improvementBps: number | null;

  @Field(() => KpiTargetState, { description: 'Whether the figure reaches its target.' })
  target: KpiTargetState;
}

@ObjectType({ description: 'A KPI before and after: baseline, week 4, week 8 and quarter one.' })
export class KpiComparison {
  @Field(() => KpiDefinitionType, { description: 'The definition.' })
  definition: KpiDefinitionType;

  @Field(() => KpiFigureType, {
    nullable: true,
    description: 'The baseline that counts, of this version of the definition; null before it is frozen.',
  })
  baseline: KpiFigureType | null;

  @Field(() => KpiStart, {
    nullable: true,
    description: 'From when weeks are counted; null before there is a baseline or enforcement.',
  })
  countedFrom: KpiStart | null;

  @Field(() => LocalDateScalar, { nullable: true, description: 'The first day of week 1; null before there is one.' })
  startOn: string | null;

  @Field(() => KpiCheckpoint, { nullable: true, description: 'Weeks 1 to 4; null without a start.' })
  weekFour: KpiCheckpoint | null;

  @Field(() => KpiCheckpoint, { nullable: true, description: 'Weeks 5 to 8; null without a start.' })
  weekEight: KpiCheckpoint | null;

  @Field(() => KpiCheckpoint, { nullable: true, description: 'The first 90 days; null without a start.' })
  quarter: KpiCheckpoint | null;
}

@ObjectType({ description: 'One case that a figure was added up from.' })
export class KpiCase {
  @Field(() => ID, { description: 'The id, a uuid that follows from KPI and source.' })
  id: string;

  @Field(() => String, { description: 'The key of the KPI.' })
  key: string;

  handoffId: string;

  @Field(() => ID, {
    description: 'The record that makes it a case: a handoff, request, scope change, commitment, survey and so on.',
  })
  sourceId: string;

  @Field(() => LocalDateScalar, { description: 'The day by which it belongs to a period.' })
  countsOn: string;

  @Field(() => DateTimeScalar, { description: 'From when it counts.' })
  countsAt: Date;

  @Field(() => DecimalScalar, { description: 'What it adds to the numerator.' })
  numerator: string;

  @Field(() => DecimalScalar, { description: 'What it adds to the denominator; of a span, for each of its days.' })
  denominator: string;

  @Field(() => LocalDateScalar, { nullable: true, description: 'Of a span: its first day.' })
  spanFromOn: string | null;

  @Field(() => LocalDateScalar, { nullable: true, description: 'Of a span: its last day; null while it lasts.' })
  spanToOn: string | null;

  @Field(() => Boolean, { description: 'Whether the client caused it.' })
  clientCaused: boolean;
}
