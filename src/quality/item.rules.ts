import { erosionOf, forecastOf } from '../actuals/forecast.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { clocksOf } from '../escalation/clock.rules.js';
import type { DeadlineGround } from '../escalation/escalation.queries.js';
import type { ScopeChangeRecord } from '../scope-change/scope-change.queries.js';
import type { RaisedFlag } from './flag.rules.js';
import { type ReviewAction, type ReviewItem, ReviewTopic } from './review.entity.js';
import type { ErosionGround, Happening } from './review.queries.js';
import type { CountedScore } from './score.queries.js';
import { Band } from './score.entity.js';
import { isMissed } from './score.facts.js';
import { totalOf } from './score.rules.js';

/** An item before it is a row. */
export type Item = Omit<ReviewItem, 'tenantId' | 'id' | 'reviewId' | 'position'>;

/** How many of the worst, and of the best, a review shows. */
const MOST_SCORES = 3;
/** How many projects with eroding margin a review shows, the worst first. */
const MOST_EROSIONS = 20;
const DAY_MS = 86_400_000;

/** An item; what is not given is empty. */
export function itemOf(topic: ReviewTopic, parts: Partial<Item>): Item {
  const empty = { handoffId: null, subjectType: null, subjectId: null, label: null, figures: {} };
  return { ...empty, erosionMinor: null, erosionBps: null, currency: null, ...parts, topic };
}

const daysBetween = (from: Date, to: Date): number => Math.floor((to.getTime() - from.getTime()) / DAY_MS);

/** Happenings of one topic. */
export const happened = (topic: ReviewTopic, happenings: readonly Happening[]): Item[] =>
  happenings.map(({ handoffId, subjectType, subjectId, label }) =>
    itemOf(topic, { handoffId, subjectType, subjectId, label }),
  );

/** Actions of earlier reviews that are still open, with how many days they are overdue at the end of the period. */
export const carriedItems = (actions: readonly ReviewAction[], at: Date): Item[] =>
  actions.map(({ id, dueAt }) =>
    itemOf(ReviewTopic.CARRIED_ACTION, {
      subjectType: 'ReviewAction',
      subjectId: id,
      figures: { daysOverdue: Math.max(0, dueAt < at ? daysBetween(dueAt, at) : 0) },
    }),
  );

/** Scope changes that were raised and traced to something missing or wrong; the label is the cause. */
export const incidentItems = (changes: readonly ScopeChangeRecord[]): Item[] =>
  changes
    .filter(({ isIncident }) => isIncident)
    .map(({ id, handoffId, cause, dateEffectDays, marginEffectMinor, marginEffectBps, currency }) =>
      itemOf(ReviewTopic.SCOPE_CHANGE_INCIDENT, {
        handoffId,
        subjectType: 'ScopeChange',
        subjectId: id,
        label: cause,
        figures: { dateEffectDays },
        erosionMinor: -marginEffectMinor,
        erosionBps: marginEffectBps === null ? null : -marginEffectBps,
        currency,
      }),
    );

/** Projects that lose margin against their baseline, the greatest loss of points first (requirements section 8). */
export function erosionItems(grounds: readonly ErosionGround[]): Item[] {
  const losing = grounds.flatMap(({ projectId, handoffId, currency, isClosed, baseline, actuals }) => {
    const { erosionMinor, erosionBps } = erosionOf(baseline, forecastOf(baseline, actuals, isClosed));
    if (erosionMinor === null || erosionMinor <= 0n) return [];
    const label = isClosed ? 'REALISED' : 'FORECAST';
    const subject = { subjectType: 'Project', subjectId: projectId };
    return [itemOf(ReviewTopic.MARGIN_EROSION, { handoffId, ...subject, label, erosionMinor, erosionBps, currency })];
  });
  const order = (a: Item, b: Item): number =>
    (b.erosionBps ?? 0) - (a.erosionBps ?? 0) || (a.subjectId! < b.subjectId! ? -1 : 1);
  return losing.toSorted(order).slice(0, MOST_EROSIONS);
}

/** Clocks that had run out at an instant and whose end had not come; the label is the clock. */
export function stalledItems(grounds: readonly DeadlineGround[], at: Date): Item[] {
  return grounds.flatMap(({ handoffId, history, version }) =>
    clocksOf(history, configurationOf(version))
      .filter((clock) => {
        const end = clock.stoppedAt ?? clock.voidedAt;
        return isMissed(clock, at) && (end === null || end >= at);
      })
      .map(({ key, dueAt }) =>
        itemOf(ReviewTopic.STALLED_STEP, { handoffId, label: key, figures: { daysLate: daysBetween(dueAt!, at) } }),
      ),
  );
}

/** A score with its total. */
export interface RankedScore extends CountedScore {
  readonly total: number;
  readonly band: Band;
}

/** Scores with what counts of them, the best first. */
export const ranked = (scores: readonly CountedScore[]): RankedScore[] =>
  scores
    .map((score) => {
      const { total, band } = totalOf(score.criteria);
      return { ...score, total, band };
    })
    .toSorted((a, b) => b.total - a.total || (a.id < b.id ? -1 : 1));

const scoreItem = (topic: ReviewTopic, { id, handoffId, total, band }: RankedScore): Item =>
  itemOf(topic, { handoffId, subjectType: 'QualityScore', subjectId: id, label: band, figures: { total } });

/** The worst and the best handoffs of a period; none is both. */
export function scoreItems(scores: readonly CountedScore[]): Item[] {
  const order = ranked(scores);
  const best = order.slice(0, Math.min(MOST_SCORES, Math.ceil(order.length / 2)));
  const worst = order.slice(best.length).slice(-MOST_SCORES).toReversed();
  return [
    ...worst.map((score) => scoreItem(ReviewTopic.WORST_SCORE, score)),
    ...best.map((score) => scoreItem(ReviewTopic.BEST_SCORE, score)),
  ];
}

/** Handoffs to learn from. */
export const practiceItems = (scores: readonly CountedScore[]): Item[] =>
  ranked(scores)
    .filter(({ band }) => band === Band.EXCELLENT)
    .slice(0, MOST_SCORES)
    .map((score) => scoreItem(ReviewTopic.BEST_PRACTICE, score));

/** The flags that the review raised. */
export const flagItems = (flags: readonly (RaisedFlag & { readonly id: string })[]): Item[] =>
  flags.map(({ id, code, numerator, denominator, threshold }) =>
    itemOf(ReviewTopic.RED_FLAG, {
      subjectType: 'RedFlag',
      subjectId: id,
      label: code,
      figures: { numerator, denominator, threshold },
    }),
  );
