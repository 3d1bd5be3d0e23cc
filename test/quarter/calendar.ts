/** A business calendar as a tenant's file writes it. */
export interface RawCalendar {
  readonly timeZone: string;
  readonly hours: Readonly<Partial<Record<string, readonly { readonly from: string; readonly to: string }[]>>>;
  readonly holidays: readonly { readonly date: string }[];
}

/** How long something may take. */
export interface RawSetting {
  readonly amount: number;
  readonly unit: 'ELAPSED_HOURS' | 'BUSINESS_HOURS' | 'BUSINESS_DAYS';
}

/** A stretch of time in milliseconds since 1970; the end is not part of it. */
export type Stretch = readonly [from: number, to: number];

/** A stretch in which clocks stand still; `to` is null while it lasts. */
export interface Standstill {
  readonly from: number;
  readonly to: number | null;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * A second reading of business calendars, for the oracle: written from docs/clocks.md with the platform's own time zones
 * (Intl), by intervals that are cut out of each other, and without a line of the product's.
 */
export class OracleCalendar {
  private readonly format: Intl.DateTimeFormat;
  private readonly known = new Map<string, readonly Stretch[]>();
  private readonly free: ReadonlySet<string>;

  constructor(readonly raw: RawCalendar) {
    this.format = new Intl.DateTimeFormat('en-CA', {
      timeZone: raw.timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    this.free = new Set(raw.holidays.map(({ date }) => date));
  }

  /** What a clock on the wall shows, `2026-10-25 01:30:00`. */
  wall(at: number): string {
    const shown = Object.fromEntries(this.format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `${shown.year}-${shown.month}-${shown.day} ${shown.hour}:${shown.minute}:${shown.second}`;
  }

  dateOf(at: number): string {
    return this.wall(at).slice(0, 10);
  }

  /** The first instant at which the wall shows this time of a day; `24:00` is the end of the day. */
  at(date: string, time: string): number {
    if (time === '24:00') return this.at(dayAfter(date, 1), '00:00');
    const shown = `${date} ${time}:00`;
    const read = Date.parse(`${date}T${time}:00Z`);
    // No zone is further from UTC than 14 hours, and offsets are whole quarters of an hour.
    for (let offset = 14 * 4; offset >= -14 * 4; offset -= 1) {
      const instant = read - (offset * HOUR) / 4;
      if (this.wall(instant) === shown) return instant;
    }
    throw new Error(`${shown} does not exist in ${this.raw.timeZone}`);
  }

  /** The working times of a day, in order; none on a holiday. */
  worked(date: string): readonly Stretch[] {
    const known = this.known.get(date);
    if (known) return known;
    const spans = this.free.has(date) ? [] : (this.raw.hours[WEEKDAYS[weekday(date)]!] ?? []);
    const stretches = spans.map(({ from, to }): Stretch => [this.at(date, from), this.at(date, to)]);
    this.known.set(date, stretches);
    return stretches;
  }

  isWorked(date: string): boolean {
    return this.worked(date).length > 0;
  }

  opening(date: string): number {
    return this.worked(date)[0]![0];
  }

  closing(date: string): number {
    return this.worked(date).at(-1)![1];
  }

  /** The n-th worked day after a day, which is not counted itself. */
  workedDayAfter(date: string, n: number): string {
    let day = date;
    for (let left = n; left > 0; left -= this.isWorked(day) ? 1 : 0) day = dayAfter(day, 1);
    return day;
  }

  /** When a clock that began at an instant is due; null while a standstill that has not ended keeps it open. */
  due({ amount, unit }: RawSetting, start: number, pauses: readonly Standstill[]): number | null {
    if (unit === 'BUSINESS_DAYS') return this.dueInDays(amount, start, pauses);
    let left = amount * HOUR;
    for (const [from, to] of without(unit === 'ELAPSED_HOURS' ? [[start, Infinity]] : this.workedFrom(start), pauses)) {
      if (from === Infinity) return null;
      if (to - from >= left) return from + left;
      left -= to - from;
    }
    return null;
  }

  /** When whoever is responsible is reminded of a clock. */
  remind(setting: RawSetting, start: number, pauses: readonly Standstill[]): number | null {
    if (setting.unit !== 'BUSINESS_DAYS') return this.due({ ...setting, amount: setting.amount * 0.75 }, start, pauses);
    // Day by day: whoever opens in the morning knows of no standstill that begins later.
    for (let day = this.workedDayAfter(this.dateOf(start), 1); ; day = this.workedDayAfter(day, 1)) {
      const opening = this.opening(day);
      const begun = pauses.filter(({ from }) => from < opening);
      const due = this.dueInDays(setting.amount, start, begun);
      if (due === null) return null;
      if (due <= this.closing(day)) return Math.max(start, opening);
    }
  }

  private dueInDays(days: number, start: number, pauses: readonly Standstill[]): number | null {
    let day = this.dateOf(start);
    for (let left = days; left > 0;) {
      day = this.workedDayAfter(day, 1);
      const closing = this.closing(day);
      const pause = pauses.find(({ from, to }) => from < closing && closing < (to ?? Infinity));
      if (pause?.to === null) return null;
      if (!pause) left -= 1;
    }
    return this.closing(day);
  }

  private *workedFrom(start: number): Generator<Stretch> {
    for (let day = this.dateOf(start), n = 0; n < 1000; n += 1, day = dayAfter(day, 1))
      for (const [from, to] of this.worked(day)) if (to > start) yield [Math.max(from, start), to];
  }
}

/** What is left of stretches in which a clock counts; one that an unended standstill swallows begins at Infinity. */
function* without(stretches: Iterable<Stretch>, pauses: readonly Standstill[]): Generator<Stretch> {
  for (const stretch of stretches) {
    let from = stretch[0];
    for (const pause of pauses) {
      const [begin, end] = [pause.from, pause.to ?? Infinity];
      if (end <= from || begin >= stretch[1]) continue;
      if (begin > from) yield [from, begin];
      from = Math.max(from, end);
    }
    if (from < stretch[1]) yield [from, stretch[1]];
    else if (from === Infinity) yield [Infinity, Infinity];
  }
}

/** The day so many days after another. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}
