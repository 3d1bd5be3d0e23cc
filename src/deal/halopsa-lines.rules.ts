import { type Decimal, compareDecimals } from '../core/decimal.js';
import { lineTotal } from '../core/money.js';
import {
  flagField,
  idField,
  numberField,
  type ReadNumber,
  type Scope,
  spelledNumber,
  textField,
} from './export-fields.rules.js';
import { member, scalarText } from './export-json.rules.js';
import { type HaloOptions, readBilling, readKind } from './halopsa-billing.rules.js';
import { refuseOtherCurrency } from './halopsa-currency.rules.js';
import { COSTS, PRICES, QUANTITIES, readCost, readDiscount, readPrice } from './halopsa-figures.rules.js';
import { checkLineTotal, quotesInOtherCurrency } from './halopsa-checks.rules.js';
import type { TermsLine } from './terms.rules.js';

/** Most lines of one quotation that are read. */
export const MAX_LINES = 1_000;
/** Longest description of a line, in characters. */
const MAX_DESCRIPTION = 4_000;
/** Largest amount of one line and billing period: keeps every sum of 1000 lines over 600 periods within 64 bits. */
const MAX_LINE_MINOR = 10_000_000_000_000n;

const ZERO: Decimal = { unscaled: 0n, scale: 0 };

/** What the header says that every line depends on. */
export interface LineContext {
  readonly currency: string;
  /** Whether the quotation's currency is not the instance's own. */
  readonly converted: boolean;
  readonly options: HaloOptions;
}

/** A line that counts, before it has its position. */
export type UnplacedLine = Omit<TermsLine, 'position'>;

/** Reads one line; null when it does not count (a heading, an option that was not chosen) or cannot be read. */
export function readLine(scope: Scope, context: LineContext): UnplacedLine | null {
  if (isSkipped(scope, context)) return null;
  refuseOtherCurrency(scope, context.currency, context.options);
  const converted = context.converted || quotesInOtherCurrency(scope);
  const quantity = spelledNumber(scope, QUANTITIES);
  const price = readPrice(scope, converted);
  if (isHeading(scope, quantity, price)) return null;
  const cost = readCost(scope, converted, context.currency);
  const discount = readDiscount(scope, converted);
  const billing = readBilling(scope, context.options);
  const description = textField(scope, ['name', 'description', 'note'], MAX_DESCRIPTION);
  if (quantity === 'ABSENT') missing(scope, 'QUANTITY_MISSING', 'quantity', QUANTITIES);
  if (price === 'ABSENT') missing(scope, 'PRICE_MISSING', 'unit price', PRICES.flat());
  if (typeof quantity === 'string' || typeof price === 'string' || cost === 'FAULT' || !discount || !billing)
    return null;

  const unitCost = cost === 'ABSENT' ? null : cost.text;
  const total = lineTotal(price.text, quantity.text, context.currency, discount);
  const costTotal = unitCost === null ? null : lineTotal(unitCost, quantity.text, context.currency);
  if (tooLarge(scope, total.minor) || tooLarge(scope, costTotal?.minor ?? 0n)) return null;
  noteOddFigures(scope, { quantity, price, cost: cost === 'ABSENT' ? null : cost, totalMinor: total.minor });
  const line: UnplacedLine = {
    externalId: idField(scope, ['id']),
    kind: readKind(scope, context.options),
    productCode: textField(scope, ['productcode'], 200),
    description: description ?? '',
    quantity: quantity.text,
    unitPrice: price.text,
    discountPercent: discount.percent,
    discountAmount: discount.amount,
    unitCost,
    ...billing,
    totalMinor: total.minor.toString(),
    costMinor: costTotal === null ? null : costTotal.minor.toString(),
  };
  checkLineTotal(scope, line, context.currency, converted);
  return line;
}

/**
 * Left out: the heading of a group (`isgroupdesc`), and an optional line (`optional`) that was not chosen. A line is
 * chosen when it says `selected`, or its `approval_status` is one that the tenant maps to chosen. Both leave a note.
 */
