import { floorDivide, marginBps, WHOLE_BPS } from '../core/basis-points.js';
import { multiplyDecimals, parseDecimal, roundHalfAwayFromZero } from '../core/decimal.js';
import type { BudgetBaselineLine } from '../project/baseline.entity.js';
import type { ActualsLine } from './actuals.entity.js';

/** A line of the frozen baseline as far as a forecast asks. */
export type BaselineFigures = Pick<BudgetBaselineLine, 'budgetType' | 'hours' | 'costMinor' | 'priceMinor'>;

/** What was spent and what remains, as it was read. */
export type ActualFigures = Pick<ActualsLine, 'budgetTypes' | 'actualMinutes' | 'remainingMinutes' | 'actualCostMinor'>;

/**
 * Why a cost is not known, and is not guessed either. COST_MISSING: the baseline has none for a line. RATE_MISSING: time
 * was booked where the baseline budgets no hours, so nothing says what an hour of it costs.
 */
export type UnknownCost = 'COST_MISSING' | 'RATE_MISSING';

/** The forecast of one budget of the delivery system, and of the baseline lines that it answers for. */
export interface LineForecast {
  readonly budgetTypes: readonly string[];
  readonly baselineMinutes: number;
  readonly actualMinutes: number;
  /** Never below zero: what is overspent does not come back. */
  readonly remainingMinutes: number;
  readonly forecastMinutes: number;
  readonly costMinor: bigint | null;
  readonly unknown: UnknownCost | null;
}

/** The forecast of a project. */
export interface Forecast {
  readonly lines: readonly LineForecast[];
  readonly baselineMinutes: number;
  readonly actualMinutes: number;
  readonly remainingMinutes: number;
  readonly forecastMinutes: number;
  readonly costMinor: bigint | null;
  readonly unknown: UnknownCost | null;
}

/** Decimal hours as whole minutes, rounded half away from zero. Throws a RangeError on what is no decimal. */
export function minutesOf(hours: string): number {
  return Number(roundHalfAwayFromZero(multiplyDecimals(parseDecimal(hours), { unscaled: 60n, scale: 0 }), 0));
}

/**
 * Forecast = actual + remaining, by budget (issue 4). Remaining is what the delivery system says, and never less than
 * nothing; of a project that is closed nothing remains, so its forecast is what was realised. A budget of the baseline
 * of which the system says nothing is forecast as it was planned.
 *
 * Cost: minutes cost what an hour of the same baseline lines was to cost, in proportion and rounded up once a line;
 * where the system says what the booked minutes cost, that counts for them. Lines without hours (goods, services by the
 * period) cost what was planned, since no hour tells of them.
 */
export function forecastOf(
  baseline: readonly BaselineFigures[],
  actuals: readonly ActualFigures[],
  isClosed: boolean,
): Forecast {
  const named = new Set(actuals.flatMap(({ budgetTypes }) => budgetTypes));
  const unspoken = baseline
    .filter(({ budgetType }) => !named.has(budgetType))
    .map(({ budgetType, hours }) => ({
      budgetTypes: [budgetType],
      actualMinutes: 0,
      remainingMinutes: minutesOf(hours),
      actualCostMinor: null,
    }));
  const lines = [...actuals, ...unspoken].map((line) =>
    lineForecast(
      baseline.filter(({ budgetType }) => line.budgetTypes.includes(budgetType)),
      line,
      isClosed,
    ),
  );
  const sum = (of: (line: LineForecast) => number): number => lines.reduce((total, line) => total + of(line), 0);
  return {
    lines,
    baselineMinutes: sum((line) => line.baselineMinutes),
    actualMinutes: sum((line) => line.actualMinutes),
    remainingMinutes: sum((line) => line.remainingMinutes),
    forecastMinutes: sum((line) => line.forecastMinutes),
    costMinor: total(lines.map(({ costMinor }) => costMinor)),
    unknown: lines.find(({ unknown }) => unknown !== null)?.unknown ?? null,
  };
}

