import { moneyIn } from '../actuals/actuals.view.js';
import { badInput } from '../core/error.js';
import type { Reader } from '../core/reader.js';
import { groundsOf } from '../escalation/escalation.queries.js';
import { acceptedContent } from '../feasibility/accepted-content.rules.js';
import { heldMeetings } from '../meeting/meeting.queries.js';
import type { ScoresArgs } from './quality.input.js';
import { ScoredBy } from './quality.input.js';
import {
  AgendaTopicCount,
  CriterionFigures,
  ReviewFigure,
  ReviewItemType,
  ScoreFigures,
  ScoreStatistic,
} from './quality.types.js';
import { type QualityReview, ReviewItem, type ReviewTopic } from './review.entity.js';
import { type QualityScore, ScoreAmendment, ScoreCriterion } from './score.entity.js';
import { scoreFacts } from './score.facts.js';
import { countedScores, writtenContents } from './score.queries.js';
import { amended, type CriterionScore, scoreOf, totalOf } from './score.rules.js';
import { statisticsOf, tenthsText } from './statistic.rules.js';

/** The longest period that scores are gathered over, in milliseconds. */
const LONGEST_MS = 366 * 86_400_000;

/** The score of a handoff as it would be frozen now; null for one that does not exist. */
export async function liveScore(reader: Reader, handoffId: string): Promise<ScoreFigures | null> {
  const [content, ground, held, now] = await Promise.all([
    reader.keyed('writtenContents', writtenContents, handoffId),
    reader.keyed('deadlines', groundsOf, handoffId),
    reader.keyed('heldMeetings', heldMeetings, handoffId),
    reader.now(),
  ]);
  if (!content || !ground) return null;
  return figures(scoreOf(scoreFacts(acceptedContent(content), ground, held ?? [], now)).criteria, []);
}

/** A frozen score with what reviewers amended. */
export async function frozenFigures(reader: Reader, { id }: QualityScore): Promise<ScoreFigures> {
  const [criteria, amendments] = await Promise.all([
    reader.many(ScoreCriterion, 'scoreId', id),
    reader.many(ScoreAmendment, 'scoreId', id),
  ]);
  return figures(criteria, amendments);
}

function figures(computed: readonly CriterionScore[], amendments: readonly ScoreAmendment[]): ScoreFigures {
  const counted = amended(computed, amendments);
  const criteria = counted.map((one, index) => {
    const { criterion, points, most, reasons, sources } = one;
    const parts = { criterion, points, computed: computed[index]!.points, most, reasons, sources };
    return Object.assign(new CriterionFigures(), parts);
  });
  const { total, band, possible } = totalOf(counted);
  return Object.assign(new ScoreFigures(), { total, band, possible, criteria });
}

/** The items of a review in the order of its agenda. */
export async function itemsOf(reader: Reader, { id }: QualityReview): Promise<ReviewItemType[]> {
  const items = await reader.many(ReviewItem, 'reviewId', id, ['position']);
  return items.map(({ figures: named, erosionMinor, currency, ...item }) =>
    Object.assign(new ReviewItemType(), {
      ...item,
      figures: Object.entries(named).map(([name, value]) => Object.assign(new ReviewFigure(), { name, value })),
      erosion: currency === null ? null : moneyIn(currency)(erosionMinor),
    }),
  );
}

/** The agenda of a review: its topics in order, each with how many items it has. */
export async function agendaOf(reader: Reader, { id }: QualityReview): Promise<AgendaTopicCount[]> {
  const items = await reader.many(ReviewItem, 'reviewId', id, ['position']);
  const counts = new Map<ReviewTopic, number>();
  for (const { topic } of items) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return [...counts].map(([topic, count]) => Object.assign(new AgendaTopicCount(), { topic, items: count }));
}

/** Scores by a key in a period, beside the period of the same length before. */
export async function statistics(reader: Reader, { by, from, to }: ScoresArgs): Promise<ScoreStatistic[]> {
  const length = to.getTime() - from.getTime();
  if (length <= 0) throw badInput('to', 'is not after from', 'Give an end after the beginning.');
  if (length > LONGEST_MS) throw badInput('to', 'is more than 366 days after from', 'Ask for a shorter period.');
  const before = new Date(from.getTime() - length);
  const [scores, previous] = await Promise.all([
    reader.ask(countedScores(from, to)),
    reader.ask(countedScores(before, from)),
  ]);
  const isPerson = by === ScoredBy.REP || by === ScoredBy.DELIVERY_MANAGER;
  return statisticsOf(by, scores, previous).map(({ key, count, averageTenths, bands, previousCount, previousTenths }) =>
    Object.assign(new ScoreStatistic(), {
      key,
      personId: isPerson && key !== '' ? key : null,
      count,
      average: tenthsText(averageTenths),
      excellent: bands.EXCELLENT,
      good: bands.GOOD,
      acceptable: bands.ACCEPTABLE,
      substandard: bands.SUBSTANDARD,
      previousCount,
      previousAverage: previousTenths === null ? null : tenthsText(previousTenths),
      change: previousTenths === null ? null : tenthsText(averageTenths - previousTenths),
    }),
  );
}
