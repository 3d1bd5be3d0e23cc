import { addBusinessDays, dateOf, isWithinHours, workingTimesOn } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { NoticeDelivery, type NoticePreference } from './notice.entity.js';

/** What of a preference decides when a mail is due. */
export type Wish = Pick<NoticePreference, 'delivery' | 'quietHours' | 'dailyMails'>;

/** Whoever has set nothing: each at once, quiet outside of working times, 20 mails a day before they are gathered. */
export const DEFAULT_PREFERENCE: Wish = { delivery: NoticeDelivery.IMMEDIATE, quietHours: true, dailyMails: 20 };

/** When a mail is due, and whether it goes with others. */
export interface Due {
  readonly dueAt: Date;
  readonly inDigest: boolean;
}

/**
 * When a notice is mailed (requirements: batch alerts, priority flags, essential ones alone; feature 41). Urgent ones go
 * at once, whatever the hour and the budget. Everything else follows the person's wish: what waits for working time or
 * is beyond the day's budget goes together in one mail when working time begins. `mailed` counts the single mails of
 * this calendar day, urgent ones apart.
 */
export function dueOf(isUrgent: boolean, wish: Wish, calendar: BusinessCalendar, mailed: number, now: Date): Due {
  const gathers = wish.delivery === NoticeDelivery.DIGEST || mailed >= wish.dailyMails;
  const isQuiet = wish.quietHours && !isWithinHours(calendar, now);
  if (isUrgent || (!gathers && !isQuiet)) return { dueAt: now, inDigest: false };
  return { dueAt: nextOpening(calendar, now), inDigest: true };
}

/** The instant at which the next stretch of working time begins, after `now`; within a stretch the one after it. */
export function nextOpening(calendar: BusinessCalendar, now: Date): Date {
  const today = dateOf(calendar, now);
  const later = workingTimesOn(calendar, today).find(({ from }) => from > now);
  return (later ?? workingTimesOn(calendar, addBusinessDays(calendar, today, 1))[0]!).from;
}