function lineForecast(
  planned: readonly BaselineFigures[],
  { budgetTypes, actualMinutes, remainingMinutes: left, actualCostMinor }: ActualFigures,
  isClosed: boolean,
): LineForecast {
  const remainingMinutes = isClosed ? 0 : Math.max(0, left);
  const hourly = planned.filter(({ hours }) => minutesOf(hours) > 0);
  const fixed = planned.filter((line) => !hourly.includes(line));
  const baselineMinutes = hourly.reduce((sum, { hours }) => sum + minutesOf(hours), 0);
  const hourlyCost = total(hourly.map(({ costMinor }) => costMinor));
  const fixedCost = total(fixed.map(({ costMinor }) => costMinor));
  const priced = actualCostMinor === null ? actualMinutes + remainingMinutes : remainingMinutes;
  const time = timeCost(priced, baselineMinutes, hourlyCost);
  const isRateMissing = priced !== 0 && baselineMinutes === 0;
  const costMinor = total([time, actualCostMinor ?? 0n, fixedCost]);
  return {
    budgetTypes,
    baselineMinutes,
    actualMinutes,
    remainingMinutes,
    forecastMinutes: actualMinutes + remainingMinutes,
    costMinor,
    unknown: costMinor !== null ? null : isRateMissing ? 'RATE_MISSING' : 'COST_MISSING',
  };
}

/** What so many minutes cost in proportion to the baseline, rounded up to a minor unit; null when nothing says so. */
function timeCost(minutes: number, baselineMinutes: number, baselineCost: bigint | null): bigint | null {
  if (minutes === 0) return baselineCost === null ? null : 0n;
  if (baselineMinutes === 0 || baselineCost === null) return null;
  return -floorDivide(-(baselineCost * BigInt(minutes)), BigInt(baselineMinutes));
}

/** The sum, null as soon as one is unknown. */
function total(amounts: readonly (bigint | null)[]): bigint | null {
  return amounts.reduce<bigint | null>((sum, amount) => (sum === null || amount === null ? null : sum + amount), 0n);
}

/** What of the baseline's margin is being lost; negative where more will be left than planned. */
export interface Erosion {
  readonly revenueMinor: bigint;
  readonly baselineMarginMinor: bigint | null;
  readonly forecastMarginMinor: bigint | null;
  readonly erosionMinor: bigint | null;
  /** Rates in basis points of the revenue, rounded down; null without a positive revenue. */
  readonly baselineMarginBps: number | null;
  readonly forecastMarginBps: number | null;
  /** Basis points lost, rounded up, so that a loss never shows as none. */
  readonly erosionBps: number | null;
  readonly unknown: UnknownCost | null;
}

/**
 * Margin erosion = baseline margin points less forecast margin points, in money and in points, from the immutable
 * baseline (KPI definitions, requirements section 8). The revenue is the baseline's: what was sold does not change with
 * what is spent.
 */
export function erosionOf(baseline: readonly BaselineFigures[], forecast: Forecast): Erosion {
  const revenueMinor = baseline.reduce((sum, { priceMinor }) => sum + priceMinor, 0n);
  const planned = total(baseline.map(({ costMinor }) => costMinor));
  const { costMinor: expected } = forecast;
  const erosionMinor = planned === null || expected === null ? null : expected - planned;
  const rate = (cost: bigint | null): number | null => (cost === null ? null : marginBps(revenueMinor, cost));
  return {
    revenueMinor,
    baselineMarginMinor: planned === null ? null : revenueMinor - planned,
    forecastMarginMinor: expected === null ? null : revenueMinor - expected,
    erosionMinor,
    baselineMarginBps: rate(planned),
    forecastMarginBps: rate(expected),
    erosionBps: erosionMinor === null || revenueMinor <= 0n ? null : pointsUp(erosionMinor, revenueMinor),
    unknown: erosionMinor !== null ? null : (forecast.unknown ?? 'COST_MISSING'),
  };
}

/** The limit of a GraphQL Int, with room; no decision reads a rate. */
const MOST_BPS = 2_000_000_000n;

function pointsUp(minor: bigint, revenueMinor: bigint): number {
  const points = -floorDivide(-(minor * BigInt(WHOLE_BPS)), revenueMinor);
  const held = points > MOST_BPS ? MOST_BPS : points < -MOST_BPS ? -MOST_BPS : points;
  return Number(held);
}
