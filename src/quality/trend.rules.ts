import { configurationOf } from '../catalogue/catalogue.queries.js';
import { clocksOf } from '../escalation/clock.rules.js';
import type { DeadlineGround } from '../escalation/escalation.queries.js';
import { type ClosedDeal, completionIn, type Span } from './flag.rules.js';
import { type Item, itemOf, ranked } from './item.rules.js';
import { ReviewTopic } from './review.entity.js';
import { isMissed } from './score.facts.js';
import type { CountedScore } from './score.queries.js';

/** An average below this is a need for training: the line of GOOD (document 004). */
const TRAINED = 80;
/** How many patterns a review shows, the most frequent first. */
const MOST_PATTERNS = 10;

/** A return as patterns are counted from. */
export interface ReturnFacts {
  readonly paths: readonly string[];
  readonly serviceTemplate: string;
  readonly at: Date;
}

/** What trends follow from: two periods, one after the other. */
export interface TrendFacts {
  readonly span: Span;
  /** The first instant of the period before. */
  readonly before: Date;
  /** Of both periods. */
  readonly scores: readonly CountedScore[];
  readonly returns: readonly ReturnFacts[];
  readonly deals: readonly ClosedDeal[];
}

/** Rows of a list that lie in a span. */
const within = <T>(rows: readonly T[], at: (row: T) => Date, { from, to }: Span): T[] =>
  rows.filter((row) => at(row) >= from && at(row) < to);

const sumOf = (scores: readonly CountedScore[]): number => ranked(scores).reduce((sum, { total }) => sum + total, 0);

/** Figures of a period beside those of the period before; each with what it is counted from, so that small numbers show. */
export function trendItems({ span, before, scores, returns, deals }: TrendFacts): Item[] {
  const earlier = { from: before, to: span.from };
  const scored = (of: Span) => within(scores, ({ scoredAt }) => scoredAt, of);
  const [now, then] = [scored(span), scored(earlier)];
  const [complete, completeThen] = [completionIn(deals, span), completionIn(deals, earlier)];
  const returned = (of: Span) => within(returns, ({ at }) => at, of).length;
  const trend = (label: string, [part, whole]: readonly number[], [partThen, wholeThen]: readonly number[]): Item =>
    itemOf(ReviewTopic.TREND, {
      label,
      figures: { numerator: part!, denominator: whole!, numeratorBefore: partThen!, denominatorBefore: wholeThen! },
    });
  return [
    trend('SCORE', [sumOf(now), now.length], [sumOf(then), then.length]),
    trend('COMPLETION', [complete.complete, complete.of], [completeThen.complete, completeThen.of]),
    trend('RETURNS', [returned(span), now.length], [returned(earlier), then.length]),
  ];
}

/** What was missing again and again: criteria that lost points and gaps that delivery named, each by service template. */
export function patternItems({ span, scores, returns }: TrendFacts): Item[] {
  const counts = new Map<string, { readonly label: string; times: number; points: number }>();
  const count = (label: string, points: number): void => {
    const known = counts.get(label) ?? { label, times: 0, points: 0 };
    counts.set(label, { label, times: known.times + 1, points: known.points + points });
  };
  for (const { serviceTemplate, criteria } of within(scores, ({ scoredAt }) => scoredAt, span))
    for (const { criterion, points, most } of criteria)
      if (points < most) count(`${criterion} ${serviceTemplate}`, most - points);
  for (const { paths, serviceTemplate } of within(returns, ({ at }) => at, span))
    for (const path of paths) count(`GAP ${path.slice(0, 120)} ${serviceTemplate}`.slice(0, 200), 0);
  return [...counts.values()]
    .toSorted((a, b) => b.times - a.times || b.points - a.points || (a.label < b.label ? -1 : 1))
    .slice(0, MOST_PATTERNS)
    .map(({ label, times, points }) => itemOf(ReviewTopic.FAILURE_PATTERN, { label, figures: { times, points } }));
}

/** Averages by a key, as sum and count: never a rate without its denominator. */
function averages<T extends string>(scores: readonly CountedScore[], keyOf: (score: CountedScore) => T) {
  const sums = new Map<T, { readonly key: T; sum: number; count: number }>();
  for (const score of ranked(scores)) {
    const { key, sum, count } = sums.get(keyOf(score)) ?? { key: keyOf(score), sum: 0, count: 0 };
    sums.set(key, { key, sum: sum + score.total, count: count + 1 });
  }
  return [...sums.values()].toSorted((a, b) => a.sum * b.count - b.sum * a.count || (a.key < b.key ? -1 : 1));
}

/** Reps whose handoffs of the period are below GOOD on average. */
export const trainingItems = ({ span, scores }: TrendFacts): Item[] =>
  averages(
    within(scores, ({ scoredAt }) => scoredAt, span),
    ({ ownerId }) => ownerId,
  )
    .filter(({ sum, count }) => sum < TRAINED * count)
    .map(({ key, sum, count }) =>
      itemOf(ReviewTopic.TRAINING_NEED, { subjectType: 'Person', subjectId: key, figures: { sum, count } }),
    );

/** Service templates, the worst average first. */
export const templateItems = ({ span, scores }: TrendFacts): Item[] =>
  averages(
    within(scores, ({ scoredAt }) => scoredAt, span),
    ({ serviceTemplate }) => serviceTemplate,
  ).map(({ key, sum, count }) => itemOf(ReviewTopic.TEMPLATE, { label: key, figures: { sum, count } }));

/** Parts of the content and in how many of the handoffs each was missing: what nobody fills may not be needed (001). */
export function fieldItems({ span, scores }: TrendFacts): Item[] {
  const counted = within(scores, ({ scoredAt }) => scoredAt, span);
  const missing = new Map<string, number>();
  for (const { criteria } of counted)
    for (const { criterion, reasons } of criteria)
      if (criterion === 'SUMMARY' || criterion === 'STAKEHOLDER_MAP')
        for (const path of reasons) missing.set(path, (missing.get(path) ?? 0) + 1);
  return [...missing]
    .toSorted(([a, times], [b, others]) => others - times || (a < b ? -1 : 1))
    .map(([label, times]) =>
      itemOf(ReviewTopic.FIELD_RELEVANCE, { label, figures: { numerator: times, denominator: counted.length } }),
    );
}

/** Clocks that were due in a span, and how many of their runs were missed. */
export function deadlineItems(grounds: readonly DeadlineGround[], span: Span): Item[] {
  const counts = new Map<string, { missed: number; due: number }>();
  for (const { history, version } of grounds)
    for (const clock of clocksOf(history, configurationOf(version))) {
      if (clock.dueAt === null || clock.dueAt < span.from || clock.dueAt >= span.to) continue;
      const { missed, due } = counts.get(clock.key) ?? { missed: 0, due: 0 };
      counts.set(clock.key, { missed: missed + (isMissed(clock, span.to) ? 1 : 0), due: due + 1 });
    }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, { missed, due }]) =>
      itemOf(ReviewTopic.DEADLINES, { label, figures: { numerator: missed, denominator: due } }),
    );
}
