import { digestOf } from '../core/canonical.js';
import { KPI_DEFINITIONS } from '../kpi/kpi.definitions.js';
import type { BacktestDeal } from './backtest.entity.js';

/** What of a judged deal the figures are added up from. */
export type Outcome = Pick<
  BacktestDeal,
  'judged' | 'wonOn' | 'requiredWeight' | 'provenWeight' | 'complete' | 'belowFloor' | 'rawDigest'
>;

/** One KPI as the deals of the past had it. */
export interface BacktestFigures {
  readonly kpi: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** Deals that it counts. */
  readonly judged: number;
  /** Deals of which it cannot be told; of a KPI that no export tells of, all of them. */
  readonly notJudged: number;
}

interface Part {
  readonly counts: (deal: Outcome) => boolean;
  readonly numerator: (deal: Outcome) => number;
  readonly denominator: (deal: Outcome) => number;
}

/** The KPIs that an export of a won deal tells of. Everything else needs what happened afterwards, which no export holds. */
const PARTS: Readonly<Record<string, Part>> = {
  COMPLETENESS_SCORE: {
    counts: ({ judged, requiredWeight }) => judged && requiredWeight > 0,
    numerator: ({ provenWeight }) => provenWeight,
    denominator: ({ requiredWeight }) => requiredWeight,
  },
  COMPLETION_RATE: {
    counts: ({ judged }) => judged,
    numerator: ({ complete }) => (complete ? 1 : 0),
    denominator: () => 1,
  },
};

/** The keys of the KPIs that a back-test gives figures for. */
export const BACKTESTED: readonly string[] = Object.keys(PARTS);

/** The figures of every KPI, in the order of the definitions. */
export const figuresOf = (outcomes: readonly Outcome[]): BacktestFigures[] =>
  KPI_DEFINITIONS.map(({ key }) => figureOf(key, outcomes));

/** The figures of one KPI. */
export function figureOf(kpi: string, outcomes: readonly Outcome[]): BacktestFigures {
  const part = Object.hasOwn(PARTS, kpi) ? PARTS[kpi]! : null;
  const counted = part ? outcomes.filter(part.counts) : [];
  const sum = (of: (deal: Outcome) => number): bigint => BigInt(counted.reduce((total, deal) => total + of(deal), 0));
  return {
    kpi,
    numerator: part ? sum(part.numerator) : 0n,
    denominator: part ? sum(part.denominator) : 0n,
    judged: counted.length,
    notJudged: outcomes.length - counted.length,
  };
}

/** How many deals are below a floor, of how many of which that is known. */
export function marginCounts(outcomes: readonly Outcome[]): { readonly below: number; readonly known: number } {
  const known = outcomes.filter(({ belowFloor }) => belowFloor !== null);
  return { below: known.filter(({ belowFloor }) => belowFloor).length, known: known.length };
}

/** The days of the first and the last win that counts; null when none does. */
export function periodOf(outcomes: readonly Outcome[]): { readonly fromOn: string; readonly toOn: string } | null {
  const days = outcomes.flatMap(({ judged, wonOn }) => (judged && wonOn !== null ? [wonOn] : [])).toSorted();
  return days.length === 0 ? null : { fromOn: days[0]!, toOn: days.at(-1)! };
}

/** SHA-256 over the digests of every export and the configuration that judged them: the same deals, the same digest. */
export const sourceDigest = (outcomes: readonly Pick<Outcome, 'rawDigest'>[], configurationDigest: string): string =>
  digestOf({ configuration: configurationDigest, exports: outcomes.map(({ rawDigest }) => rawDigest).toSorted() });
