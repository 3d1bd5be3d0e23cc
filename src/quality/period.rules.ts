import { DateTime } from 'luxon';
import { addBusinessDays, due } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { WEEKDAYS } from '../catalogue/configuration.words.js';
import type { ChosenReview } from '../catalogue/quality.rules.js';
import { ReviewKind } from './review.entity.js';

/** How many ended periods of a kind are caught up with at most: nobody reviews what is longer past. */
export const CATCH_UP: Readonly<Record<ReviewKind, number>> = { WEEKLY: 8, MONTHLY: 3, QUARTERLY: 2 };

const UNIT = { WEEKLY: 'week', MONTHLY: 'month', QUARTERLY: 'quarter' } as const;

/** A period that has ended, and when its review is to be made. */
export interface DuePeriod {
  readonly kind: ReviewKind;
  readonly period: string;
  readonly from: Date;
  /** The first instant after it. */
  readonly to: Date;
  /** The same of the period before. */
  readonly before: Date;
  /** When the review is to be made. */
  readonly openedAt: Date;
}

/** Where periods are counted. */
export interface PeriodSetting {
  /** The tenant's IANA time zone. */
  readonly timeZone: string;
  readonly calendar: BusinessCalendar;
  readonly review: Pick<ChosenReview, 'weekday' | 'hour'>;
}

/**
 * The periods that have ended and whose review is to be made by now, oldest first, not before the tenant began and none
 * that has its review. A weekly review is made at its hour on the first of its weekdays after the ISO week, the others on
 * the first business day after their period, by the wall clock of the tenant; an hour that the clocks skip is the next one.
 */
export function duePeriods(
  kind: ReviewKind,
  setting: PeriodSetting,
  { since, done }: { readonly since: Date; readonly done: ReadonlySet<string> },
  now: Date,
): DuePeriod[] {
  const current = DateTime.fromJSDate(now, { zone: setting.timeZone }).startOf(UNIT[kind]);
  const periods: DuePeriod[] = [];
  for (let back = CATCH_UP[kind]; back > 0; back -= 1) {
    const one = periodFrom(kind, current.minus({ [`${UNIT[kind]}s`]: back }), setting);
    if (one.to > since && one.openedAt <= now && !done.has(one.period)) periods.push(one);
  }
  return periods;
}

/** A period by its first moment in the tenant's time zone. */
export function periodFrom(kind: ReviewKind, first: DateTime, setting: PeriodSetting): DuePeriod {
  const next = first.plus({ [`${UNIT[kind]}s`]: 1 }).startOf(UNIT[kind]);
  return {
    kind,
    period: nameOf(kind, first),
    from: first.toJSDate(),
    to: next.toJSDate(),
    before: first.minus({ [`${UNIT[kind]}s`]: 1 }).toJSDate(),
    openedAt: madeOn(kind, next, setting).toJSDate(),
  };
}

/** When a review that was to be made at an instant is held at the latest. */
export function heldBy(
  openedAt: Date,
  { heldWithinBusinessDays: amount }: ChosenReview,
  calendar: BusinessCalendar,
): Date {
  return due({ amount, unit: 'BUSINESS_DAYS' }, openedAt, calendar);
}

function nameOf(kind: ReviewKind, first: DateTime): string {
  if (kind === ReviewKind.WEEKLY) return first.toFormat("kkkk-'W'WW");
  return kind === ReviewKind.MONTHLY ? first.toFormat('yyyy-MM') : `${first.year}-Q${first.quarter}`;
}

function madeOn(kind: ReviewKind, next: DateTime, { calendar, review, timeZone }: PeriodSetting): DateTime {
  const { weekday, hour } = review;
  const day =
    kind === ReviewKind.WEEKLY
      ? next.plus({ days: WEEKDAYS.indexOf(weekday) })
      : DateTime.fromISO(addBusinessDays(calendar, next.toISODate()!, 0), { zone: timeZone });
  const { year, month, day: dayOfMonth } = day;
  return DateTime.fromObject({ year, month, day: dayOfMonth, hour }, { zone: timeZone });
}
