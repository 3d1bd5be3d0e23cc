import { formatMoney } from '../core/money.js';
import { contractValue, type NormalisedTerms, type TermsLine } from '../deal/terms.rules.js';

/** The governed terms at one time: what a vote is bound to. */
export interface GovernedContent {
  readonly terms: NormalisedTerms;
  readonly serviceTemplate: string;
  readonly dealType: string;
}

/** One value that is another now; null where there was or is none. */
export interface ValueChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What became of one line. */
export interface LineChange {
  readonly kind: 'ADDED' | 'REMOVED' | 'CHANGED';
  /** The place in the quotation: now, or before when it was removed. */
  readonly position: number;
  readonly description: string;
  /** Everything that differs but costs. */
  readonly fields: readonly ValueChange[];
  /** Costs that differ. */
  readonly costs: readonly ValueChange[];
}

/** What differs between two contents; amounts in minor units over the contract. */
export interface ContentChange {
  /** serviceTemplate, dealType, currency and the signed scope. */
  readonly fields: readonly ValueChange[];
  readonly lines: readonly LineChange[];
  /** Whether lines that are in both stand in another order. */
  readonly reordered: boolean;
  readonly revenueBeforeMinor: bigint;
  readonly revenueAfterMinor: bigint;
  readonly costBeforeMinor: bigint | null;
  readonly costAfterMinor: bigint | null;
}

const LINE_FIELDS = [
  'kind',
  'productCode',
  'description',
  'quantity',
  'unitPrice',
  'discountPercent',
  'discountAmount',
  'billing',
  'billingPeriod',
  'periods',
] as const satisfies readonly (keyof TermsLine)[];

/**
 * What a content differs in from an earlier one. A line is recognised by its id in the vendor's system, and by its place
 * where it has none. Two contents of one digest differ in nothing.
 */
export function contentChange(before: GovernedContent, after: GovernedContent): ContentChange {
  const old = byIdentity(before.terms.lines);
  const young = byIdentity(after.terms.lines);
  const money = { before: before.terms.currency, after: after.terms.currency };
  const lines = [...young].flatMap(([key, line]): LineChange[] => {
    const former = old.get(key);
    if (!former) return [wholeLine('ADDED', line, money.after)];
    const change = lineChange(former, line, money);
    return change ? [change] : [];
  });
  const removed = [...old]
    .filter(([key]) => !young.has(key))
    .map(([, line]) => wholeLine('REMOVED', line, money.before));
  const revenue = { before: contractValue(before.terms.lines), after: contractValue(after.terms.lines) };
  return {
    fields: changes([
      ['serviceTemplate', before.serviceTemplate, after.serviceTemplate],
      ['dealType', before.dealType, after.dealType],
      ['currency', money.before, money.after],
      ['signedScopeHash', before.terms.signedScopeHash, after.terms.signedScopeHash],
    ]),
    lines: [...lines, ...removed],
    reordered: orderOf(old, young) !== orderOf(young, old),
    revenueBeforeMinor: revenue.before.revenueMinor,
    revenueAfterMinor: revenue.after.revenueMinor,
    costBeforeMinor: revenue.before.costMinor,
    costAfterMinor: revenue.after.costMinor,
  };
}

/** Lines by what they are recognised by; of lines with one id the first is the first. */
function byIdentity(lines: readonly TermsLine[]): Map<string, TermsLine> {
  const known = new Map<string, TermsLine>();
  for (const line of lines) {
    const name = line.externalId === null ? `place ${line.position}` : `id ${line.externalId}`;
    let key = name;
    for (let n = 2; known.has(key); n += 1) key = `${name} ${n}`;
    known.set(key, line);
  }
  return known;
}

/** The keys that are in both, in the order of the first. */
function orderOf(one: ReadonlyMap<string, TermsLine>, other: ReadonlyMap<string, TermsLine>): string {
  return JSON.stringify([...one.keys()].filter((key) => other.has(key)));
}

function wholeLine(kind: 'ADDED' | 'REMOVED', line: TermsLine, currency: string): LineChange {
  const { position, description } = line;
  const side = (value: string | null): [string | null, string | null] =>
    kind === 'ADDED' ? [null, value] : [value, null];
  const of = (names: readonly [string, string | null][]): ValueChange[] =>
    changes(names.map(([field, value]) => [field, ...side(value)]));
  return { kind, position, description, fields: of(fieldsOf(line, currency)), costs: of(costsOf(line, currency)) };
}

function lineChange(before: TermsLine, after: TermsLine, money: { before: string; after: string }): LineChange | null {
  const pair = (of: typeof fieldsOf): ValueChange[] => {
    const old = new Map(of(before, money.before));
    return changes(of(after, money.after).map(([field, value]) => [field, old.get(field) ?? null, value]));
  };
  const fields = pair(fieldsOf);
  const costs = pair(costsOf);
  if (fields.length === 0 && costs.length === 0) return null;
  const { position, description } = after;
  return { kind: 'CHANGED', position, description, fields, costs };
}

function fieldsOf(line: TermsLine, currency: string): [string, string | null][] {
  const named = LINE_FIELDS.map((field): [string, string | null] => [field, textOf(line[field])]);
  return [...named, ['total', formatMoney({ minor: BigInt(line.totalMinor), currency })]];
}

function costsOf({ unitCost, costMinor }: TermsLine, currency: string): [string, string | null][] {
  const cost = costMinor === null ? null : formatMoney({ minor: BigInt(costMinor), currency });
  return [
    ['unitCost', unitCost],
    ['cost', cost],
  ];
}

function textOf(value: string | number | null): string | null {
  return value === null ? null : String(value);
}

function changes(pairs: readonly [string, string | null, string | null][]): ValueChange[] {
  return pairs
    .filter(([, before, after]) => before !== after)
    .map(([field, before, after]) => ({ field, before, after }));
}
