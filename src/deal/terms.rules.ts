import { digestOf } from '../core/canonical.js';

/** What kind of thing a line sells; the tenant's mapping decides, OTHER where it says nothing. */
export const LINE_KINDS = ['LABOUR', 'HARDWARE', 'SOFTWARE', 'LICENCE', 'SERVICE', 'OTHER'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export const BILLINGS = ['ONE_OFF', 'RECURRING'] as const;
export type Billing = (typeof BILLINGS)[number];

export const BILLING_PERIODS = [
  'WEEKLY',
  'MONTHLY',
  'QUARTERLY',
  'HALF_YEARLY',
  'ANNUAL',
  'TWO_YEARLY',
  'THREE_YEARLY',
  'FOUR_YEARLY',
  'FIVE_YEARLY',
] as const;
export type BillingPeriod = (typeof BILLING_PERIODS)[number];

/** Billing periods in the first year, which is what a recurring line without a stated term counts for. */
const FIRST_YEAR: Readonly<Record<BillingPeriod, number>> = {
  WEEKLY: 52,
  MONTHLY: 12,
  QUARTERLY: 4,
  HALF_YEARLY: 2,
  ANNUAL: 1,
  TWO_YEARLY: 1,
  THREE_YEARLY: 1,
  FOUR_YEARLY: 1,
  FIVE_YEARLY: 1,
};

/** One priced line. Decimals are texts in plain notation without trailing zeros; amounts are integer minor units. */
export interface TermsLine {
  /** 1 for the first, in the order of the quotation. */
  readonly position: number;
  /** The line's id in the vendor's system, null when it has none. */
  readonly externalId: string | null;
  readonly kind: LineKind;
  readonly productCode: string | null;
  readonly description: string;
  readonly quantity: string;
  /** Major units a piece (and a billing period, when recurring), before the discount. */
  readonly unitPrice: string;
  /** Percent off price times quantity, 0 to 100. */
  readonly discountPercent: string;
  /** Major units off the whole line, after the percentage. */
  readonly discountAmount: string;
  /** Major units a piece (and a billing period, when recurring); null when the vendor gives none: never guessed. */
  readonly unitCost: string | null;
  readonly billing: Billing;
  /** How often a recurring line is billed; null on a one-off line. */
  readonly billingPeriod: BillingPeriod | null;
  /** Billing periods in the agreed term; null on a one-off line and on a recurring one that rolls on. */
  readonly periods: number | null;
  /** What the client pays, net of tax, rounded once, half away from zero: a billing period when recurring. */
  readonly totalMinor: string;
  /** What it costs, rounded likewise, a billing period when recurring; null when the unit cost is unknown. */
  readonly costMinor: string | null;
}

/**
 * The commercial terms that govern a handoff: everything that a vote, a grant, a verdict or a sign-off is bound to.
 * Whatever changes here changes the digest, and so voids votes and reopens evidence (requirements 002 step 1).
 */
export interface NormalisedTerms {
  /** The version of this shape, so that a later shape never collides with a digest of this one. */
  readonly version: 1;
  /** ISO 4217; one for all lines. */
  readonly currency: string;
  readonly lines: readonly TermsLine[];
  /** SHA-256 of the quotation's scope text, null when it has none: another scope is another deal. */
  readonly signedScopeHash: string | null;
}

/** SHA-256 over the canonical JSON of the terms, lower-case hex. */
export function digestOfTerms(terms: NormalisedTerms): string {
  return digestOf(terms);
}

/** Revenue and cost of some lines over their contract, in minor units. */
export interface ContractValue {
  readonly revenueMinor: bigint;
  /** Null as soon as one line's cost is unknown. */
  readonly costMinor: bigint | null;
}

/**
 * How often a line is billed over its contract: once when one-off, `periods` times when recurring, and without a
 * stated term as often as in its first year (a choice: a rolling contract has no other end).
 */
export function contractPeriods(line: Pick<TermsLine, 'billing' | 'billingPeriod' | 'periods'>): bigint {
  if (line.billing === 'ONE_OFF') return 1n;
  if (line.periods !== null) return BigInt(line.periods);
  return BigInt(line.billingPeriod === null ? 1 : FIRST_YEAR[line.billingPeriod]);
}

/** The contract value of lines: each line's amounts times its billing periods, summed exactly. */
export function contractValue(lines: readonly TermsLine[]): ContractValue {
  let revenueMinor = 0n;
  let costMinor: bigint | null = 0n;
  for (const line of lines) {
    const periods = contractPeriods(line);
    revenueMinor += BigInt(line.totalMinor) * periods;
    costMinor = costMinor === null || line.costMinor === null ? null : costMinor + BigInt(line.costMinor) * periods;
  }
  return { revenueMinor, costMinor };
}
