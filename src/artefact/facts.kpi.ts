import type { KpiDefinition } from '../kpi/kpi.words.js';
import { KpiStep, stepsOf } from '../reporting/kpi-figure.js';
import type { KpiComparison, KpiFigureType } from '../reporting/kpi-figure.types.js';
import { comparisonView, type FigureReader, figuresView, visibleKeys } from '../reporting/kpi-figure.view.js';
import type { Edition } from './edition.js';

/** Months of a trend, the present one the last. */
const TREND_MONTHS = 12;

/** One KPI as the artefacts tell it; every figure is the one that the API answers. */
export interface KpiLine {
  readonly definition: KpiDefinition;
  /** Of the period of the edition. */
  readonly now: KpiFigureType;
  /** Month by month, oldest first. */
  readonly trend: readonly KpiFigureType[];
  readonly comparison: KpiComparison;
}

/** Every KPI that the reader sees, in the order of the definitions. */
export async function kpiLines(figures: FigureReader, { period, today }: Edition): Promise<KpiLine[]> {
  const keys = visibleKeys(null, figures.ability);
  const months = stepsOf({ fromOn: firstMonth(today), toOn: today }, KpiStep.MONTH);
  const [now, trend, comparisons] = await Promise.all([
    figuresView(figures, keys, [period], {}),
    figuresView(figures, keys, months, {}),
    comparisonView(figures, keys),
  ]);
  return keys.map((key, index) => ({
    definition: now[index]!.definition,
    now: now[index]!,
    trend: trend.filter((figure) => figure.key === key),
    comparison: comparisons[index]!,
  }));
}

/** The first day of the month with which the trend begins. */
const firstMonth = (today: string): string =>
  new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - TREND_MONTHS, 1)).toISOString().slice(0, 10);
