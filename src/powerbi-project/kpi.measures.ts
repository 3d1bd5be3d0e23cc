import { type KpiDefinition, KpiDirection, KpiForm, KpiTargetKind, KpiUnit } from '../kpi/kpi.words.js';

/** A measure of a model, in DAX. */
export interface Measure {
  readonly name: string;
  readonly description: string;
  readonly dax: readonly string[];
  readonly format: string | null;
  readonly folder: string;
}

/** How the values of a unit are shown. */
const FORMATS: Readonly<Record<KpiUnit, string>> = {
  [KpiUnit.PERCENT]: '0.0%',
  [KpiUnit.POINTS]: '#,0.0',
  [KpiUnit.MARGIN_BPS]: '#,0',
  [KpiUnit.MONEY_MINOR]: '#,0',
  [KpiUnit.COUNT]: '#,0',
  [KpiUnit.PER_PROJECT_30_DAYS]: '#,0.00',
  [KpiUnit.MINUTES]: '#,0',
  [KpiUnit.DAYS]: '#,0.0',
};
const WHOLE = '#,0';
const BPS = 10_000;
const TEXT = null;

/** The KPIs of which cases that the client caused are shown apart (requirements 8). */
const CLIENT_CAUSED: readonly string[] = ['KICKOFF_DELAY_RATE'];

/** The cases of a KPI that have come, as arguments of CALCULATE and its like. */
const comeCases = (key: string): string =>
  `KEEPFILTERS(KpiCases[KpiKey] = "${key}"), KEEPFILTERS(KpiCases[CountsAt] <= AsOf)`;

/** Every measure of one KPI: its value, what it is made of, its baseline and how it stands to its target. */
export function kpiMeasures(definition: KpiDefinition): readonly Measure[] {
  const { key, name, formula, numerator, denominator, unit, cohort } = definition;
  const measure = (suffix: string, description: string, dax: readonly string[], format: string | null): Measure => ({
    name: `${name}${suffix}`,
    description,
    dax,
    format,
    folder: `KPIs\\${name}`,
  });
  const apart = CLIENT_CAUSED.includes(key)
    ? [measure(' caused by the client', `Of these: those that the client caused.`, clientCaused(definition), WHOLE)]
    : [];
  return [
    measure('', `${formula}. ${cohort}.`, valueOf(definition), FORMATS[unit]),
    measure(' numerator', `${numerator}.`, numeratorOf(definition), WHOLE),
    measure(' denominator', `${denominator}.`, denominatorOf(definition), WHOLE),
    ...apart,
    measure(' baseline', 'The value of the frozen baseline that counts.', baselineOf(definition), FORMATS[unit]),
    measure(
      ' improvement',
      `Against the baseline, as a part of it; more is better although ${definition.direction === KpiDirection.LOWER_IS_BETTER ? 'the value should fall' : 'it is the value that should rise'}.`,
      improvementOf(definition),
      '0.0%',
    ),
    measure(' target', targetText(definition), targetOf(definition), FORMATS[unit]),
    measure(' target state', 'MET, MISSED, NO_TARGET, NO_BASELINE or NO_CASES.', targetState(definition), TEXT),
  ];
}

/** Whether the denominator counts the days of spans, such as those of active projects. */
const countsDays = ({ unit }: KpiDefinition): boolean => unit === KpiUnit.PER_PROJECT_30_DAYS;

function numeratorOf(definition: KpiDefinition): readonly string[] {
  if (definition.form === KpiForm.PERCENTILE) return percentile(definition);
  const points = countsDays(definition) ? ', ISBLANK(KpiCases[SpanFromOn])' : '';
  return [
    'VAR AsOf = [As of]',
    'RETURN',
    `    CALCULATE(SUM(KpiCases[Numerator]), ${comeCases(definition.key)}${points})`,
  ];
}

