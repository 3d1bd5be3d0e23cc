import { addDecimals, type Decimal } from '../core/decimal.js';
import { formatMoney, roundToMoney } from '../core/money.js';
import { numberField, type Scope } from './export-fields.rules.js';
import { contractPeriods, contractValue, type TermsLine } from './terms.rules.js';

/** Totals of a line, net of tax; the first that is there is compared. */
const LINE_TOTALS = ['net_total', 'total_net_total', 'total_price'];
const LINE_TOTALS_CONVERTED = ['total_price_converted'];

/** Whether a record's prices are converted from another currency: a rate that is there, and neither 0 nor 1. */
export function quotesInOtherCurrency(scope: Scope): boolean {
  return ['conversion_rate', 'currency_conversion_rate'].some((name) => {
    const rate = numberField(scope, name, 'NOTE');
    return typeof rate === 'object' && rate.text !== '0' && rate.text !== '1';
  });
}

/**
 * Compares a line with the total that the vendor states for it, for one billing period or for the whole term, net or
 * with tax. A difference is a warning with both figures: ours is the one that counts, since it is exact.
 */
export function checkLineTotal(
  scope: Scope,
  line: Pick<TermsLine, 'totalMinor' | 'billing' | 'billingPeriod' | 'periods'>,
  currency: string,
  converted: boolean,
): void {
  const ours = BigInt(line.totalMinor);
  const accepted = [ours, ours * contractPeriods(line)];
  for (const name of converted ? LINE_TOTALS_CONVERTED : LINE_TOTALS) {
    const found = statedTotal(scope, name, converted ? 'total_tax_converted' : 'total_tax', currency);
    if (!found) continue;
    if (!found.some((stated) => accepted.includes(stated))) {
      mismatch(scope, 'LINE_TOTAL_MISMATCH', name, { stated: found[0] ?? 0n, computed: ours, currency });
    }
    return;
  }
}

/**
 * Compares the sum of the lines with the quotation's `total`, else its `revenue`: one billing period of each line, the
 * first year, the contract, or the one-off lines alone; net or with tax, with or without carriage (which of these the
 * header means is a setting of the instance). Halo may round the sum where we round the lines, so
 * half a minor unit a line is no difference.
 */
export function checkHeaderTotal(scope: Scope, lines: readonly TermsLine[], currency: string): void {
  const once = lines.reduce((sum, line) => sum + BigInt(line.totalMinor), 0n);
  const firstYear = contractValue(lines.map((line) => ({ ...line, periods: null }))).revenueMinor;
  const accepted = [once, firstYear, contractValue(lines).revenueMinor, oneOff(lines)];
  const tolerated = (stated: bigint): boolean =>
    accepted.some((sum) => absolute(stated - sum) * 2n <= BigInt(lines.length));
  for (const name of ['total', 'revenue']) {
    const found = statedTotal(scope, name, 'tax_total', currency);
    if (!found) continue;
    const carriage = minorOf(scope, 'carriage_price', currency) ?? 0n;
    const candidates = [...found, ...found.map((stated) => stated - carriage)];
    if (!candidates.some(tolerated)) {
      mismatch(scope, 'HEADER_TOTAL_MISMATCH', name, { stated: found[0] ?? 0n, computed: once, currency });
    }
    return;
  }
}

/** A stated total in minor units: as it is, and less the stated tax. */
function statedTotal(scope: Scope, name: string, tax: string, currency: string): readonly bigint[] | null {
  const stated = numberField(scope, name, 'NOTE');
  if (typeof stated === 'string') return null;
  const taxed = numberField(scope, tax, 'NOTE');
  const minor = (value: Decimal): bigint => roundToMoney(value, currency).minor;
  if (typeof taxed === 'string') return [minor(stated.value)];
  const net = addDecimals(stated.value, { unscaled: -taxed.value.unscaled, scale: taxed.value.scale });
  return [minor(stated.value), minor(net)];
}

function minorOf(scope: Scope, name: string, currency: string): bigint | null {
  const field = numberField(scope, name, 'NOTE');
  return typeof field === 'string' ? null : roundToMoney(field.value, currency).minor;
}

function oneOff(lines: readonly TermsLine[]): bigint {
  return contractValue(lines.filter((line) => line.billing === 'ONE_OFF')).revenueMinor;
}

interface Difference {
  readonly stated: bigint;
  readonly computed: bigint;
  readonly currency: string;
}

function mismatch(
  { path, report }: Scope,
  code: string,
  name: string,
  { stated, computed, currency }: Difference,
): void {
  const states = formatMoney({ minor: stated, currency });
  const gives = formatMoney({ minor: computed, currency });
  report.note(
    'WARNING',
    code,
    `${path}.${name}`,
    `${name} states ${states} ${currency}; quantity, price and discount give ${gives} ${currency}, which counts.`,
    { field: name, stated: states, computed: gives, currency },
    'Recalculate the quotation in HaloPSA, or check what it holds that the lines do not.',
  );
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
