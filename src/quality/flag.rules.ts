import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { RedFlagThresholds } from '../catalogue/configuration.quality.js';
import type { RolloutThresholds } from '../catalogue/configuration.rollout.js';
import { closedAt } from '../deal/close.rules.js';
import { clocksOf } from '../escalation/clock.rules.js';
import type { DeadlineGround } from '../escalation/escalation.queries.js';
import { RedFlagCode } from './flag.entity.js';
import { isMissed } from './score.facts.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WHOLE_BPS = 10_000;

/** A handoff whose deal was closed, as it stood at an instant. */
export interface ClosedDeal {
  readonly handoffId: string;
  readonly closedAt: Date;
  /** Whether it passed the submit gate in time; null while that was open. */
  readonly isComplete: boolean | null;
  /** Whether a deadline of it was missed: then its ladder is climbed. */
  readonly isEscalated: boolean;
}

/** A raised flag, before it is a row. */
export interface RaisedFlag {
  readonly code: RedFlagCode;
  readonly period: string;
  readonly numerator: number;
  readonly denominator: number;
  readonly threshold: number;
  /** The handoffs or requests that count against it. */
  readonly subjectIds: readonly string[];
}

/** A stretch of time; `to` does not belong to it. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The handoffs whose deals were closed, as they stood at an instant. Complete is document 001's "all required fields
 * populated before or at close", which here is the submit gate passed within DOCUMENT_COMPLETE (docs/decisions/0040).
 */
export function closedDeals(grounds: readonly DeadlineGround[], at: Date): ClosedDeal[] {
  return grounds.flatMap(({ handoffId, history, version }) => {
    if (history.close === null) return [];
    const configuration = configurationOf(version);
    const clocks = clocksOf(history, configuration);
    const complete = clocks.find(({ key }) => key === 'DOCUMENT_COMPLETE');
    const isMet = complete !== undefined && complete.stoppedAt !== null && complete.stoppedAt <= at;
    const isLate = complete !== undefined && isMissed(complete, at);
    return [
      {
        handoffId,
        closedAt: closedAt(history.close, configuration.calendar),
        isComplete: isLate ? false : isMet ? true : null,
        isEscalated: clocks.some((clock) => isMissed(clock, at)),
      },
    ];
  });
}

/** Complete handoffs of those closed in a span of which it is known. */
export function completionIn(deals: readonly ClosedDeal[], { from, to }: Span) {
  const known = deals.filter((deal) => deal.closedAt >= from && deal.closedAt < to && deal.isComplete !== null);
  const incomplete = known.filter(({ isComplete }) => isComplete === false).map(({ handoffId }) => handoffId);
  return { complete: known.length - incomplete.length, of: known.length, incomplete };
}

/** Whether a share is below a threshold, exactly; a share of nothing is not. */
const isBelow = (part: number, whole: number, bps: number): boolean => whole > 0 && part * WHOLE_BPS < bps * whole;

function completionFlag(
  code: RedFlagCode,
  period: string,
  threshold: number,
  deals: readonly ClosedDeal[],
  span: Span,
): RaisedFlag[] {
  const { complete, of, incomplete } = completionIn(deals, span);
  if (!isBelow(complete, of, threshold)) return [];
  return [{ code, period, numerator: complete, denominator: of, threshold, subjectIds: incomplete }];
}

/** A checkpoint of hypercare: document 001 counts its weeks and days from when every deal came under enforcement. */
export interface Checkpoint extends Span {
  readonly code: RedFlagCode;
  readonly period: string;
  readonly threshold: number;
}

/** The checkpoints of hypercare whose last instant falls into a span; none for a tenant without a rollout. */
export function checkpointsIn(normalSince: Date | null, thresholds: RolloutThresholds, span: Span): Checkpoint[] {
  if (normalSince === null) return [];
  const day = (days: number): Date => new Date(normalSince.getTime() + days * DAY_MS);
  const { weekOneBps, weekFourBps, extendBps, matureBps } = thresholds;
  const all: Checkpoint[] = [
    { code: RedFlagCode.COMPLETION_WEEK_1, period: 'ROLLOUT-W1', threshold: weekOneBps, from: day(0), to: day(7) },
    { code: RedFlagCode.COMPLETION_WEEK_4, period: 'ROLLOUT-W4', threshold: weekFourBps, from: day(21), to: day(28) },
    { code: RedFlagCode.COMPLETION_EXTEND, period: 'ROLLOUT-W4', threshold: extendBps, from: day(21), to: day(28) },
    { code: RedFlagCode.COMPLETION_MATURE, period: 'ROLLOUT-D90', threshold: matureBps, from: day(60), to: day(90) },
  ];
  return all.filter(({ to }) => to > span.from && to <= span.to);
}

