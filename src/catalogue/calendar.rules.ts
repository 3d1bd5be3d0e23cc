import { IANAZone } from 'luxon';
import { dayAfter, localDay } from '../core/local-day.js';
import type { BusinessCalendar, ClockSetting, WorkingSpan } from './configuration.js';
import { WEEKDAYS } from './configuration.words.js';

/** A stretch of working time, as instants; `to` is not worked any more. */
export interface WorkingTime {
  readonly from: Date;
  readonly to: Date;
}

/** A calendar made ready for many questions. */
interface PreparedCalendar {
  readonly zone: IANAZone;
  readonly holidays: ReadonlySet<string>;
  /** Working spans in minutes of the day, by weekday, Monday first. */
  readonly spans: readonly (readonly { readonly from: number; readonly to: number }[])[];
  /** The working times of the days that were asked for: looking up a time zone is slow, and planners ask again and again. */
  readonly times: Map<string, readonly WorkingTime[]>;
  /** The business days that were asked for, by the date and the number of days after it. */
  readonly after: Map<string, string>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** No sound question leads further than this; a calendar whose holidays leave nothing ends here. */
const MAX_DAYS_WALKED = 20_000;
/** Days whose working times are kept for a calendar, and answers about business days: some years. */
const MAX_DAYS_KEPT = 2_000;

const prepared = new WeakMap<BusinessCalendar, PreparedCalendar>();

/** Minutes of the day of an `HH:MM` text, 0 to 1440 (`24:00`); NaN for anything else. */
export function minuteOfDay(time: string): number {
  const match = /^(\d\d):(\d\d)$/.exec(time);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  return minutes <= 1440 && Number(match?.[2]) < 60 ? minutes : Number.NaN;
}

/** Whether a text is a date that exists, in the form YYYY-MM-DD: 2026-02-30 is none. */
export function isCalendarDate(date: string): boolean {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00:00Z`) : new Date(Number.NaN);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 10) === date;
}

/** Whether a date (YYYY-MM-DD) is worked: its weekday has working hours and it is no holiday. */
export function isBusinessDay(calendar: BusinessCalendar, date: string): boolean {
  const { holidays, spans } = prepare(calendar);
  return !holidays.has(date) && spans[weekdayIndex(date)]!.length > 0;
}

/** The date (YYYY-MM-DD) of an instant in the calendar's time zone. */
export function dateOf(calendar: BusinessCalendar, instant: Date): string {
  return localDay(prepare(calendar).zone.name, instant);
}

/**
 * The n-th business day after a date (YYYY-MM-DD); the date itself is not counted, as in "within two business days".
 * 0 is the date itself when it is worked, else the next business day; a negative number counts backwards.
 * Throws a RangeError on a date that does not exist and on a calendar that has no such day.
 */
export function addBusinessDays(calendar: BusinessCalendar, date: string, days: number): string {
  const { after } = prepare(calendar);
  const key = `${date} ${days}`;
  const known = after.get(key);
  if (known !== undefined) return known;
  const found = businessDayAfter(calendar, date, days);
  if (after.size >= MAX_DAYS_KEPT) after.clear();
  after.set(key, found);
  return found;
}

function businessDayAfter(calendar: BusinessCalendar, date: string, days: number): string {
  if (!Number.isSafeInteger(days)) throw new RangeError(`${days} is no whole number of days`);
  const step = days < 0 ? -1 : 1;
  let current = checkedDate(date);
  if (days === 0 && isBusinessDay(calendar, date)) return date;
  let left = Math.max(1, Math.abs(days));
  for (let walked = 0; walked < MAX_DAYS_WALKED; walked += 1) {
    current = dayAfter(current, step);
    if (isBusinessDay(calendar, current)) left -= 1;
    if (left === 0) return current;
  }
  throw noWorkingTime();
}

/**
 * The working times of one date (YYYY-MM-DD) as instants, in order; none on a holiday. Where the clocks change within
 * a span, its real length counts; an hour that does not exist begins or ends at the change, and of an hour that
 * comes twice the first is meant.
 */
export function workingTimesOn(calendar: BusinessCalendar, date: string): readonly WorkingTime[] {
  const { zone, spans, times } = prepare(calendar);
  const known = times.get(date);
  if (known) return known;
  const worked = isBusinessDay(calendar, date) ? spans[weekdayIndex(date)]! : [];
  const found = worked
    .map(({ from, to }) => ({ from: instantAt(zone, date, from), to: instantAt(zone, date, to) }))
    .filter(({ from, to }) => from < to);
  if (times.size >= MAX_DAYS_KEPT) times.clear();
  times.set(date, found);
  return found;
}

/** Whether an instant lies within working time; the closing minute does not. */
export function isWithinHours(calendar: BusinessCalendar, instant: Date): boolean {
  return workingTimesOn(calendar, dateOf(calendar, instant)).some(({ from, to }) => from <= instant && instant < to);
}

/**
 * The instant at which so many hours of working time have passed since `start`; time outside working hours does not
 * count, so a start on a Saturday begins to count on Monday. Exactly filled at closing time, it is closing time.
 * `hours` may have a
 * fraction that is whole in milliseconds. Throws a RangeError on a negative number and on a calendar without so much
 * time.
 */
export function addBusinessHours(calendar: BusinessCalendar, start: Date, hours: number): Date {
  const length = Math.trunc(hours * HOUR);
  if (!Number.isFinite(length) || length < 0) throw new RangeError(`${hours} is no number of hours`);
  return addWorked(calendar, start, length);
}

/** The same for so many milliseconds of working time: what was left of a clock is no round number of hours. */
export function addWorked(calendar: BusinessCalendar, start: Date, length: number): Date {
  let left = length;
  if (left === 0) return start;
  let day = dateOf(calendar, start);
  for (let walked = 0; walked < MAX_DAYS_WALKED; walked += 1) {
    for (const { from, to } of workingTimesOn(calendar, day)) {
      const begin = Math.max(from.getTime(), start.getTime());
      const open = Math.max(0, to.getTime() - begin);
      if (left <= open) return new Date(begin + left);
      left -= open;
    }
    day = dayAfter(day, 1);
  }
  throw noWorkingTime();
}

/** The working time between two instants in whole minutes, rounded down; 0 when the second is not later. */
export function businessMinutesBetween(calendar: BusinessCalendar, from: Date, to: Date): number {
  return Math.trunc(workedBetween(calendar, from, to) / MINUTE);
}

/** The working time between two instants in milliseconds; 0 when the second is not later. */
export function workedBetween(calendar: BusinessCalendar, from: Date, to: Date): number {
  if (to <= from) return 0;
  const last = dateOf(calendar, to);
  let worked = 0;
  for (let day = dateOf(calendar, from); day <= last; day = dayAfter(day, 1)) {
    for (const span of workingTimesOn(calendar, day)) {
      const begin = Math.max(span.from.getTime(), from.getTime());
      worked += Math.max(0, Math.min(span.to.getTime(), to.getTime()) - begin);
    }
  }
  return worked;
}

/** So many hours of working time from an instant on, as stretches (ISO instants) that a request may pin. */
export function workingTimesFrom(
  calendar: BusinessCalendar,
  from: Date,
  hours: number,
): { readonly from: string; readonly to: string }[] {
  const until = addBusinessHours(calendar, from, hours);
  const last = dateOf(calendar, until);
  const times: { from: string; to: string }[] = [];
  for (let day = dateOf(calendar, from); day <= last; day = dayAfter(day, 1)) {
    for (const span of workingTimesOn(calendar, day)) {
      const [begin, end] = [span.from < from ? from : span.from, span.to > until ? until : span.to];
      if (begin < end) times.push({ from: begin.toISOString(), to: end.toISOString() });
    }
  }
  return times;
}

/**
 * When a clock that started at an instant is due (issue 5, "Clocks"):
 * ELAPSED_HOURS after so many real hours, nights and weekends included;
 * BUSINESS_HOURS after so much working time;
 * BUSINESS_DAYS at closing time of the n-th business day after the start's date, which is itself not counted.
 */
export function due(clock: ClockSetting, start: Date, calendar: BusinessCalendar): Date {
  if (clock.unit === 'ELAPSED_HOURS') return new Date(start.getTime() + clock.amount * HOUR);
  if (clock.unit === 'BUSINESS_HOURS') return addBusinessHours(calendar, start, clock.amount);
  return closingTime(calendar, addBusinessDays(calendar, dateOf(calendar, start), clock.amount));
}

/** The instant at which the last working time of a business day ends. Throws a RangeError on a day that is not worked. */
export function closingTime(calendar: BusinessCalendar, date: string): Date {
  const last = workingTimesOn(calendar, date).at(-1);
  if (!last) throw new RangeError(`${date} is not worked`);
  return last.to;
}

/** The instant at which a date (YYYY-MM-DD) ends in the calendar's time zone. */
export function endOfDay(calendar: BusinessCalendar, date: string): Date {
  return instantAt(prepare(calendar).zone, date, 1440);
}

function prepare(calendar: BusinessCalendar): PreparedCalendar {
  const known = prepared.get(calendar);
  if (known) return known;
  const zone = IANAZone.create(calendar.timeZone);
  if (!zone.isValid) throw new RangeError(`${calendar.timeZone} is no IANA time zone`);
  const spans = WEEKDAYS.map((day) => (calendar.hours[day] ?? []).map(checkedSpan));
  if (spans.every((day) => day.length === 0)) throw noWorkingTime();
  const holidays = new Set(calendar.holidays.map(({ date }) => date));
  const result = {
    zone,
    spans,
    holidays,
    times: new Map<string, readonly WorkingTime[]>(),
    after: new Map<string, string>(),
  };
  prepared.set(calendar, result);
  return result;
}

function checkedSpan({ from, to }: WorkingSpan): { from: number; to: number } {
  const span = { from: minuteOfDay(from), to: minuteOfDay(to) };
  if (span.from < span.to) return span;
  throw new RangeError(`${from} to ${to} is no working span`);
}

function checkedDate(date: string): string {
  if (!isCalendarDate(date)) throw new RangeError(`${date} is no date`);
  return date;
}

/** Monday is 0. */
function weekdayIndex(date: string): number {
  return (new Date(`${checkedDate(date)}T00:00:00Z`).getUTCDay() + 6) % 7;
}

const noWorkingTime = (): RangeError => new RangeError('The calendar has no working time within reach');

/**
 * The first instant of a date at which the zone's wall clock shows at least so many minutes. Written out because
 * luxon does not promise which of two equal wall times it picks, and pushes one that does not exist past the change.
 */
function instantAt(zone: IANAZone, date: string, minutes: number): Date {
  const wall = Date.parse(`${checkedDate(date)}T00:00:00Z`) + minutes * MINUTE;
  const before = wall - zone.offset(wall - DAY) * MINUTE;
  const after = wall - zone.offset(wall + DAY) * MINUTE;
  const exact = [before, after].filter((instant) => instant + zone.offset(instant) * MINUTE === wall);
  return new Date(exact.length > 0 ? Math.min(...exact) : changeBetween(zone, after, before));
}

/** The instant between two at which the zone's offset changes, to the minute. */
function changeBetween(zone: IANAZone, early: number, late: number): number {
  let [low, high] = [early, late];
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
    if (zone.offset(middle) === zone.offset(early)) low = middle;
    else high = middle;
  }
  return high;
}
