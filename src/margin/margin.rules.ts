import { marginBps, marginMeetsFloor, marginShortfall } from '../core/basis-points.js';
import type { Finding } from '../core/finding.js';
import {
  type Billing,
  BILLINGS,
  contractValue,
  LINE_KINDS,
  type LineKind,
  type NormalisedTerms,
  type TermsLine,
} from '../deal/terms.rules.js';
import { costFindings, floorFindings, marginFindings, revenueFindings } from './margin-findings.rules.js';
import { type FloorScope, highestFloor, type MarginFloor } from './floor.rules.js';

/** What is judged, and against what. Pure: the day comes from the caller. */
export interface MarginQuestion {
  readonly terms: NormalisedTerms;
  /** The floors of every policy that holds: the pinned one's, and the ruling one's. Of each the highest binds. */
  readonly floors: readonly (readonly MarginFloor[])[];
  readonly serviceTemplate: string;
  readonly dealType: string;
  /** ISO date of the judgement; floors from a later day do not count yet. */
  readonly on: string;
}

/** The name of a judged part: the whole contract, a billing, a line kind, or both as `LABOUR_RECURRING`. */
export type MarginScope = 'TOTAL' | Billing | LineKind | `${LineKind}_${Billing}`;

/** The figures of one line over its contract, in minor units. */
export interface LineMargin {
  readonly position: number;
  readonly kind: LineKind;
  readonly billing: Billing;
  readonly revenueMinor: bigint;
  readonly costMinor: bigint | null;
  readonly marginMinor: bigint | null;
  readonly marginBps: number | null;
}

/** One judged part: minor units over the contract, rates in basis points. */
export interface MarginGroup {
  readonly scope: MarginScope;
  readonly revenueMinor: bigint;
  /** Null when a cost is unknown; then nothing is judged and `ok` is false. */
  readonly costMinor: bigint | null;
  readonly marginMinor: bigint | null;
  /** Rounded down, for display only; null without a positive revenue or without a cost. */
  readonly marginBps: number | null;
  /** Null when no floor applies to this part. */
  readonly floorBps: number | null;
  /** Least fall of the cost that meets the floor at this price; the missing revenue where no cost can; 0 when met. */
  readonly shortfallMinor: bigint | null;
  /** Least rise of the price that meets the floor at this cost; 0 when met, null when no price can or not judged. */
  readonly priceShortfallMinor: bigint | null;
  /** Basis points to the floor, rounded up; 0 when met, null when there is no rate. */
  readonly shortfallBps: number | null;
  readonly ok: boolean;
  /** The row of the policy that applied. */
  readonly floorSource: MarginFloor | null;
}

/** The answer of the margin gate. */
export interface MarginVerdict {
  /** No blocking finding. */
  readonly ok: boolean;
  readonly currency: string;
  readonly lines: readonly LineMargin[];
  readonly groups: readonly MarginGroup[];
  /** The largest shortfall of any part, for materiality: parts overlap, so that their sum would count twice. */
  readonly shortfallMinor: bigint;
  readonly findings: readonly Finding[];
}

/**
 * The margin gate (requirement 002 step 1; design 6). Judged apart: the total contract, its one-off and its recurring
 * part, and each line kind that has a floor of its own. Amounts are integer minor units over the contract (a
 * recurring line counts once a billing period; see contractPeriods), compared exactly; exactly at the floor passes.
 *
 * Defined answers:
 * - a cost is unknown: COST_MISSING for the line, no exception; parts without that line are still judged;
 * - the contract's revenue is zero or negative: REVENUE_NOT_POSITIVE, no exception;
 * - a part's revenue is zero: met when it costs nothing, else below every floor (a waived set-up fee); when it is
 *   negative (a credit): below every floor. Both may be excepted, since the whole contract still earns;
 * - recurring only or one-off only: that part and the total have the same figures, and one finding;
 * - mixed currencies: cannot come here, the terms hold one currency (CURRENCY_MIXED at intake);
 * - no floor for a part that is sold: MARGIN_FLOOR_MISSING, no exception. A floor with billing `*` serves the total
 *   and both parts; where the policy has floors of the parts alone, the total is shown and not judged.
 */
