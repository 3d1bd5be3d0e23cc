const TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,7}))?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Whether a text is a date, or a date with a time, that exists. */
export function isHaloTime(text: string): boolean {
  const match = TIME.exec(text);
  if (!match) return false;
  const day = new Date(`${match[1]}T00:00:00Z`);
  // Date rolls 30 February over to March: what does not come back as it went in does not exist.
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== match[1]) return false;
  return match[2] === undefined || !Number.isNaN(Date.parse(`1970-01-01T${match[2]}${match[4] ?? 'Z'}`));
}

/**
 * An instant as HaloPSA writes it: local to the instance, without a zone, with milliseconds only where there are some
 * (facts 3.2: times carry no zone suffix; values are UTC-ish by instance setting).
 */
export function haloTime(instant: Date, utcOffsetMinutes: number): string {
  return new Date(instant.getTime() + utcOffsetMinutes * 60_000)
    .toISOString()
    .slice(0, 23)
    .replace(/\.000$/, '');
}

/** A time that a client wrote, as HaloPSA gives it back: what carries a zone is moved to the instance's, the rest stays. */
export function normalTime(text: string, utcOffsetMinutes: number): string {
  const match = TIME.exec(text);
  if (!match) return text;
  if (match[4] !== undefined) return haloTime(new Date(text), utcOffsetMinutes);
  const [, day, clock = '00:00:00', fraction] = match;
  const time = clock.length === 5 ? `${clock}:00` : clock;
  return `${day}T${time}${fraction === undefined || /^0+$/.test(fraction) ? '' : `.${fraction.padEnd(3, '0').slice(0, 3)}`}`;
}
