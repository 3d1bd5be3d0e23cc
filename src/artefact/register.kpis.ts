import { KpiDirection, KpiUnit } from '../kpi/kpi.words.js';
import { type KpiFigureType, KpiStart } from '../reporting/kpi-figure.types.js';
import type { Edition } from './edition.js';
import type { KpiLine } from './facts.kpi.js';
import { plotted, STATE_WORDS, targetText } from './figure.format.js';
import { trackerTitle } from './sentences.js';
import { COLOUR } from './theme.js';
import { DAY_FORMAT, type Look, type SheetColumn, type SheetPlan, WRAP } from './workbook.js';

/** A value in the unit that the sheet shows: money in whole units, all else exactly as the API answers it. */
function cellValue(value: string | null, unit: KpiUnit, currency: string): number | string {
  if (value === null) return 'no case';
  return unit === KpiUnit.MONEY_MINOR ? plotted(value, unit, currency) : Number(value);
}

const FORMATS: Readonly<Record<KpiUnit, string>> = {
  [KpiUnit.PERCENT]: '0.00%',
  [KpiUnit.POINTS]: '0.00',
  [KpiUnit.MARGIN_BPS]: '#,##0.00',
  [KpiUnit.MONEY_MINOR]: '#,##0.00',
  [KpiUnit.COUNT]: '#,##0',
  [KpiUnit.PER_PROJECT_30_DAYS]: '0.0000',
  [KpiUnit.MINUTES]: '#,##0',
  [KpiUnit.DAYS]: '#,##0.00',
};

const unitWords = (unit: KpiUnit, currency: string): string =>
  ({
    [KpiUnit.PERCENT]: 'percent',
    [KpiUnit.POINTS]: 'points',
    [KpiUnit.MARGIN_BPS]: 'basis points of margin',
    [KpiUnit.MONEY_MINOR]: currency,
    [KpiUnit.COUNT]: 'count',
    [KpiUnit.PER_PROJECT_30_DAYS]: 'per active project and 30 days',
    [KpiUnit.MINUTES]: 'minutes',
    [KpiUnit.DAYS]: 'days',
  })[unit];

const STATE_LOOK: Readonly<Record<string, Look>> = {
  MET: { textColor: `#${COLOUR.good}`, fontWeight: 'bold' },
  MISSED: { textColor: `#${COLOUR.bad}`, fontWeight: 'bold' },
};

/** Every KPI beside its baseline, week 4, week 8, quarter and target. */
export function tracker(edition: Edition, kpis: readonly KpiLine[]): SheetPlan<KpiLine> {
  const { currency } = edition;
  const figure = (title: string, of: (line: KpiLine) => KpiFigureType | null | undefined): SheetColumn<KpiLine> => ({
    title,
    width: 13,
    value: (line) => {
      const found = of(line);
      return found ? cellValue(found.value, line.definition.unit, currency) : '–';
    },
    look: ({ definition }) => ({ format: FORMATS[definition.unit], align: 'right' }),
  });
  const started = kpis.find(({ comparison }) => comparison.startOn !== null)?.comparison;
  return {
    name: 'KPI tracker',
    title: trackerTitle(kpis),
    notes: [
      `Weeks are counted from ${started ? `${started.startOn} (${started.countedFrom === KpiStart.ENFORCEMENT ? 'enforcement of every deal' : 'freeze of the baseline'})` : 'the freeze of a baseline or the start of enforcement, which has not happened yet'}; a point that is not over shows the days so far.`,
      'Improvement is relative to the frozen baseline, positive when better in the direction of the KPI. Small denominators are shown, never hidden.',
    ],
    columns: [
      { title: 'KPI', width: 32, value: ({ definition }) => definition.name, look: { fontWeight: 'bold', wrap: true } },
      { title: 'Key', width: 28, value: ({ definition }) => definition.key },
      { title: 'Unit', width: 16, value: ({ definition }) => unitWords(definition.unit, currency), look: WRAP },
      {
        title: 'Better is',
        width: 9,
        value: ({ definition }) => (definition.direction === KpiDirection.LOWER_IS_BETTER ? 'lower' : 'higher'),
      },
      figure('Baseline', ({ comparison }) => comparison.baseline),
      figure('Week 4', ({ comparison }) => comparison.weekFour?.figure),
      figure('Week 8', ({ comparison }) => comparison.weekEight?.figure),
      figure('Quarter one', ({ comparison }) => comparison.quarter?.figure),
      figure('Last 90 days', ({ now }) => now),
      { title: 'Numerator', width: 14, value: ({ now }) => BigInt(now.numerator), look: { format: '#,##0' } },
      { title: 'Denominator', width: 14, value: ({ now }) => BigInt(now.denominator), look: { format: '#,##0' } },
      { title: 'Cases', width: 9, value: ({ now }) => now.cases, look: { format: '#,##0' } },
      {
        title: 'Improvement',
        width: 13,
        value: ({ now }) => (now.improvementBps === null ? '–' : now.improvementBps / 10_000),
        look: { format: '+0.00%;-0.00%;0.00%', align: 'right' },
      },
      { title: 'Target', width: 34, value: ({ definition }) => targetText(definition, currency), look: WRAP },
      {
        title: 'State',
        width: 13,
        value: ({ now }) => STATE_WORDS[now.target],
        look: ({ now }) => STATE_LOOK[now.target] ?? {},
      },
      {
        title: 'Baseline from',
        width: 13,
        value: ({ comparison: { baseline } }) => baseline && new Date(`${baseline.fromOn}T00:00:00Z`),
        look: { format: DAY_FORMAT },
      },
      {
        title: 'Baseline to',
        width: 13,
        value: ({ comparison: { baseline } }) => baseline && new Date(`${baseline.toOn}T00:00:00Z`),
        look: { format: DAY_FORMAT },
      },
    ],
    rows: kpis,
    whenEmpty: 'There is no KPI that your role sees.',
  };
}