function isSkipped(scope: Scope, { options }: LineContext): boolean {
  const { path, report } = scope;
  if (flagField(scope, 'isgroupdesc') === true) {
    const price = PRICES.flat().map((name) => numberField(scope, name, 'NOTE'));
    if (price.some((field) => typeof field === 'object' && field.value.unscaled !== 0n)) {
      const message = 'A group heading carries a price; headings are not counted, only the lines of the group.';
      const remedy = 'Check that the lines of the group add up to the quotation; move the price onto a line if not.';
      report.note('WARNING', 'GROUP_HEADING_PRICED', path, message, {}, remedy);
    }
    return true;
  }
  if (flagField(scope, 'optional') !== true || flagField(scope, 'selected') === true) return false;
  const status = scalarText(member(scope.record, 'approval_status'));
  if (options.chosenApprovalStatuses?.includes(status)) return false;
  report.note(
    'WARNING',
    'OPTIONAL_LINE_EXCLUDED',
    path,
    'An optional line that nothing marks as chosen is left out.',
    { approvalStatus: status.slice(0, 20) },
    'If the client chose it, make it an ordinary line in HaloPSA and export again.',
  );
  return true;
}

/** A line of text alone: no price, no cost, and no quantity or zero of it. */
function isHeading(scope: Scope, quantity: ReadNumber | string, price: ReadNumber | string): boolean {
  const none = quantity === 'ABSENT' || (typeof quantity === 'object' && quantity.value.unscaled === 0n);
  if (price !== 'ABSENT' || !none || COSTS.some((name) => (member(scope.record, name) ?? null) !== null)) return false;
  const message = 'A line without quantity, price and cost is text, and left out.';
  scope.report.note('WARNING', 'TEXT_LINE_SKIPPED', scope.path, message, {}, 'Give it a price if it sells something.');
  return true;
}

function missing({ path, report }: Scope, code: string, what: string, names: readonly string[]): void {
  const remedy = `Enter the ${what} in HaloPSA and export again, with one of: ${names.join(', ')}.`;
  report.fatal(code, path, `The line has no ${what}.`, { fields: [...names] }, remedy);
}

function tooLarge({ path, report }: Scope, minor: bigint): boolean {
  if (minor < MAX_LINE_MINOR && minor > -MAX_LINE_MINOR) return false;
  const facts = { minor: minor.toString(), limit: MAX_LINE_MINOR.toString() };
  const message = 'The amount of the line is larger than any that is handled.';
  report.fatal('AMOUNT_OUT_OF_RANGE', path, message, facts, 'Correct the price, cost or quantity in HaloPSA.');
  return true;
}

interface Figures {
  readonly quantity: ReadNumber;
  readonly price: ReadNumber;
  readonly cost: ReadNumber | null;
  readonly totalMinor: bigint;
}

/** Figures that are allowed and yet worth a second look. */
function noteOddFigures({ path, report }: Scope, { quantity, price, cost, totalMinor }: Figures): void {
  const note = (code: string, name: string, message: string, remedy: string): void =>
    report.note('WARNING', code, `${path}.${name}`, message, { field: name }, remedy);
  if (quantity.value.unscaled === 0n) {
    note(
      'QUANTITY_ZERO',
      quantity.name,
      'The line sells a quantity of zero.',
      'Remove the line, or enter its quantity.',
    );
  }
  if (totalMinor < 0n) {
    note('CREDIT_LINE', price.name, 'The line is a credit; it lowers the revenue.', 'Check that the credit is meant.');
  }
  if (cost && compareDecimals(cost.value, ZERO) === 0) {
    note('COST_ZERO', cost.name, 'The line costs nothing, by its own figure.', 'Enter the cost if it has one.');
  }
  if (cost && compareDecimals(cost.value, ZERO) < 0) {
    note('COST_NEGATIVE', cost.name, 'The line has a negative unit cost.', 'Check that the refund is meant.');
  }
}
