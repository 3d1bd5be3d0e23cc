import type { Definition, Direction, Figure, Target, Unit } from './words.js';

/** Numbers and days are written one way for everybody, so that a printed page and a screen agree. */
const LOCALE = 'en-GB';
/** What stands where there is no value: no case is not 0. */
export const NOTHING = '–';
const MINUTES_AN_HOUR = 60;
const MINUTES_A_DAY = 1440;

/**
 * A decimal text times ten to the power of `shift`, rounded half away from zero to `places`; never through a float. A
 * fraction that is all zeros is left out.
 */
export function rounded(text: string, places: number, shift = 0): string {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const scale = fraction.length - shift;
  const digits = BigInt(whole + fraction);
  const scaled = scale <= places ? digits * 10n ** BigInt(places - scale) : half(digits, 10n ** BigInt(scale - places));
  const padded = scaled.toString().padStart(places + 1, '0');
  const integer = padded.slice(0, padded.length - places);
  const rest = padded.slice(padded.length - places).replace(/0+$/, '');
  return `${scaled === 0n ? '' : sign}${integer}${rest === '' ? '' : `.${rest}`}`;
}

const half = (digits: bigint, divisor: bigint): bigint => (2n * digits + divisor) / (2n * divisor);

/** A decimal text with its thousands apart. */
export function grouped(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? [];
  return `${sign === '-' ? '−' : ''}${whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',')}${fraction}`;
}

/** Minor units of a currency as money. */
export function money(minor: string, currency: string): string {
  const format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  const negative = minor.startsWith('-');
  const digits = rounded(minor.replace('-', ''), 0).padStart(decimals + 1, '0');
  const major = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  // A string keeps every digit (ECMA-402, NumberFormat v3); the types know numbers only.
  return `${negative ? '−' : ''}${format.format(major as unknown as number)}`;
}

/** Minutes as a length of time. */
export function minutes(text: string): string {
  const all = Number(rounded(text, 0));
  const size = Math.abs(all);
  const sign = all < 0 ? '−' : '';
  const [days, hours, rest] = [
    Math.floor(size / MINUTES_A_DAY),
    Math.floor((size % MINUTES_A_DAY) / MINUTES_AN_HOUR),
    size % MINUTES_AN_HOUR,
  ];
  if (size < MINUTES_AN_HOUR) return `${sign}${size} min`;
  if (days < 2) return `${sign}${days * 24 + hours} h${rest === 0 ? '' : ` ${rest} min`}`;
  return `${sign}${days} d${hours === 0 ? '' : ` ${hours} h`}`;
}

/** A value of a KPI with its unit; null is `NOTHING`. */
export function valueText(unit: Unit, value: string | null, currency: string): string {
  if (value === null) return NOTHING;
  return VALUE_TEXTS[unit](value, currency);
}

const VALUE_TEXTS: Readonly<Record<Unit, (value: string, currency: string) => string>> = {
  PERCENT: (value) => `${grouped(rounded(value, 1, 2))} %`,
  MARGIN_BPS: (value) => `${grouped(rounded(value, 2, -2))} pp`,
  MONEY_MINOR: money,
  MINUTES: minutes,
  DAYS: (value) => `${grouped(rounded(value, 1))} ${value === '1' ? 'day' : 'days'}`,
  PER_PROJECT_30_DAYS: (value) => grouped(rounded(value, 2)),
  POINTS: (value) => grouped(rounded(value, 1)),
  COUNT: (value) => grouped(rounded(value, 0)),
};

/** What the unit of a value is called where the value does not say it itself. */
export const UNIT_NOTES: Readonly<Partial<Record<Unit, string>>> = {
  POINTS: 'points',
  MARGIN_BPS: 'of margin',
  PER_PROJECT_30_DAYS: 'a project in 30 days',
};

/** What a value was made of: small denominators are shown, never hidden. */
export function basisText(
  { form, unit }: Pick<Definition, 'form' | 'unit'>,
  figure: Pick<Figure, 'numerator' | 'denominator' | 'cases'>,
): string {
  const { cases: known } = figure;
  if (figure.denominator === '0') return 'No case in this period';
  // Of a percentile and of money the denominator is the number of cases.
  const counted = known === null ? figure.denominator : String(known);
  const cases = `${grouped(counted)} ${counted === '1' ? 'case' : 'cases'}`;
  if (form === 'PERCENTILE' || unit === 'MONEY_MINOR' || unit === 'MARGIN_BPS') return cases;
  const numerator = grouped(figure.numerator);
  const denominator = grouped(figure.denominator);
  const link = form === 'SHARE' ? 'of' : form === 'TOTAL' ? 'among' : 'over';
  return `${numerator} ${link} ${denominator}${known === null || counted === figure.denominator ? '' : `, ${cases}`}`;
}

/** How far better or worse than the baseline, in words. */
export function improvementText(bps: number | null): string | null {
  if (bps === null) return null;
  if (bps === 0) return 'as the baseline';
  return `${grouped(rounded(String(Math.abs(bps)), 1, -2))} % ${bps > 0 ? 'better' : 'worse'} than the baseline`;
}

/** Which way is better. */
export const directionText = (direction: Direction): string =>
  direction === 'LOWER_IS_BETTER' ? '↓ lower is better' : '↑ higher is better';

/** A target in words. */
export function targetText(target: Target | null, unit: Unit, currency: string): string {
  if (target === null) return 'No target is stated';
  const { kind, from, to, withinDays } = target;
  const days = withinDays === null ? '' : ` within ${withinDays} days`;
  if (kind === 'IMPROVE_BY') {
    const [near, far] = [rounded(String(from), 1, -2), to === null ? null : rounded(String(to), 1, -2)];
    return `${far === null ? `${near} %` : `${near} to ${far} %`} better than the baseline${days}`;
  }
  const text = (given: number): string => valueText(unit, targetValue(given, unit), currency);
  const limit = kind === 'AT_LEAST' ? 'At least' : 'At most';
  const further = to === null ? '' : kind === 'AT_LEAST' ? `, later ${text(to)}` : `, a problem from ${text(to)}`;
  return `${limit} ${text(from)}${further}${days}`;
}

/** A stated target in the scale of values: of a PERCENT it is stated in basis points. */
export const targetValue = (stated: number, unit: Unit): string =>
  unit === 'PERCENT' ? rounded(String(stated), 4, -4) : String(stated);

const INSTANT = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

/** An instant, in the zone of whoever reads. */
export const instantText = (instant: string): string => INSTANT.format(new Date(instant));

/** How long it is from one instant to a later one: "3 d 4 h". */
export const spanText = (from: string, to: string): string =>
  minutes(String(Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 60_000))));
