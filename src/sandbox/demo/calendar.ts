const DAY = 86_400_000;
/** Days around the year's end on which nobody starts a project. */
const QUIET = /-(12-2[4-9]|12-3[01]|01-01)$/;

/** The first ordinary working day at least so many days on, as a calendar day. */
export function workingDay(now: Date, days: number): string {
  for (let at = now.getTime() + days * DAY; ; at += DAY) {
    const day = new Date(at).toISOString().slice(0, 10);
    const weekday = new Date(at).getUTCDay();
    // Tuesday to Thursday: no public holiday of the sample tenants falls there but around the year's end.
    if (weekday >= 2 && weekday <= 4 && !QUIET.test(day)) return day;
  }
}

/** Today's day, as the database's clock gives it. */
export function today(now: Date): string {
  return now.toISOString().slice(0, 10);
}
