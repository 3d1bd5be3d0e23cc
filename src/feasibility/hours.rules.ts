import { workingTimesOn } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { decimalText, parseDecimal, roundHalfAwayFromZero } from '../core/decimal.js';
import { dayAfter } from '../core/local-day.js';

/** A part of a whole, exact: both are minutes of working time. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

/** Some role's or somebody's hours a week over a period. */
export interface Booked {
  /** By `planningRoleKey`. */
  readonly roleKey: string;
  readonly personId: string | null;
  /** Hours a week, in hundredths of an hour. */
  readonly perWeek: number;
  /** First and last day (YYYY-MM-DD), both included. */
  readonly fromOn: string;
  readonly toOn: string;
}

type Which = 'real' | 'usual';

const MINUTE = 60_000;
const WEEK = [0, 1, 2, 3, 4, 5, 6];

/** Hundredths of an hour of a decimal text: `37.5` is 3750. */
export const hundredths = (hours: string): number => Number(roundHalfAwayFromZero(parseDecimal(hours), 2));

/** The decimal text of hundredths of an hour. */
export const hoursText = (amount: number): string => decimalText({ unscaled: BigInt(amount), scale: 2 });

/** How much of its weeks a calendar works. Every day is looked up once. */
export class WorkWeeks {
  private readonly minutes = new Map<string, number>();
  private readonly usual: BusinessCalendar;

  constructor(private readonly calendar: BusinessCalendar) {
    this.usual = { ...calendar, holidays: [] };
  }

  /** What public holidays leave of the week of a Monday. */
  open(monday: string): Share {
    return { part: this.worked(monday, 'real'), whole: this.worked(monday, 'usual') };
  }

  /**
   * How much of a week's working time a period covers: a line that begins on a Wednesday asks for three fifths of its
   * hours. In a week of holidays alone the usual week is taken, so that hours which somebody plans there show as too many
   * and do not vanish.
   */
  share(monday: string, fromOn: string, toOn: string): Share {
    const which = this.worked(monday, 'real') > 0 ? 'real' : 'usual';
    return { part: this.worked(monday, which, fromOn, toOn), whole: this.worked(monday, which) };
  }

  /** Working minutes of the week of a Monday, of those days alone that lie within a period when one is given. */
  worked(monday: string, which: Which, fromOn = monday, toOn = dayAfter(monday, 6)): number {
    return WEEK.map((day) => dayAfter(monday, day))
      .filter((day) => fromOn <= day && day <= toOn)
      .reduce((sum, day) => sum + this.ofDay(day, which), 0);
  }

  private ofDay(day: string, which: Which): number {
    const key = `${which}/${day}`;
    const known = this.minutes.get(key);
    if (known !== undefined) return known;
    const times = workingTimesOn(which === 'real' ? this.calendar : this.usual, day);
    const minutes = times.reduce((sum, { from, to }) => sum + (to.getTime() - from.getTime()) / MINUTE, 0);
    this.minutes.set(key, minutes);
    return minutes;
  }
}

/**
 * The hours that lines ask for in the week of a Monday, in hundredths of an hour. Summed exactly and rounded once, so
 * that a line cut into two asks for what it asked before.
 */
export function hoursIn(weeks: WorkWeeks, lines: readonly Booked[], monday: string): number {
  const sunday = dayAfter(monday, 6);
  let sum = 0;
  let whole = 1;
  for (const { perWeek, fromOn, toOn } of lines) {
    if (toOn < monday || fromOn > sunday) continue;
    const share = weeks.share(monday, fromOn, toOn);
    sum += perWeek * share.part;
    whole = share.whole;
  }
  return Math.floor((2 * sum + whole) / (2 * whole));
}

/** Splits a whole number by weights so that the parts add up to it; without any weight the first part has it all. */
export function apportion(total: number, weights: readonly number[]): number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  if (all === 0) return weights.map((_, index) => (index === 0 ? total : 0));
  let seen = 0;
  let given = 0;
  return weights.map((weight) => {
    seen += weight;
    const until = Math.floor((total * seen) / all);
    const part = until - given;
    given = until;
    return part;
  });
}