/** The first outreach to a client: what the delivery system tells, or the introduction where that came first. */
export interface Touch {
  readonly handoffId: string;
  readonly wonAt: Date;
  readonly contactAt: Date | null;
  readonly withdrawnAt: Date | null;
}

/** What the flags of a week follow from. */
export interface WeekFacts {
  readonly period: string;
  readonly span: Span;
  readonly deals: readonly ClosedDeal[];
  readonly checkpoints: readonly Checkpoint[];
  readonly touches: readonly Touch[];
  /** Exception requests that were open at the end of the week. */
  readonly openExceptions: readonly string[];
}

/** The red flags of a week. */
export function weekFlags(facts: WeekFacts, thresholds: RedFlagThresholds): RaisedFlag[] {
  return [
    ...facts.checkpoints.flatMap(({ code, period, threshold, ...span }) =>
      completionFlag(code, period, threshold, facts.deals, span),
    ),
    ...firstTouchFlag(facts, thresholds),
    ...exceptionFlag(facts, thresholds),
  ];
}

/**
 * First touch "above 48 hours consistently": so many in a row, in the order in which the deals were won, of those of
 * which it was known by the end of the week; the last of them became known in the week, so that a row is told of once.
 * A deal that was withdrawn before anybody was late owes no outreach.
 */
function firstTouchFlag({ period, span, touches }: WeekFacts, thresholds: RedFlagThresholds): RaisedFlag[] {
  const { firstTouchHours: hours, firstTouchInARow: length } = thresholds;
  const known = touches
    .flatMap(({ handoffId, wonAt, contactAt, withdrawnAt }) => {
      const limit = new Date(wonAt.getTime() + hours * HOUR_MS);
      const isLate = contactAt === null || contactAt > limit;
      if (isLate && withdrawnAt !== null && withdrawnAt <= limit) return [];
      return [{ handoffId, wonAt, isLate, knownAt: isLate ? limit : contactAt }];
    })
    .filter(({ knownAt }) => knownAt < span.to)
    .toSorted((a, b) => a.wonAt.getTime() - b.wonAt.getTime() || (a.handoffId < b.handoffId ? -1 : 1));
  const row = known.slice(known.findLastIndex(({ isLate }) => !isLate) + 1);
  if (row.length < length || row.every(({ knownAt }) => knownAt < span.from)) return [];
  return [
    {
      code: RedFlagCode.FIRST_TOUCH_LATE,
      period,
      numerator: row.length,
      denominator: known.length,
      threshold: length,
      subjectIds: row.map(({ handoffId }) => handoffId),
    },
  ];
}

function exceptionFlag(
  { period, openExceptions: open }: WeekFacts,
  { openExceptions: most }: RedFlagThresholds,
): RaisedFlag[] {
  if (open.length <= most) return [];
  const counts = { numerator: open.length, denominator: open.length, threshold: most };
  return [{ code: RedFlagCode.OPEN_EXCEPTIONS, period, ...counts, subjectIds: open }];
}

/** The red flags of a month: completion in two months in a row, and how many handoffs were escalated. */
export function monthFlags(
  {
    period,
    span,
    before,
    deals,
  }: { readonly period: string; readonly span: Span; readonly before: Date; readonly deals: readonly ClosedDeal[] },
  monthlyBps: number,
  { escalatedBps }: Pick<RedFlagThresholds, 'escalatedBps'>,
): RaisedFlag[] {
  const earlier = completionIn(deals, { from: before, to: span.from });
  const consecutive = isBelow(earlier.complete, earlier.of, monthlyBps)
    ? completionFlag(RedFlagCode.COMPLETION_MONTHLY, period, monthlyBps, deals, span)
    : [];
  const closed = deals.filter((deal) => deal.closedAt >= span.from && deal.closedAt < span.to);
  const escalated = closed.filter(({ isEscalated }) => isEscalated).map(({ handoffId }) => handoffId);
  if (escalated.length * WHOLE_BPS <= escalatedBps * closed.length) return consecutive;
  const counts = { numerator: escalated.length, denominator: closed.length, threshold: escalatedBps };
  return [...consecutive, { code: RedFlagCode.ESCALATED_SHARE, period, ...counts, subjectIds: escalated }];
}