export function evaluateMargin(question: MarginQuestion): MarginVerdict {
  const { terms } = question;
  const lines = terms.lines.map(lineMargin);
  const groups = scopesOf(question).map((scope) => judge(scope, question));
  const findings = [
    ...costFindings(terms.lines),
    ...revenueFindings(groups, terms.currency),
    ...floorFindings(groups, question),
    ...marginFindings(groups, terms.currency),
  ];
  const shortfallMinor = groups.reduce((most, { shortfallMinor: own }) => (own && own > most ? own : most), 0n);
  return { ok: findings.length === 0, currency: terms.currency, lines, groups, shortfallMinor, findings };
}

/** The figures of one line over its contract. */
export function lineMargin(line: TermsLine): LineMargin {
  const { position, kind, billing } = line;
  return { position, kind, billing, ...figures([line]) };
}

function figures(
  lines: readonly TermsLine[],
): Pick<LineMargin, 'revenueMinor' | 'costMinor' | 'marginMinor' | 'marginBps'> {
  const { revenueMinor, costMinor } = contractValue(lines);
  if (costMinor === null) return { revenueMinor, costMinor, marginMinor: null, marginBps: null };
  return {
    revenueMinor,
    costMinor,
    marginMinor: revenueMinor - costMinor,
    marginBps: marginBps(revenueMinor, costMinor),
  };
}

/** The total, the billings that are sold, and the kinds (and kinds of a billing) that have a floor of their own. */
function scopesOf(question: MarginQuestion): readonly FloorScope[] {
  const sold = (scope: FloorScope): boolean => linesOf(scope, question.terms).length > 0;
  const billings = BILLINGS.map((billing): FloorScope => ({ lineKind: '*', billing }));
  const kinds = LINE_KINDS.flatMap((lineKind): FloorScope[] => [
    { lineKind, billing: '*' },
    ...BILLINGS.map((billing): FloorScope => ({ lineKind, billing })),
  ]);
  return [
    { lineKind: '*', billing: '*' },
    ...billings.filter(sold),
    ...kinds.filter((scope) => sold(scope) && highestFloor(scope, question) !== null),
  ];
}

function linesOf({ lineKind, billing }: FloorScope, terms: NormalisedTerms): readonly TermsLine[] {
  return terms.lines.filter(
    (line) => (lineKind === '*' || line.kind === lineKind) && (billing === '*' || line.billing === billing),
  );
}

function judge(scope: FloorScope, question: MarginQuestion): MarginGroup {
  const { revenueMinor, costMinor, ...margin } = figures(linesOf(scope, question.terms));
  const floor = highestFloor(scope, question);
  const base = { scope: nameOf(scope), revenueMinor, costMinor, ...margin, floorSource: floor };
  const unjudged = {
    floorBps: floor?.floorBps ?? null,
    shortfallMinor: null,
    priceShortfallMinor: null,
    shortfallBps: null,
  };
  const earns = base.scope !== 'TOTAL' || revenueMinor > 0n;
  if (costMinor === null) return { ...base, ...unjudged, ok: false };
  if (!floor) return { ...base, ...unjudged, ok: base.scope === 'TOTAL' && earns };
  const shortfall = marginShortfall(revenueMinor, costMinor, floor.floorBps);
  return {
    ...base,
    floorBps: floor.floorBps,
    shortfallMinor: shortfall.costMinor ?? shortfall.revenueMinor ?? costMinor - revenueMinor,
    priceShortfallMinor: shortfall.revenueMinor,
    shortfallBps: shortfall.bps,
    ok: earns && marginMeetsFloor(revenueMinor, costMinor, floor.floorBps),
  };
}

function nameOf({ lineKind, billing }: FloorScope): MarginScope {
  if (lineKind === '*') return billing === '*' ? 'TOTAL' : billing;
  return billing === '*' ? lineKind : `${lineKind}_${billing}`;
}
