import { floorDivide, WHOLE_BPS } from '../core/basis-points.js';
import { addDecimals, decimalText, parseDecimal } from '../core/decimal.js';

const WHOLE = BigInt(WHOLE_BPS);
/** The range of a GraphQL Int. */
const MOST_BPS = 2_000_000_000n;

/** A budget as far as the margin asks, in minor units of one currency. */
export interface Sums {
  readonly priceMinor: bigint;
  readonly costMinor: bigint;
}

/** What a change does to the margin. Negative is a loss. */
export interface MarginEffect {
  readonly baseline: Sums;
  readonly proposed: Sums;
  /** Exact, in minor units. */
  readonly marginEffectMinor: bigint;
  /**
   * Proposed margin rate less the baseline's in basis points, rounded towards minus infinity so that no loss is shown
   * smaller than it is; null where a price is not positive, since there is no rate. For display: exceedsRate compares
   * exactly.
   */
  readonly marginEffectBps: number | null;
}

/** Price and cost of all lines. */
export function sumsOf(lines: readonly { readonly priceMinor: bigint; readonly costMinor: bigint }[]): Sums {
  return lines.reduce<Sums>(
    (sum, line) => ({ priceMinor: sum.priceMinor + line.priceMinor, costMinor: sum.costMinor + line.costMinor }),
    { priceMinor: 0n, costMinor: 0n },
  );
}

/** Price less cost. */
export const marginOf = ({ priceMinor, costMinor }: Sums): bigint => priceMinor - costMinor;

/** The effect of a change: computed from both budgets, never typed by anybody (issue 5, scope change). */
export function marginEffect(baseline: Sums, proposed: Sums): MarginEffect {
  return {
    baseline,
    proposed,
    marginEffectMinor: marginOf(proposed) - marginOf(baseline),
    marginEffectBps: rateEffect(baseline, proposed),
  };
}

/** Whether the margin rate falls by more than so many basis points, compared as integers; a missing rate always does. */
export function exceedsRate(
  { baseline, proposed }: Pick<MarginEffect, 'baseline' | 'proposed'>,
  limitBps: number,
): boolean {
  if (baseline.priceMinor <= 0n || proposed.priceMinor <= 0n) return true;
  return -difference(baseline, proposed) * WHOLE > BigInt(limitBps) * baseline.priceMinor * proposed.priceMinor;
}

/** What the hours of all lines change by, as a decimal text. */
export function hoursEffect(former: readonly string[], proposed: readonly string[]): string {
  const total = (hours: readonly string[]) => hours.map(parseDecimal).reduce(addDecimals, { unscaled: 0n, scale: 0 });
  const { unscaled, scale } = total(former);
  return decimalText(addDecimals(total(proposed), { unscaled: -unscaled, scale }));
}

function rateEffect(baseline: Sums, proposed: Sums): number | null {
  if (baseline.priceMinor <= 0n || proposed.priceMinor <= 0n) return null;
  const bps = floorDivide(difference(baseline, proposed) * WHOLE, baseline.priceMinor * proposed.priceMinor);
  return Number(bps > MOST_BPS ? MOST_BPS : bps < -MOST_BPS ? -MOST_BPS : bps);
}

/** The difference of the two rates over the product of both prices, which is positive. */
function difference(baseline: Sums, proposed: Sums): bigint {
  return marginOf(proposed) * baseline.priceMinor - marginOf(baseline) * proposed.priceMinor;
}
