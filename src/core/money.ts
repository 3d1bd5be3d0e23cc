import { currencyExponent } from './currency.js';
import {
  type Decimal,
  addDecimals,
  compareDecimals,
  decimalText,
  multiplyDecimals,
  parseDecimal,
  roundHalfAwayFromZero,
} from './decimal.js';

/** An amount: integer minor units (pence, cents) of one ISO 4217 currency (design 6). */
export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

/** What the client is given off a line; both parts may stand together. */
export interface Discount {
  /** Percent off price times quantity, a decimal from 0 to 100, such as `12.5`. */
  readonly percent: string;
  /** Amount off the whole line in major units, taken after the percentage. */
  readonly amount: string;
}

const NO_DISCOUNT: Discount = { percent: '0', amount: '0' };
const HUNDRED: Decimal = { unscaled: 100n, scale: 0 };
const HUNDREDTH: Decimal = { unscaled: 1n, scale: 2 };

/** An amount of minor units; throws a RangeError when the currency is unknown. */
export function money(minor: bigint, currency: string): Money {
  currencyExponent(currency);
  return { minor, currency };
}

/**
 * Reads an amount in major units, such as `48000.00`. Strict: throws a RangeError on what is no decimal (NaN,
 * Infinity, blanks, thousands separators) and on more decimals than the currency has, since that would need rounding.
 */
export function parseMoney(text: string, currency: string): Money {
  const value = parseDecimal(text);
  const exponent = currencyExponent(currency);
  if (value.scale > exponent) {
    throw new RangeError(`${decimalText(value)} has more decimals than ${currency} has (${exponent})`);
  }
  return { minor: roundHalfAwayFromZero(value, exponent), currency };
}

/** An exact decimal in major units as money: rounded once, half away from zero, to the currency's minor unit. */
export function roundToMoney(value: Decimal, currency: string): Money {
  return { minor: roundHalfAwayFromZero(value, currencyExponent(currency)), currency };
}

/** The amount in major units with the currency's own decimals: `48000.00` GBP, `48000` JPY, `-0.005` BHD. */
export function formatMoney({ minor, currency }: Money): string {
  const exponent = currencyExponent(currency);
  if (exponent === 0) return minor.toString();
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  return `${minor < 0n ? '-' : ''}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** The sum of two amounts; throws a RangeError when their currencies differ, since nothing here converts. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} cannot be added`);
  return { minor: a.minor + b.minor, currency: a.currency };
}

/** The sum of amounts, zero for none; throws a RangeError when one is of another currency. */
export function sumMoney(amounts: readonly Money[], currency: string): Money {
  return amounts.reduce(addMoney, money(0n, currency));
}

/**
 * What a line costs the client: unit price times quantity, less the discount, computed exactly and rounded once, half
 * away from zero, to the currency's minor unit (design 6). Both factors are decimal texts in any precision; a
 * negative one makes a credit. Throws a RangeError on anything that is no decimal and on a percentage outside 0..100.
 */
export function lineTotal(
  unitPrice: string,
  quantity: string,
  currency: string,
  discount: Discount = NO_DISCOUNT,
): Money {
  const percent = parseDecimal(discount.percent);
  if (percent.unscaled < 0n || compareDecimals(percent, HUNDRED) > 0) {
    throw new RangeError(`A discount of ${discount.percent} % is outside 0..100`);
  }
  const gross = multiplyDecimals(parseDecimal(unitPrice), parseDecimal(quantity));
  const kept = multiplyDecimals(addDecimals(HUNDRED, negate(percent)), HUNDREDTH);
  const net = addDecimals(multiplyDecimals(gross, kept), negate(parseDecimal(discount.amount)));
  return roundToMoney(net, currency);
}

function negate(value: Decimal): Decimal {
  return { unscaled: -value.unscaled, scale: value.scale };
}
