import {
  addBusinessDays,
  addWorked,
  closingTime,
  dateOf,
  due,
  workedBetween,
  workingTimesOn,
} from '../catalogue/calendar.rules.js';
import type { BusinessCalendar, ClockSetting } from '../catalogue/configuration.js';

/** A stretch in which a clock stands still, such as a client who asked to wait; `to` is null while it lasts. */
export interface Pause {
  readonly from: Date;
  readonly to: Date | null;
}

const HOUR = 3_600_000;

/**
 * When a clock that stands still during the pauses is due (issue 5, "Clocks"); null while a pause that has not ended keeps
 * it from being due. Hours that were paused do not count; a business day counts when the clock ran at its closing time.
 * Without pauses it is `due` of the calendar.
 */
export function dueWithPauses(
  clock: ClockSetting,
  start: Date,
  calendar: BusinessCalendar,
  pauses: readonly Pause[],
): Date | null {
  const apart = merged(pauses).filter(({ to }) => to === null || to > start);
  if (apart.length === 0) return due(clock, start, calendar);
  if (clock.unit === 'BUSINESS_DAYS') return dueInDays(clock.amount, start, calendar, apart);
  const isElapsed = clock.unit === 'ELAPSED_HOURS';
  const after = (from: Date, length: number): Date =>
    isElapsed ? new Date(from.getTime() + length) : addWorked(calendar, from, length);
  const between = (from: Date, to: Date): number =>
    isElapsed ? Math.max(0, to.getTime() - from.getTime()) : workedBetween(calendar, from, to);
  let [at, left] = [start, clock.amount * HOUR];
  for (const { from, to } of apart) {
    const reached = after(at, left);
    if (reached <= from) return reached;
    if (to === null) return null;
    left -= between(at, from);
    at = to;
  }
  return after(at, left);
}

/**
 * When whoever is responsible is reminded of a clock: when three quarters of its hours have run, or when the working time
 * of the day begins on which a clock in business days is due, by what was known in that moment: a pause that begins later
 * may move the due day, and the reminder has been given all the same. Null while it is not known when it is due.
 */
export function remindWithPauses(
  clock: ClockSetting,
  start: Date,
  calendar: BusinessCalendar,
  pauses: readonly Pause[],
): Date | null {
  if (clock.unit !== 'BUSINESS_DAYS')
    return dueWithPauses({ ...clock, amount: clock.amount * 0.75 }, start, calendar, pauses);
  for (let begun: readonly Pause[] = []; ;) {
    const dueAt = dueWithPauses(clock, start, calendar, begun);
    if (dueAt === null) return null;
    // Work may end at 24:00, which is the first instant of another day: that one need not be worked.
    const day = dateOf(calendar, new Date(dueAt.getTime() - 1));
    const opening = workingTimesOn(calendar, day)[0]!.from;
    const before = pauses.filter(({ from }) => from < opening);
    if (before.length === begun.length) return opening > start ? opening : start;
    begun = before;
  }
}

/** Whether a clock stands still at an instant. */
export function isPausedAt(pauses: readonly Pause[], instant: Date): boolean {
  return pauses.some(({ from, to }) => from <= instant && (to === null || instant < to));
}

function dueInDays(days: number, start: Date, calendar: BusinessCalendar, pauses: readonly Pause[]): Date | null {
  let day = dateOf(calendar, start);
  for (let left = days; left > 0;) {
    day = addBusinessDays(calendar, day, 1);
    const closing = closingTime(calendar, day);
    const pause = pauses.find(({ from, to }) => from < closing && (to === null || to > closing));
    if (pause?.to === null) return null;
    if (pause === undefined) left -= 1;
  }
  return closingTime(calendar, day);
}

/** The pauses in order, those that touch made one. */
function merged(pauses: readonly Pause[]): Pause[] {
  const result: Pause[] = [];
  for (const pause of pauses.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = result.at(-1);
    if (last === undefined || (last.to !== null && last.to < pause.from)) result.push(pause);
    else if (last.to !== null && (pause.to === null || pause.to > last.to))
      result.splice(-1, 1, { from: last.from, to: pause.to });
  }
  return result;
}
