import type { FieldClass } from '../../core/graphql/rights.js';
import { mapQuery, type Query } from '../../core/statement.js';
import { KPI_DEFINITIONS } from '../../kpi/kpi.definitions.js';
import { big, date, decimal, int, text } from '../../reporting/columns.js';
import type { Column } from '../../reporting/dataset.js';
import { type KpiFigure, KpiStep, stepsOf } from '../../reporting/kpi-figure.js';
import { kpiFigures } from '../../reporting/kpi-figure.queries.js';

const NULLABLE = { nullable: true } as const;

/** What a figure of a KPI says. */
export const FIGURE_COLUMNS: readonly Column[] = [
  text('KpiKey', 'The KPI.'),
  date('FromOn', 'The first day of the period.'),
  date('ToOn', 'The last day of the period.'),
  big('Numerator', 'What was added up.'),
  big('Denominator', 'What it is divided by.'),
  int('Cases', 'How many cases it is made of.'),
  decimal('Value', 'The value, with four decimals; empty without a case.', NULLABLE),
];

/** The months before the present one that figures are sent of. */
const MONTHS_BEFORE = 12;

/** The figures of every KPI that a connection may have, by month, as of a moment. */
export function monthlyFigures(sees: ReadonlySet<FieldClass>, asOf: Date, asOfOn: string): Query<readonly FigureRow[]> {
  const [year, month] = asOfOn.split('-').map(Number) as [number, number];
  const fromOn = new Date(Date.UTC(year, month - 1 - MONTHS_BEFORE, 1)).toISOString().slice(0, 10);
  const keys = KPI_DEFINITIONS.filter(({ isMargin }) => !isMargin || sees.has('MARGIN')).map(({ key }) => key);
  const periods = stepsOf({ fromOn, toOn: asOfOn }, KpiStep.MONTH);
  return mapQuery(kpiFigures({ keys, periods, slice: {}, asOf, asOfOn, sees }), (figures) => figures.map(rowOf));
}

/** A figure by the columns' names in snake case, as any row of a dataset is. */
export interface FigureRow {
  readonly key: string;
  readonly values: Readonly<Record<string, unknown>>;
}

function rowOf({ key, fromOn, toOn, numerator, denominator, cases, value }: KpiFigure): FigureRow {
  return {
    key: `${key}/${fromOn}`,
    values: { kpi_key: key, from_on: fromOn, to_on: toOn, numerator, denominator, cases, value },
  };
}
