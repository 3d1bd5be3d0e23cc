import { kpiByKey } from '../kpi/kpi.definitions.js';
import { valueOf } from '../kpi/kpi.rules.js';
import { KpiDefinitionType } from '../kpi/kpi.types.js';
import type { Backtest } from './backtest.entity.js';
import { type BacktestFigures, figuresOf, marginCounts, type Outcome, periodOf } from './backtest.figures.js';
import { BacktestFigure, BacktestSummary } from './backtest.types.js';

/** The summary of a back-test from what its deals came to. */
export function summaryOf({ lastWon, found, problem }: Backtest, outcomes: readonly Outcome[]): BacktestSummary {
  const judged = outcomes.filter((outcome) => outcome.judged).length;
  const { below, known } = marginCounts(outcomes);
  return Object.assign(new BacktestSummary(), {
    deals: outcomes.length,
    judged,
    notJudged: outcomes.length - judged,
    reading: lastWon !== null && problem === null && (found === null || outcomes.length < found),
    fromOn: null,
    toOn: null,
    ...periodOf(outcomes),
    marginBelowFloor: below,
    marginKnown: known,
    figures: figuresOf(outcomes).map(figureType),
  });
}

function figureType({ kpi, numerator, denominator, judged, notJudged }: BacktestFigures): BacktestFigure {
  const definition = kpiByKey(kpi)!;
  return Object.assign(new BacktestFigure(), {
    definition: Object.assign(new KpiDefinitionType(), definition),
    numerator: String(numerator),
    denominator: String(denominator),
    value: valueOf(definition.form, numerator, denominator),
    judged,
    notJudged,
  });
}
