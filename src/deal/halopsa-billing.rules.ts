import { LosslessNumber } from 'lossless-json';
import { flagField, idField, type Scope, textField } from './export-fields.rules.js';
import { type ExportValue, member, scalarText } from './export-json.rules.js';
import { BILLING_PERIODS, type BillingPeriod, type LineKind, type TermsLine } from './terms.rules.js';

/** What a tenant tells about its HaloPSA, since ids and codes there are its own. All of it is optional. */
export interface HaloOptions {
  /** ISO 4217 code to assume when the export names no currency. */
  readonly defaultCurrency?: string;
  /** The tenant's names for currencies, such as `{ "Sterling": "GBP" }`. */
  readonly currencyNames?: Readonly<Record<string, string>>;
  /** The quotation to take when the opportunity has several. */
  readonly quotationId?: string;
  /** Line kinds by product code, item group (`assetgroup_id` or its name) and nominal code; asked in that order. */
  readonly lineKinds?: {
    readonly productCodes?: Readonly<Record<string, LineKind>>;
    readonly itemGroups?: Readonly<Record<string, LineKind>>;
    readonly nominalCodes?: Readonly<Record<string, LineKind>>;
  };
  /** Billing periods by HaloPSA code, where the tenant's differ from the built-in ones. */
  readonly billingPeriods?: Readonly<Record<string, BillingPeriod>>;
  /** Values of a line's `approval_status` that mean that the client chose the optional line. */
  readonly chosenApprovalStatuses?: readonly string[];
}

/**
 * HaloPSA's codes of a quotation line's billing period (QDBillingPeriod). The swagger gives none; these are the ones
 * that two independent published reports over that column use, and 0 is one-off.
 */
const PERIODS_BY_CODE: Readonly<Record<string, BillingPeriod>> = {
  1: 'WEEKLY',
  2: 'MONTHLY',
  3: 'ANNUAL',
  4: 'QUARTERLY',
  5: 'HALF_YEARLY',
  6: 'FIVE_YEARLY',
  7: 'THREE_YEARLY',
  8: 'TWO_YEARLY',
  9: 'FOUR_YEARLY',
};

const PERIODS_BY_NAME: Readonly<Record<string, BillingPeriod>> = {
  ...Object.fromEntries(BILLING_PERIODS.map((period): [string, BillingPeriod] => [period.toLowerCase(), period])),
  yearly: 'ANNUAL',
  annually: 'ANNUAL',
  '6-monthly': 'HALF_YEARLY',
};

/** Longest term of a recurring line, in billing periods: fifty years by the month. */
const MAX_PERIODS = 600;

/** How a line is billed; see TermsLine. */
export type LineBilling = Pick<TermsLine, 'billing' | 'billingPeriod' | 'periods'>;

/**
 * How a line is billed: `item_recurring` (else `line_recurring`) decides between one-off and recurring,
 * `billingperiod` says how often, `line_periods` how many times. A recurring line without a known period is fatal;
 * one without a number of periods rolls on, and is noted. Null when it cannot be read.
 */
export function readBilling(scope: Scope, options: HaloOptions): LineBilling | null {
  const { path, report } = scope;
  const code = scalarText(member(scope.record, 'billingperiod'));
  const period = periodOf(code, options);
  const flag = flagField(scope, 'item_recurring') ?? flagField(scope, 'line_recurring');
  if (flag === null ? !period : !flag) {
    if (period) {
      const message = `The line is not recurring and yet billed ${period.toLowerCase()}; it counts as one-off.`;
      const remedy = 'Make the item recurring in HaloPSA, or clear its billing period.';
      report.note(
        'WARNING',
        'BILLING_CONTRADICTS',
        `${path}.billingperiod`,
        message,
        { billingPeriod: period },
        remedy,
      );
    }
    return { billing: 'ONE_OFF', billingPeriod: null, periods: null };
  }
  if (!period) {
    report.fatal(
      'BILLING_PERIOD_UNKNOWN',
      `${path}.billingperiod`,
      'The line is recurring, and how often it is billed is not known.',
      { found: code.slice(0, 20) },
      "Set the billing period in HaloPSA, or map its code in the tenant's configuration.",
    );
    return null;
  }
  const periods = readPeriods(scope, period);
  return periods === 'FAULT' ? null : { billing: 'RECURRING', billingPeriod: period, periods };
}

/** The line's kind by the tenant's mapping of product code, item group and nominal code; OTHER when none says. */
export function readKind(scope: Scope, { lineKinds = {} }: HaloOptions): LineKind {
  const keys: readonly [Readonly<Record<string, LineKind>> | undefined, string | null][] = [
    [lineKinds.productCodes, textField(scope, ['productcode'], 200)],
    [lineKinds.itemGroups, idField(scope, ['assetgroup_id'])],
    [lineKinds.itemGroups, textField(scope, ['assetgroup_name'], 200)],
    [lineKinds.nominalCodes, textField(scope, ['nominal_code', 'nominalcode'], 200)],
  ];
  for (const [mapping, key] of keys) {
    const kind = key === null ? undefined : own(mapping, key);
    if (kind) return kind;
  }
  return 'OTHER';
}

function readPeriods({ record, path, report }: Scope, period: BillingPeriod): number | null | 'FAULT' {
  const raw: ExportValue = member(record, 'line_periods') ?? null;
  if (raw === null || (raw instanceof LosslessNumber && /^-?0$/.test(raw.value))) {
    report.note(
      'WARNING',
      'TERM_MISSING',
      `${path}.line_periods`,
      'The recurring line states no term; its contract value counts its first year.',
      { billingPeriod: period },
      'Enter the number of billing periods in HaloPSA if the client is bound for a term.',
    );
    return null;
  }
  if (raw instanceof LosslessNumber && /^[1-9]\d{0,2}$/.test(raw.value) && Number(raw.value) <= MAX_PERIODS) {
    return Number(raw.value);
  }
  report.fatal(
    'TERM_OUT_OF_RANGE',
    `${path}.line_periods`,
    `The number of billing periods is no whole number from 1 to ${MAX_PERIODS}.`,
    { found: raw instanceof LosslessNumber ? raw.value.slice(0, 20) : typeof raw, limit: MAX_PERIODS },
    'Correct the number of periods in HaloPSA and export again.',
  );
  return 'FAULT';
}

function periodOf(code: string, { billingPeriods }: HaloOptions): BillingPeriod | null {
  return own(billingPeriods, code) ?? own(PERIODS_BY_CODE, code) ?? own(PERIODS_BY_NAME, code.toLowerCase()) ?? null;
}

/** The value of an own key: a product code named `constructor` must find nothing. */
function own<V>(mapping: Readonly<Record<string, V>> | undefined, key: string): V | undefined {
  return mapping && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}