/** The value at rank ceil(p * n) of the sorted cases: one that exists, the same here, in SQL and in TypeScript. */
function percentile({ key, percentile: percent }: KpiDefinition): readonly string[] {
  return [
    'VAR AsOf = [As of]',
    `VAR Cases = CALCULATETABLE(KpiCases, ${comeCases(key)})`,
    'VAR CaseCount = COUNTROWS(Cases)',
    `VAR AtRank = QUOTIENT(CaseCount * ${percent} + 99, 100)`,
    'RETURN',
    '    IF(CaseCount > 0, MAXX(TOPN(AtRank, Cases, KpiCases[Numerator], ASC), KpiCases[Numerator]))',
  ];
}

function denominatorOf(definition: KpiDefinition): readonly string[] {
  const { key, form } = definition;
  if (form === KpiForm.PERCENTILE)
    return ['VAR AsOf = [As of]', 'RETURN', `    CALCULATE(COUNTROWS(KpiCases), ${comeCases(key)})`];
  if (!countsDays(definition))
    return ['VAR AsOf = [As of]', 'RETURN', `    CALCULATE(SUM(KpiCases[Denominator]), ${comeCases(key)})`];
  return [
    'VAR AsOf = [As of]',
    'VAR LastDay = [As-of day]',
    'VAR PeriodDays = VALUES(Dates[Day])',
    `VAR Points = CALCULATE(SUM(KpiCases[Denominator]), ${comeCases(key)}, ISBLANK(KpiCases[SpanFromOn]))`,
    `VAR Spans = CALCULATETABLE(KpiCases, REMOVEFILTERS(Dates), ${comeCases(key)}, NOT ISBLANK(KpiCases[SpanFromOn]))`,
    'VAR Covered =',
    '    SUMX(',
    '        Spans,',
    '        VAR FromOn = KpiCases[SpanFromOn]',
    '        VAR ToOn = MIN(COALESCE(KpiCases[SpanToOn], LastDay), LastDay)',
    '        RETURN KpiCases[Denominator] * COUNTROWS(FILTER(PeriodDays, Dates[Day] >= FromOn && Dates[Day] <= ToOn))',
    '    )',
    'RETURN',
    '    Points + Covered',
  ];
}

/** Four decimals, half away from zero, as everywhere; blank without a case, which is not 0. */
function valueOf({ name, form }: KpiDefinition): readonly string[] {
  if (form === KpiForm.PERCENTILE) return [`[${name} numerator]`];
  if (form === KpiForm.TOTAL) return [`IF([${name} denominator] > 0, [${name} numerator] + 0)`];
  return [
    `VAR KpiValue = DIVIDE([${name} numerator] + 0, [${name} denominator])`,
    'RETURN',
    '    IF(NOT ISBLANK(KpiValue), ROUND(KpiValue, 4))',
  ];
}

function clientCaused({ name }: KpiDefinition): readonly string[] {
  return [`CALCULATE([${name} numerator], KEEPFILTERS(KpiCases[ClientCaused] = TRUE()))`];
}

/** A column of the row of a KPI, whatever is chosen. */
const ofKpi = (key: string, column: string): string =>
  `CALCULATE(MAX(Kpis[${column}]), REMOVEFILTERS(Kpis), Kpis[Key] = "${key}")`;

const baseFigures = (key: string): readonly string[] => [
  `VAR BaseNumerator = ${ofKpi(key, 'BaselineNumerator')}`,
  `VAR BaseDenominator = ${ofKpi(key, 'BaselineDenominator')}`,
];

function baselineOf({ key, form }: KpiDefinition): readonly string[] {
  if (form === KpiForm.TOTAL || form === KpiForm.PERCENTILE)
    return [...baseFigures(key), 'RETURN', '    IF(BaseDenominator > 0, BaseNumerator)'];
  return [
    ...baseFigures(key),
    'VAR BaseValue = DIVIDE(BaseNumerator, BaseDenominator)',
    'RETURN',
    '    IF(NOT ISBLANK(BaseValue), ROUND(BaseValue, 4))',
  ];
}

/** The days of a total's baseline and of the period up to the as-of day: totals are compared as rates a day. */
const dayCounts = (key: string): readonly string[] => [
  `VAR BaseDays = INT(${ofKpi(key, 'BaselineToOn')} - ${ofKpi(key, 'BaselineFromOn')}) + 1`,
  'VAR PeriodDays = MAX(1, INT(MIN(MAX(Dates[Day]), [As-of day]) - MIN(Dates[Day])) + 1)',
];

