import { Field, Int, ObjectType } from 'type-graphql';
import { Sensitive } from '../core/graphql/rights.js';
import { DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { KpiDefinitionType } from '../kpi/kpi.types.js';

@ObjectType({ description: 'A KPI as the deals of a back-test had it.' })
export class BacktestFigure {
  @Field(() => KpiDefinitionType, { description: 'Which KPI.' })
  definition: KpiDefinitionType;

  @Field(() => DecimalScalar, { description: "The numerator, in the definition's unit." })
  numerator: string;

  @Field(() => DecimalScalar, { description: 'The denominator; 0 when no deal tells of it.' })
  denominator: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The value: 0.8125 is 81.25 % of a SHARE. Null when no deal tells of it, which is not 0.',
  })
  value: string | null;

  @Field(() => Int, { description: 'Deals that it counts.' })
  judged: number;

  @Field(() => Int, { description: 'Deals of which it cannot be told.' })
  notJudged: number;
}

@ObjectType({ description: 'What the deals of a back-test came to.' })
export class BacktestSummary {
  @Field(() => Int, { description: 'All deals.' })
  deals: number;

  @Field(() => Int, { description: 'Deals that could be judged.' })
  judged: number;

  @Field(() => Int, { description: 'Deals that could not; their findings say why.' })
  notJudged: number;

  @Field(() => Boolean, { description: 'Whether the worker is still reading deals from HaloPSA.' })
  reading: boolean;

  @Field(() => LocalDateScalar, { nullable: true, description: 'The first day on which one of them was won.' })
  fromOn: string | null;

  @Field(() => LocalDateScalar, { nullable: true, description: 'The last one.' })
  toOn: string | null;

  @Sensitive('MARGIN')
  @Field(() => Int, { description: 'Deals with a part below its floor.' })
  marginBelowFloor: number;

  @Sensitive('MARGIN')
  @Field(() => Int, { description: 'Deals of which it is known whether they are below a floor.' })
  marginKnown: number;

  @Field(() => [BacktestFigure], {
    description: 'Every KPI; those that no export tells of have no value and all deals as not judged.',
  })
  figures: BacktestFigure[];
}
