import { targetValue } from './format.js';
import { daysOf, type Step, stepLabel } from './period.js';
import type { Definition, Figure, Unit } from './words.js';

/** A trend as a chart draws it. A step without a case has no point. */
export interface Series {
  readonly labels: readonly string[];
  readonly values: readonly (number | null)[];
  /** The lines across, step by step; null where there is none. */
  readonly baseline: readonly number[] | null;
  readonly target: readonly number[] | null;
}

const DIVISORS: Readonly<Partial<Record<Unit, number>>> = { MARGIN_BPS: 100 };

/** A value in the scale of the axis: of a chart a float is enough, the table beside it has the text. */
function scaled(value: string | null, unit: Unit): number | null {
  if (value === null) return null;
  return unit === 'PERCENT' ? Number(value) * 100 : Number(value) / (DIVISORS[unit] ?? 1);
}

/** Where the target lies: of an improvement, that much away from the baseline in the KPI's direction. */
export function targetLine(
  { target, unit, direction }: Pick<Definition, 'target' | 'unit' | 'direction'>,
  baselineValue: string | null,
): number | null {
  if (target === null) return null;
  if (target.kind !== 'IMPROVE_BY') return scaled(targetValue(target.from, unit), unit);
  const baseline = scaled(baselineValue, unit);
  if (baseline === null) return null;
  const sign = direction === 'LOWER_IS_BETTER' ? -1 : 1;
  return baseline * (1 + (sign * target.from) / 10_000);
}

/** The trend of a KPI. A TOTAL is compared by its rate a day, so that the lines are as high as a step is long. */
export function seriesOf(definition: Definition, figures: readonly Figure[], step: Step): Series {
  const { unit, form, baseline: frozen } = definition;
  const baselineValue = figures.find((figure) => figure.baselineValue !== null)?.baselineValue ?? null;
  const baseline = scaled(baselineValue, unit);
  const target = targetLine(definition, baselineValue);
  const isRate = form === 'TOTAL';
  const share = (figure: Figure): number => (isRate && frozen ? daysOf(figure) / daysOf(frozen) : 1);
  const line = (value: number | null): number[] | null =>
    value === null || (isRate && !frozen) ? null : figures.map((figure) => value * share(figure));
  return {
    labels: figures.map((figure) => stepLabel(figure, step)),
    values: figures.map(({ value }) => scaled(value, unit)),
    baseline: line(baseline),
    target: line(target),
  };
}

/** The points of a small line of this size, in parts that are each without a gap; one point alone is a short dash. */
export function sparkline(values: readonly (number | null)[], width: number, height: number): string[] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (index: number): number => (values.length === 1 ? width / 2 : (index * width) / (values.length - 1));
  const y = (value: number): number =>
    high === low ? height / 2 : height - ((value - low) * (height - 2)) / (high - low) - 1;
  const parts: string[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) parts.push([]);
    else parts.at(-1)!.push(`${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  });
  return parts.flatMap((points) => {
    if (points.length > 1) return [points.join(' ')];
    if (points.length === 0) return [];
    const [left, top] = points[0]!.split(',').map(Number);
    return [`${(left! - 2).toFixed(1)},${top} ${(left! + 2).toFixed(1)},${top}`];
  });
}

/** The whole part of `value` in `of`, in hundredths: how long a bar is. */
export const shareOf = (value: number, of: number): number => (of <= 0 ? 0 : Math.round((value * 100) / of));