interface TrendRow {
  readonly line: KpiLine;
  readonly figure: KpiFigureType;
}

/** Every KPI by calendar months. */
export function trend({ currency }: Edition, kpis: readonly KpiLine[]): SheetPlan<TrendRow> {
  return {
    name: 'Trend',
    title: 'Every KPI month by month',
    notes: ['Calendar months; the present one up to today.'],
    columns: [
      { title: 'KPI', width: 32, value: ({ line }) => line.definition.name },
      { title: 'Key', width: 28, value: ({ line }) => line.definition.key },
      {
        title: 'From',
        width: 12,
        value: ({ figure }) => new Date(`${figure.fromOn}T00:00:00Z`),
        look: { format: DAY_FORMAT },
      },
      {
        title: 'To',
        width: 12,
        value: ({ figure }) => new Date(`${figure.toOn}T00:00:00Z`),
        look: { format: DAY_FORMAT },
      },
      {
        title: 'Value',
        width: 14,
        value: ({ line, figure }) => cellValue(figure.value, line.definition.unit, currency),
        look: ({ line }) => ({ format: FORMATS[line.definition.unit], align: 'right' }),
      },
      { title: 'Unit', width: 24, value: ({ line }) => unitWords(line.definition.unit, currency) },
      { title: 'Numerator', width: 14, value: ({ figure }) => BigInt(figure.numerator), look: { format: '#,##0' } },
      { title: 'Denominator', width: 14, value: ({ figure }) => BigInt(figure.denominator), look: { format: '#,##0' } },
      { title: 'Cases', width: 9, value: ({ figure }) => figure.cases, look: { format: '#,##0' } },
    ],
    rows: kpis.flatMap((line) => line.trend.map((figure) => ({ line, figure }))),
    whenEmpty: 'There is no KPI that your role sees.',
  };
}

/** What each KPI is. */
export function definitions({ currency }: Edition, kpis: readonly KpiLine[]): SheetPlan<KpiLine> {
  const text = (title: string, width: number, of: (line: KpiLine) => string | number): SheetColumn<KpiLine> => ({
    title,
    width,
    value: of,
    look: WRAP,
  });
  return {
    name: 'KPI definitions',
    title: 'Each KPI is defined once, for feed, charts, DAX and this register',
    notes: [],
    columns: [
      text('KPI', 30, ({ definition }) => definition.name),
      text('Key', 28, ({ definition }) => definition.key),
      text('Version', 9, ({ definition }) => definition.version),
      text('Formula', 50, ({ definition }) => definition.formula),
      text('Numerator', 40, ({ definition }) => definition.numerator),
      text('Denominator', 40, ({ definition }) => definition.denominator),
      text('Cohort', 40, ({ definition }) => definition.cohort),
      text('Form', 12, ({ definition }) => definition.form),
      text('Target', 34, ({ definition }) => targetText(definition, currency)),
      text('Source', 40, ({ definition }) => definition.source),
    ],
    rows: kpis,
    whenEmpty: 'There is no KPI that your role sees.',
  };
}
