import { DateTime, IANAZone } from 'luxon';

const MINUTE = 60_000;
const DAY = 86_400_000;
/**
 * The years of days and instants that are taken from anybody. Plans, deadlines and periods are reckoned from them, and
 * nothing of that may leave the years of four digits: JavaScript writes the year 10000 as `+010000`, which PostgreSQL
 * does not read.
 */
export const [FIRST_YEAR, LAST_YEAR] = [1900, 2999] as const;
/** Between these instants a zone changes its offset at most once in a day (tz database), and a year has four digits. */
const [FROM, TO] = [Date.UTC(1970), Date.UTC(LAST_YEAR + 1)];
/** Days whose offset is kept for a zone: some years. */
const MOST_DAYS = 5_000;

/** By zone, the offset in minutes of days of UTC, by their number since 1970; null for a day on which it changes. */
const offsets = new Map<string, Map<number, number | null>>();

/** The calendar day, `2026-11-21`, of an instant in an IANA time zone. */
export function localDay(timeZone: string, instant: Date): string {
  const offset = offsetOf(timeZone, instant.getTime());
  if (offset === null) return DateTime.fromJSDate(instant, { zone: timeZone }).toISODate()!;
  return new Date(instant.getTime() + offset * MINUTE).toISOString().slice(0, 10);
}

/**
 * The offset of a zone in minutes, remembered by day, as looking it up is slow and projections ask ever again; null on a day
 * on which it changes, for a zone that is none, and far from the present.
 */
function offsetOf(timeZone: string, instant: number): number | null {
  // Not a number is no smaller either.
  if (!(instant >= FROM && instant < TO)) return null;
  let days = offsets.get(timeZone);
  if (!days) offsets.set(timeZone, (days = new Map()));
  const day = Math.floor(instant / DAY);
  const known = days.get(day);
  if (known !== undefined) return known;
  const zone = IANAZone.create(timeZone);
  const [first, last] = zone.isValid ? [zone.offset(day * DAY), zone.offset((day + 1) * DAY)] : [];
  const offset = first !== undefined && first === last ? first : null;
  if (days.size >= MOST_DAYS) days.clear();
  days.set(day, offset);
  return offset;
}

/** Whether a year is one of those that are taken; not a number is none. */
export const isTakenYear = (year: number): boolean => year >= FIRST_YEAR && year <= LAST_YEAR;

/** Whole days from one calendar day to another; negative when the second comes first. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}

/** The calendar day so many days after another. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
