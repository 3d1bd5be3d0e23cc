import { lineTotal } from '../../src/core/money.js';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import type { NormalisedTerms, TermsLine } from '../../src/deal/terms.rules.js';
import type { MarginFloor } from '../../src/margin/floor.rules.js';
import type { MarginGroup, MarginQuestion } from '../../src/margin/margin.rules.js';
import { sample } from './halopsa.kit.js';

const lineKinds = { itemGroups: { '1': 'HARDWARE', '3': 'LICENCE', '4': 'LABOUR', '6': 'SERVICE' } } as const;

/** The normalised terms of a sample export. */
export function sampleTerms(name: string): NormalisedTerms {
  const result = normaliseHaloExport(sample(name), { lineKinds });
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.terms;
}

/** A priced line, one-off unless said otherwise. */
export function line(parts: Partial<TermsLine> & { price: string; cost: string | null }): TermsLine {
  const { price, cost, ...rest } = parts;
  const quantity = rest.quantity ?? '1';
  return {
    position: 1,
    externalId: '1',
    kind: 'OTHER',
    productCode: null,
    description: 'x',
    quantity,
    unitPrice: price,
    discountPercent: '0',
    discountAmount: '0',
    unitCost: cost,
    billing: 'ONE_OFF',
    billingPeriod: null,
    periods: null,
    totalMinor: lineTotal(price, quantity, 'GBP').minor.toString(),
    costMinor: cost === null ? null : lineTotal(cost, quantity, 'GBP').minor.toString(),
    ...rest,
  };
}

/** Twelve months. */
export const monthly = { billing: 'RECURRING', billingPeriod: 'MONTHLY', periods: 12 } as const;

/** Terms of these lines. */
export const terms = (...lines: TermsLine[]): NormalisedTerms => ({
  version: 1,
  currency: 'GBP',
  lines: lines.map((own, index) => ({ ...own, position: index + 1 })),
  signedScopeHash: null,
});

/** A floor for everything, unless said otherwise. */
export const floor = (floorBps: number, rest: Partial<MarginFloor> = {}): MarginFloor => ({
  serviceTemplate: '*',
  dealType: '*',
  lineKind: '*',
  billing: '*',
  from: '2026-01-01',
  floorBps,
  ...rest,
});

/** Are these terms good enough, on one day? */
export const question = (own: NormalisedTerms, ...floors: MarginFloor[]): MarginQuestion => ({
  terms: own,
  floors: [floors],
  serviceTemplate: 'managed-network',
  dealType: 'NEW',
  on: '2026-10-01',
});

/** The judged part of that name. */
export const group = (groups: readonly MarginGroup[], scope: string): MarginGroup => {
  const found = groups.find((own) => own.scope === scope);
  if (!found) throw new Error(`no group ${scope}`);
  return found;
};