/** Compared as fractions of whole numbers and rounded down to a basis point, so that rounding reaches no target. */
function improvementOf({ key, name, form, direction }: KpiDefinition): readonly string[] {
  const isRate = form === KpiForm.SHARE || form === KpiForm.MEAN;
  const [was, now] = isRate
    ? ['BaseDenominator', 'NowDenominator']
    : form === KpiForm.TOTAL
      ? ['BaseDays', 'PeriodDays']
      : ['1', '1'];
  const gain =
    direction === KpiDirection.LOWER_IS_BETTER
      ? `BaseNumerator * ${now} - NowNumerator * ${was}`
      : `NowNumerator * ${was} - BaseNumerator * ${now}`;
  return [
    ...baseFigures(key),
    `VAR NowNumerator = [${name} numerator] + 0`,
    `VAR NowDenominator = [${name} denominator]`,
    ...(form === KpiForm.TOTAL ? dayCounts(key) : []),
    `VAR Gain = ${gain}`,
    'RETURN',
    `    IF(BaseDenominator > 0 && NowDenominator > 0 && BaseNumerator <> 0, INT(DIVIDE(Gain * ${BPS}, ABS(BaseNumerator) * ${now})) / ${BPS})`,
  ];
}

/** A number of basis points as DAX writes it, exact in decimal. */
const ofBps = (bps: number): string => String(bps / BPS);

function targetText({ target }: KpiDefinition): string {
  if (!target) return 'The documents state no target.';
  const { kind, from, to, withinDays } = target;
  const range = to === null ? `${from}` : `${from} to ${to}`;
  const within = withinDays === null ? '' : ` within ${withinDays} days`;
  return `${kind} ${range}${within}; the near end of a range counts.`;
}

function targetOf({ key, name, form, target, unit, direction }: KpiDefinition): readonly string[] {
  if (!target) return ['BLANK()'];
  if (target.kind !== KpiTargetKind.IMPROVE_BY)
    return [unit === KpiUnit.PERCENT ? ofBps(target.from) : `${target.from}`];
  const sign = direction === KpiDirection.LOWER_IS_BETTER ? '-' : '+';
  const isTotal = form === KpiForm.TOTAL;
  return [
    `VAR BaseValue = [${name} baseline]`,
    ...(isTotal ? [...dayCounts(key), 'VAR SameDays = DIVIDE(BaseValue * PeriodDays, BaseDays)'] : []),
    'RETURN',
    `    IF(NOT ISBLANK(BaseValue), ${isTotal ? 'SameDays' : 'BaseValue'} ${sign} ABS(${isTotal ? 'SameDays' : 'BaseValue'}) * ${ofBps(target.from)})`,
  ];
}

function targetState({ name, form, unit, target }: KpiDefinition): readonly string[] {
  if (!target) return ['"NO_TARGET"'];
  const per = form === KpiForm.SHARE || form === KpiForm.MEAN ? ` * [${name} denominator]` : '';
  const scale = unit === KpiUnit.PERCENT ? ` * ${BPS}` : '';
  const compare = (sign: string): string => `[${name} numerator]${scale} ${sign} ${target.from}${per}`;
  const isMet: Readonly<Record<KpiTargetKind, string>> = {
    [KpiTargetKind.IMPROVE_BY]: `[${name} improvement] >= ${ofBps(target.from)}`,
    [KpiTargetKind.AT_LEAST]: compare('>='),
    [KpiTargetKind.AT_MOST]: compare('<='),
  };
  return [
    'SWITCH(',
    '    TRUE(),',
    `    ISBLANK([${name}]), "NO_CASES",`,
    ...(target.kind === KpiTargetKind.IMPROVE_BY ? [`    ISBLANK([${name} improvement]), "NO_BASELINE",`] : []),
    `    ${isMet[target.kind]}, "MET",`,
    '    "MISSED"',
    ')',
  ];
}
