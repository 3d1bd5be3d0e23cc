import { compareDecimals, type Decimal } from '../core/decimal.js';
import type { Discount } from '../core/money.js';
import { idField, numberField, type ReadNumber, type Scope, spelledNumber } from './export-fields.rules.js';
import { member } from './export-json.rules.js';

const HUNDRED: Decimal = { unscaled: 100n, scale: 0 };

/**
 * Which member of a quotation line is read for what (HaloPSA swagger, QuotationDetail; newer tenants add members, so
 * every object is open). Where a figure has several spellings, the first that is there counts; two spellings of the
 * same figure that differ are FIGURES_CONTRADICT.
 *
 * | figure | members, in order | why |
 * | --- | --- | --- |
 * | quantity | `current_quantity`, `quantity` | the swagger names the first; older answers name the second |
 * | unit price, before discount | `unitprice_converted`, `unitprice` | the price of a piece as quoted |
 * |  | else `current_price` | the same in the newer spelling |
 * |  | else `baseprice_converted`, `baseprice` | the item's price, where nothing was typed over it |
 * |  | else `price` | the column's own name (QDPrice) |
 * | unit cost | `cost_converted`, `costprice` | `costprice` is what the swagger and every report read |
 * | discount | `discount_perc`, else `total_discount` | a percentage, else an amount off the whole line |
 *
 * The `_converted` members are in the quotation's currency, the plain ones in the instance's own. Without a conversion
 * (`conversion_rate` or the header's `currency_conversion_rate` absent, 0 or 1) both mean the same; with one, only the
 * `_converted` ones are read, and what is given in another currency alone is CURRENCY_MIXED: nothing here converts.
 *
 * Not read: `margin`, `total_profit*`, `*_monthly`, `*_annual`, `*_yearone` (derived, and rounded by others), tax
 * (revenue is net of tax), `current_net_price` and `net_amount_converted` (unit or line is not documented).
 */
export const QUANTITIES = ['current_quantity', 'quantity'];
/** Groups of spellings of the unit price, the best first; see the table above. */
export const PRICES = [
  ['unitprice_converted', 'unitprice'],
  ['current_price'],
  ['baseprice_converted', 'baseprice'],
  ['price'],
];
/** Spellings of the unit cost, in order; see the table above. */
export const COSTS = ['cost_converted', 'costprice'];

/** The unit price before the discount, in the quotation's currency. */
export function readPrice(scope: Scope, converted: boolean): ReadNumber | 'ABSENT' | 'FAULT' {
  for (const spellings of PRICES) {
    const names = converted ? spellings.filter((name) => name.endsWith('_converted')) : spellings;
    const field = spelledNumber(scope, names);
    if (field !== 'ABSENT') return field;
  }
  if (!converted || PRICES.flat().every((name) => (member(scope.record, name) ?? null) === null)) return 'ABSENT';
  return mixed(scope, 'The unit price is given only in the currency of the HaloPSA instance.');
}

/**
 * The unit cost, ABSENT when the vendor gives none: then it stays null and COST_MISSING says so (requirement 002
 * step 1: a margin floor cannot be checked against a guess). An explicit zero is a cost, and noted.
 */
export function readCost(scope: Scope, converted: boolean, currency: string): ReadNumber | 'ABSENT' | 'FAULT' {
  const bought = member(scope.record, 'purchase_currency_code_name');
  if (typeof bought === 'string' && /^[A-Za-z]{3}$/.test(bought.trim()) && bought.trim().toUpperCase() !== currency) {
    return mixed(scope, `The line is bought in ${bought.trim().toUpperCase()} and sold in ${currency}.`);
  }
  const cost = spelledNumber(scope, converted ? COSTS.slice(0, 1) : COSTS);
  if (cost !== 'ABSENT') return cost;
  if (converted && (member(scope.record, 'costprice') ?? null) !== null) {
    return mixed(scope, 'The unit cost is given only in the currency of the HaloPSA instance.');
  }
  scope.report.note(
    'BLOCKING',
    'COST_MISSING',
    `${scope.path}.costprice`,
    'The line has no cost, so that its margin is unknown.',
    { field: 'costprice', lineId: idField(scope, ['id']) },
    'Enter the unit cost of the line in HaloPSA (0 when it truly costs nothing) and import again.',
  );
  return 'ABSENT';
}

function mixed({ path, report }: Scope, message: string): 'FAULT' {
  report.fatal(
    'CURRENCY_MIXED',
    path,
    message,
    {},
    "State every price and cost in the quotation's currency in HaloPSA.",
  );
  return 'FAULT';
}

/** The discount of a line; null when it cannot be told, and the findings say so. */
export function readDiscount(scope: Scope, converted: boolean): Discount | null {
  const { path, report } = scope;
  const percent = numberField(scope, 'discount_perc', 'FATAL');
  if (percent === 'FAULT') return null;
  if (percent !== 'ABSENT' && percent.value.unscaled !== 0n) {
    if (percent.value.unscaled > 0n && compareDecimals(percent.value, HUNDRED) <= 0) {
      return { percent: percent.text, amount: '0' };
    }
    const message = `A discount of ${percent.text} % is outside 0 to 100.`;
    const facts = { field: 'discount_perc', found: percent.text };
    report.fatal('DISCOUNT_OUT_OF_RANGE', `${path}.discount_perc`, message, facts, 'Correct the discount in HaloPSA.');
    return null;
  }
  const amount = numberField(scope, 'total_discount', 'FATAL');
  const perhaps = numberField(scope, 'discount_converted', 'FATAL');
  if (amount === 'FAULT' || perhaps === 'FAULT') return null;
  const given = typeof amount === 'object' && amount.value.unscaled !== 0n ? amount : null;
  const unclear = typeof perhaps === 'object' && perhaps.value.unscaled !== 0n;
  if (!given && !unclear) return { percent: '0', amount: '0' };
  if (given && !converted && given.value.unscaled > 0n) return { percent: '0', amount: given.text };
  report.fatal(
    'DISCOUNT_UNCLEAR',
    `${path}.${given ? 'total_discount' : 'discount_converted'}`,
    'The line has a discount of which neither the percentage nor the amount off the line is stated.',
    { found: given?.text ?? (typeof perhaps === 'object' ? perhaps.text : '') },
    'Enter the discount as a percentage in HaloPSA and export again.',
  );
  return null;
}
