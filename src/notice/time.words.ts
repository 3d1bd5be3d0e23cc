import { DateTime } from 'luxon';

/** `23 Nov 2026, 14:00 GMT`: in the tenant's time zone, which is named. */
export function timeOf(instant: Date, timeZone: string): string {
  return DateTime.fromJSDate(instant, { zone: timeZone }).setLocale('en-GB').toFormat('d LLL yyyy, HH:mm ZZZZ');
}
