import { addBusinessDays, dateOf, isBusinessDay } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import type { RolloutThresholds } from '../catalogue/configuration.rollout.js';
import { dayAfter } from '../core/local-day.js';
import { HypercareCheckKind } from './rollout.entity.js';

/** Document 001: hypercare of 4 weeks, completion monitored daily for 2 weeks then weekly, extended by 2 weeks. */
const WEEKS = 4;
const DAILY_DAYS = 14;
const EXTENSION_WEEKS = 2;
const WEEK = 7;

/** A won deal of a handoff that was not withdrawn. */
export interface Closing {
  /** The day of the close, as the PSA tells it. */
  readonly wonOn: string;
  /** When it first passed the submit gate with nothing left open; null when it never did. */
  readonly completeAt: Date | null;
}

/** How many of the won deals were complete. */
export interface Completion {
  readonly complete: number;
  readonly closed: number;
}

/** One look that is due; its days are those from `fromOn` up to, and without, `toOn`. */
export interface DueCheck {
  readonly kind: HypercareCheckKind;
  readonly dueOn: string;
  readonly fromOn: string;
  readonly toOn: string;
}

/** Hypercare as it follows from when it began and from what was closed since; no process has to be alive for it. */
export interface HypercarePlan {
  readonly startedOn: string;
  /** The day after its last. */
  readonly endsOn: string;
  readonly isExtended: boolean;
  /** Of the fourth week; null until it is over. */
  readonly weekFour: Completion | null;
  readonly checks: readonly DueCheck[];
}

/**
 * Completion of the deals won on the days from `fromOn` up to, and without, `toOn`: complete by the end of the day of
 * the close, since the PSA tells the day and no more (document 001, completion rate: "before or at close").
 */
export function completionOf(
  closings: readonly Closing[],
  fromOn: string,
  toOn: string,
  calendar: BusinessCalendar,
): Completion {
  const won = closings.filter(({ wonOn }) => wonOn >= fromOn && wonOn < toOn);
  const isComplete = ({ wonOn, completeAt }: Closing): boolean =>
    completeAt !== null && dateOf(calendar, completeAt) <= wonOn;
  return { complete: won.filter(isComplete).length, closed: won.length };
}

/** Whether completion is below a rate in basis points, compared as integers; what had no case is not below anything. */
export function isBelow({ complete, closed }: Completion, bps: number): boolean {
  return closed > 0 && complete * 10_000 < bps * closed;
}

/** Hypercare since the instant at which every deal came under enforcement. */
export function hypercarePlan(
  normalSince: Date,
  closings: readonly Closing[],
  calendar: BusinessCalendar,
  thresholds: RolloutThresholds,
  now: Date,
): HypercarePlan {
  const startedOn = dateOf(calendar, normalSince);
  const regularEnd = dayAfter(startedOn, WEEKS * WEEK);
  const weekFour =
    dateOf(calendar, now) >= regularEnd
      ? completionOf(closings, dayAfter(regularEnd, -WEEK), regularEnd, calendar)
      : null;
  const isExtended = weekFour !== null && isBelow(weekFour, thresholds.extendBps);
  const weeks = WEEKS + (isExtended ? EXTENSION_WEEKS : 0);
  return {
    startedOn,
    endsOn: dayAfter(startedOn, weeks * WEEK),
    isExtended,
    weekFour,
    checks: [...completionChecks(startedOn, weeks, calendar), ...officeHours(startedOn, weeks, calendar)].toSorted(
      (a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.kind < b.kind ? -1 : 1),
    ),
  };
}

/** On each business day of two weeks the days since the look before; then the week, after it has ended. */
function completionChecks(startedOn: string, weeks: number, calendar: BusinessCalendar): DueCheck[] {
  const checks: DueCheck[] = [];
  let fromOn = startedOn;
  for (let day = 1; day <= DAILY_DAYS; day += 1) {
    const dueOn = dayAfter(startedOn, day);
    if (!isBusinessDay(calendar, dueOn)) continue;
    checks.push({ kind: HypercareCheckKind.COMPLETION, dueOn, fromOn, toOn: dueOn });
    fromOn = dueOn;
  }
  for (let week = DAILY_DAYS / WEEK + 1; week <= weeks; week += 1) {
    const toOn = dayAfter(startedOn, week * WEEK);
    checks.push({ kind: HypercareCheckKind.COMPLETION, dueOn: addBusinessDays(calendar, toOn, 0), fromOn, toOn });
    fromOn = toOn;
  }
  return distinct(checks);
}

/** One half hour a week, held by the last day of the week at the latest. */
function officeHours(startedOn: string, weeks: number, calendar: BusinessCalendar): DueCheck[] {
  const all = Array.from({ length: weeks }, (_, index): DueCheck => {
    const toOn = dayAfter(startedOn, (index + 1) * WEEK);
    const dueOn = addBusinessDays(calendar, toOn, 0);
    return { kind: HypercareCheckKind.OFFICE_HOURS, dueOn, fromOn: dayAfter(startedOn, index * WEEK), toOn };
  });
  return distinct(all);
}

/** Long holidays can bring two looks onto one day: they are one, over the days of both. */
function distinct(checks: readonly DueCheck[]): DueCheck[] {
  const byDay = new Map<string, DueCheck>();
  for (const check of checks) {
    const before = byDay.get(check.dueOn);
    byDay.set(check.dueOn, before ? { ...check, fromOn: before.fromOn } : check);
  }
  return [...byDay.values()];
}
