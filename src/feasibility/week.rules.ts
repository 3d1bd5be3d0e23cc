import { DateTime } from 'luxon';
import { badInput } from '../core/error.js';
import { dayAfter, daysBetween } from '../core/local-day.js';

/** Some Monday; weeks are counted from it. */
const A_MONDAY = '1970-01-05';
const WEEK = /^[12]\d{3}-W\d{2}$/;

/** The Monday (YYYY-MM-DD) of an ISO 8601 week such as `2026-W53`; null for one that does not exist: `2026-W54`, `2027-W53`. */
export function mondayOfWeek(week: string): string | null {
  if (!WEEK.test(week)) return null;
  const monday = DateTime.fromISO(week, { zone: 'utc' });
  return monday.isValid ? monday.toISODate() : null;
}

/** The same for what somebody sent; throws BAD_USER_INPUT, naming the field. */
export function checkedWeek(field: string, week: string): string {
  const monday = mondayOfWeek(week);
  if (monday) return monday;
  throw badInput(
    field,
    `"${week.slice(0, 20)}" is no week of the ISO 8601 calendar.`,
    'Write it as 2026-W49; a year has 52 weeks, and 53 when it begins or ends on a Thursday.',
  );
}

/** The ISO 8601 week of a day: `2027-01-03` lies in `2026-W53`. */
export function weekOf(day: string): string {
  return DateTime.fromISO(day, { zone: 'utc' }).toFormat("kkkk-'W'WW");
}

/** The Monday of the week in which a day lies. */
export function mondayOn(day: string): string {
  const since = daysBetween(A_MONDAY, day) % 7;
  return dayAfter(day, -(since < 0 ? since + 7 : since));
}

/** The Mondays of so many weeks from one on. */
export function mondaysFrom(monday: string, weeks: number): string[] {
  return Array.from({ length: weeks }, (_, week) => dayAfter(monday, week * 7));
}

/** The Mondays of every week that a period touches, first and last day included. */
export function mondaysWithin(fromOn: string, toOn: string): string[] {
  const first = mondayOn(fromOn);
  return mondaysFrom(first, daysBetween(first, mondayOn(toOn)) / 7 + 1);
}
