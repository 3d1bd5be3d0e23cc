import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Sensitive } from '../core/graphql/rights.js';
import { DecimalScalar } from '../core/graphql/scalars.js';
import { MoneyType } from '../core/graphql/types.js';
import { ReviewTopic } from './review.entity.js';
import { Band, Criterion } from './score.entity.js';
import { Quality } from './spot-check.entity.js';

@ObjectType({ description: 'One criterion of the rubric, as it stands.' })
export class CriterionFigures {
  @Field(() => Criterion, { description: 'Which.' })
  criterion: Criterion;

  @Field(() => Int, { description: 'The points that count: those of the newest amendment, else the computed ones.' })
  points: number;

  @Field(() => Int, { description: 'The points as they were computed.' })
  computed: number;

  @Field(() => Int, { description: 'The most that it can give; 0 when it does not apply.' })
  most: number;

  @Field(() => [String], { description: 'What was missing, as codes; empty when nothing was.' })
  reasons: readonly string[];

  @Field(() => [String], { description: 'The records that it was computed from, as `Type/id`.' })
  sources: readonly string[];
}

@ObjectType({ description: 'A score by the 100-point rubric of document 004, as it stands.' })
export class ScoreFigures {
  @Field(() => Int, { description: 'The score of 100, rounded down.' })
  total: number;

  @Field(() => Band, { description: 'Its band.' })
  band: Band;

  @Field(() => Int, { description: 'The points that could be had: 100, or 70 where no meeting is needed.' })
  possible: number;

  @Field(() => [CriterionFigures], { description: 'By criterion.' })
  criteria: readonly CriterionFigures[];
}

@ObjectType({ description: 'A figure of an item of a review.' })
export class ReviewFigure {
  @Field(() => String, { description: 'What it is, such as daysLate or numerator.' })
  name: string;

  @Field(() => Int, { description: 'How much.' })
  value: number;
}

@ObjectType('QualityReviewItem', { description: 'One item of a review, frozen when it was made.' })
export class ReviewItemType {
  @Field(() => ID, { description: 'The id, a uuid v7.' })
  id: string;

  @Field(() => Int, { description: 'Its place on the agenda, from 1.' })
  position: number;

  @Field(() => ReviewTopic, { description: 'What it is about.' })
  topic: ReviewTopic;

  handoffId: string | null;

  @Field(() => String, { nullable: true, description: 'The type of the record, such as Assumption.' })
  subjectType: string | null;

  @Field(() => ID, { nullable: true, description: 'The id of the record.' })
  subjectId: string | null;

  @Field(() => String, { nullable: true, description: 'A code or key, such as a clock, a criterion or a template.' })
  label: string | null;

  @Field(() => [ReviewFigure], { description: 'Its figures; small numbers are shown as they are.' })
  figures: readonly ReviewFigure[];

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { nullable: true, description: 'The margin that is lost, in money; null where it is none.' })
  erosion: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => Int, { nullable: true, description: 'The margin that is lost, in basis points of the revenue.' })
  erosionBps: number | null;
}

@ObjectType({ description: 'A topic of the agenda of a review, and how many items it has.' })
export class AgendaTopicCount {
  @Field(() => ReviewTopic, { description: 'The topic.' })
  topic: ReviewTopic;

  @Field(() => Int, { description: 'How many items.' })
  items: number;
}

@ObjectType({ description: 'Whether a quality is there, by a spot check.' })
export class QualityVerdict {
  @Field(() => Quality, { description: 'Which.' })
  quality: Quality;

  @Field(() => Boolean, { description: 'Whether it is there.' })
  isThere: boolean;
}

@ObjectType({ description: 'The scores of one rep, team, template or tier in a period, beside the period before.' })
export class ScoreStatistic {
  @Field(() => String, { description: 'A person id, a key of a template, or a tier; empty where nobody was named.' })
  key: string;

  personId: string | null;

  @Field(() => Int, { description: 'How many handoffs were scored; small numbers are shown as they are.' })
  count: number;

  @Field(() => DecimalScalar, { description: 'The average score, with one decimal, rounded down.' })
  average: string;

  @Field(() => Int, { description: 'How many were EXCELLENT.' })
  excellent: number;

  @Field(() => Int, { description: 'How many were GOOD.' })
  good: number;

  @Field(() => Int, { description: 'How many were ACCEPTABLE.' })
  acceptable: number;

  @Field(() => Int, { description: 'How many were SUBSTANDARD.' })
  substandard: number;

  @Field(() => Int, { description: 'How many were scored in the period of the same length before.' })
  previousCount: number;

  @Field(() => DecimalScalar, { nullable: true, description: 'The average then; null without any.' })
  previousAverage: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'The average less the average then; null without any.' })
  change: string | null;
}
