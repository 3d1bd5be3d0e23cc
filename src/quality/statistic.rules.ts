import { ranked, type RankedScore } from './item.rules.js';
import { ScoredBy } from './quality.input.js';
import { Band } from './score.entity.js';
import type { CountedScore } from './score.queries.js';

/** The scores of one key in a period, beside the period before; averages in tenths of a point, rounded down. */
export interface Statistic {
  readonly key: string;
  readonly count: number;
  readonly averageTenths: number;
  readonly bands: Readonly<Record<Band, number>>;
  readonly previousCount: number;
  readonly previousTenths: number | null;
}

const KEY: Readonly<Record<ScoredBy, (score: CountedScore) => string>> = {
  [ScoredBy.REP]: ({ ownerId }) => ownerId,
  [ScoredBy.DELIVERY_MANAGER]: ({ deliveryManagerId }) => deliveryManagerId ?? '',
  [ScoredBy.TEMPLATE]: ({ serviceTemplate }) => serviceTemplate,
  [ScoredBy.TIER]: ({ tier }) => tier,
};

const tenths = (scores: readonly RankedScore[]): number =>
  Math.floor((scores.reduce((sum, { total }) => sum + total, 0) * 10) / scores.length);

function grouped(scores: readonly CountedScore[], keyOf: (score: CountedScore) => string): Map<string, RankedScore[]> {
  const groups = new Map<string, RankedScore[]>();
  for (const score of ranked(scores)) groups.set(keyOf(score), [...(groups.get(keyOf(score)) ?? []), score]);
  return groups;
}

/** The statistics of a period by a key, each with its count: nothing is hidden for being small. In the order of the keys. */
export function statisticsOf(
  by: ScoredBy,
  scores: readonly CountedScore[],
  previous: readonly CountedScore[],
): Statistic[] {
  const groups = grouped(scores, KEY[by]);
  const earlier = grouped(previous, KEY[by]);
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, own]) => {
      const before = earlier.get(key) ?? [];
      const count = (band: Band): number => own.filter((score) => score.band === band).length;
      return {
        key,
        count: own.length,
        averageTenths: tenths(own),
        bands: {
          EXCELLENT: count(Band.EXCELLENT),
          GOOD: count(Band.GOOD),
          ACCEPTABLE: count(Band.ACCEPTABLE),
          SUBSTANDARD: count(Band.SUBSTANDARD),
        },
        previousCount: before.length,
        previousTenths: before.length === 0 ? null : tenths(before),
      };
    });
}

/** Tenths as a decimal text: 875 is `87.5`, -5 is `-0.5`. */
export function tenthsText(amount: number): string {
  const size = Math.abs(amount);
  return `${amount < 0 ? '-' : ''}${Math.trunc(size / 10)}.${size % 10}`;
}
