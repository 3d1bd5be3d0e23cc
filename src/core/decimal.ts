/** An exact decimal number: `unscaled` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly unscaled: bigint;
  /** Digits behind the point, zero or more; without trailing zeros when made by this module. */
  readonly scale: number;
}

/**
 * Why a text is no usable decimal. NOT_A_DECIMAL: not a JSON number (so NaN, Infinity, `+1`, `.5`, `1,000`, blanks).
 * OUT_OF_RANGE: a number, but of more digits than any price or quantity has.
 */
export type DecimalFault = 'NOT_A_DECIMAL' | 'OUT_OF_RANGE';

/** Digits before the point that are still read: far beyond any amount of money, far below what costs time. */
const MAX_INTEGER_DIGITS = 24;
/** Digits behind the point that are still read; a double printed in full has at most some 25 of use. */
const MAX_SCALE = 30;
const MAX_TEXT = 100;
const SHAPE = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,5}))?$/;

/** Reads the text of a JSON number exactly; the exponent form too (`1.5e3` is 1500). Never goes through a float. */
export function readDecimal(
  text: string,
): { readonly ok: true; readonly value: Decimal } | { readonly ok: false; readonly fault: DecimalFault } {
  if (text.length > MAX_TEXT) return { ok: false, fault: /^[-\d.eE+]+$/.test(text) ? 'OUT_OF_RANGE' : 'NOT_A_DECIMAL' };
  const match = SHAPE.exec(text);
  if (!match)
    return { ok: false, fault: /^-?(0|[1-9]\d*)(\.\d+)?[eE][+-]?\d+$/.test(text) ? 'OUT_OF_RANGE' : 'NOT_A_DECIMAL' };
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return { ok: true, value: { unscaled: 0n, scale: 0 } };
  const scale = fraction.length - Number(exponent);
  const significant = digits.toString();
  const trailing = significant.length - significant.replace(/0+$/, '').length;
  if (scale - trailing > MAX_SCALE || significant.length - scale > MAX_INTEGER_DIGITS) {
    return { ok: false, fault: 'OUT_OF_RANGE' };
  }
  const unscaled = sign === '-' ? -digits : digits;
  return {
    ok: true,
    value: trim(scale < 0 ? { unscaled: unscaled * powerOfTen(-scale), scale: 0 } : { unscaled, scale }),
  };
}

/** Reads a decimal that the program itself made or has already checked; throws a RangeError on anything else. */
export function parseDecimal(text: string): Decimal {
  const read = readDecimal(text);
  if (!read.ok) throw new RangeError(`${JSON.stringify(text.slice(0, 40))} is no usable decimal (${read.fault})`);
  return read.value;
}

/** The one text of a decimal: plain notation, no trailing zeros, no minus zero. `1.50`, `15e-1` and `1.5` are `1.5`. */
export function decimalText(value: Decimal): string {
  const { unscaled, scale } = trim(value);
  if (scale === 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The exact sum of two decimals. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return trim({ unscaled: atScale(a, scale) + atScale(b, scale), scale });
}

/** The exact product of two decimals. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return trim({ unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale });
}

/** Below zero, zero or above zero, as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const difference = atScale(a, scale) - atScale(b, scale);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/**
 * The decimal at `scale` digits behind the point, as an integer of that unit, rounded half away from zero:
 * 0.5 becomes 1, -0.5 becomes -1, 0.49 becomes 0.
 */
export function roundHalfAwayFromZero(value: Decimal, scale: number): bigint {
  if (value.scale <= scale) return atScale(value, scale);
  const divisor = powerOfTen(value.scale - scale);
  const magnitude = value.unscaled < 0n ? -value.unscaled : value.unscaled;
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n);
  return value.unscaled < 0n ? -rounded : rounded;
}

function atScale(value: Decimal, scale: number): bigint {
  return value.unscaled * powerOfTen(scale - value.scale);
}

function trim({ unscaled, scale }: Decimal): Decimal {
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale -= 1;
  }
  return { unscaled, scale };
}

function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
