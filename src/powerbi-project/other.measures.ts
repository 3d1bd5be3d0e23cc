import { KPI_DEFINITIONS } from '../kpi/kpi.definitions.js';
import type { Measure } from './kpi.measures.js';

const COUNT = '#,0';

const of =
  (folder: string) =>
  (name: string, description: string, dax: readonly string[], format: string | null = COUNT): Measure => ({
    name,
    description,
    dax,
    format,
    folder,
  });

const time = of('As of');
/** When the figures are of: the refresh, since the rows know of nothing later. */
export const TIME_MEASURES: readonly Measure[] = [
  time(
    'As of',
    'The instant that every figure is of: the last refresh, in UTC.',
    ['MAX(Refresh[RefreshedAt])'],
    'yyyy-mm-dd hh:nn',
  ),
  time(
    'As-of day',
    "The tenant's day at the last refresh, by UtcOffsetMinutes.",
    ['MAX(Refresh[TodayOn])'],
    'yyyy-mm-dd',
  ),
];

/** The measure of whichever KPI a visual's row or slicer names; blank of several. */
const chosen = (suffix: string): readonly string[] => [
  'SWITCH(',
  '    SELECTEDVALUE(Kpis[Key]),',
  ...KPI_DEFINITIONS.map(
    ({ key, name }, index) => `    "${key}", [${name}${suffix}]${index < KPI_DEFINITIONS.length - 1 ? ',' : ''}`,
  ),
  ')',
];

const any = of('Any KPI');
/** One measure for every KPI, for visuals that list them. Their unit stands in Kpis[Unit]: a share is a part of one. */
export const CHOSEN_MEASURES: readonly Measure[] = [
  any('KPI value', 'The value of the KPI that is chosen.', chosen(''), '#,0.####'),
  any('KPI numerator', 'Its numerator.', chosen(' numerator')),
  any('KPI denominator', 'Its denominator: small ones are shown, never hidden.', chosen(' denominator')),
  any('KPI baseline', 'Its frozen baseline.', chosen(' baseline'), '#,0.####'),
  any('KPI improvement', 'Its improvement against the baseline; more is better.', chosen(' improvement'), '0.0%'),
  any('KPI target', 'Its target.', chosen(' target'), '#,0.####'),
  any('KPI target state', 'MET, MISSED, NO_TARGET, NO_BASELINE or NO_CASES.', chosen(' target state'), null),
];

/** What a list of cases shows of each. */
export const CASE_MEASURES: readonly Measure[] = [
  any('Cases', 'How many cases there are.', ['COUNTROWS(KpiCases)']),
  any('Case numerator', 'What they add to the numerator.', ['SUM(KpiCases[Numerator])']),
  any('Case denominator', 'What they add to the denominator.', ['SUM(KpiCases[Denominator])']),
];

const passage = of('Passage');

/**
 * Handoffs meet the calendar by the day of their opening. Not by USERELATIONSHIP, which DAX refuses on a table that a
 * role guards.
 */
const OPENED_IN_PERIOD = 'TREATAS(VALUES(Dates[Day]), Handoffs[HappenedOn])';

const reached = (name: string, what: string, column: string): Measure =>
  passage(name, `Handoffs opened in the period that ${what}.`, [
    'VAR AsOf = [As of]',
    'RETURN',
    '    CALCULATE(',
    '        COUNTROWS(Handoffs),',
    `        ${OPENED_IN_PERIOD},`,
    `        KEEPFILTERS(NOT ISBLANK(Handoffs[${column}])),`,
    `        KEEPFILTERS(Handoffs[${column}] <= AsOf)`,
    '    )',
  ]);

/** Clocks that still wait for what is due, whenever they began: neither met nor void, as `stalledHandoffs` says. */
const WAITING: readonly string[] = [
  '        REMOVEFILTERS(Dates),',
  '        KEEPFILTERS(ISBLANK(SlaEvents[StoppedAt])),',
  '        KEEPFILTERS(ISBLANK(SlaEvents[VoidedAt])),',
];

/** What the pages beside the KPIs show. Whether a step is late follows from when it is due and the as-of instant. */
export const PASSAGE_MEASURES: readonly Measure[] = [
  passage('Handoffs opened', 'Handoffs opened in the period.', [`CALCULATE(COUNTROWS(Handoffs), ${OPENED_IN_PERIOD})`]),
  reached('Handoffs submitted', 'passed the submit gate', 'FirstSubmittedAt'),
  reached('Handoffs signed off', 'delivery has signed off', 'SignedOffAt'),
  reached('Kickoffs scheduled', 'have had a kickoff scheduled, whatever became of that date', 'KickoffScheduledAt'),
  reached('Kickoffs held', 'have had their kickoff', 'KickoffHeldAt'),
  reached('Handoffs closed', 'were closed by feedback', 'ClosedAt'),
  passage('Stalled steps', 'Clocks that are past due, not met and not void, whenever they began.', [
    'VAR AsOf = [As of]',
    'RETURN',
    '    CALCULATE(',
    '        COUNTROWS(SlaEvents),',
    ...WAITING,
    '        KEEPFILTERS(NOT ISBLANK(SlaEvents[DueAt])),',
    '        KEEPFILTERS(SlaEvents[DueAt] < AsOf)',
    '    )',
  ]),
  passage(
    'Days overdue',
    'Days since the longest overdue of these was due.',
    [
      'VAR AsOf = [As of]',
      'VAR FirstDue =',
      '    CALCULATE(',
      '        MIN(SlaEvents[DueAt]),',
      ...WAITING,
      '        KEEPFILTERS(NOT ISBLANK(SlaEvents[DueAt]))',
      '    )',
      'RETURN',
      '    IF(NOT ISBLANK(FirstDue) && FirstDue < AsOf, AsOf - FirstDue)',
    ],
    '#,0.0',
  ),
];

const exceptions = of('Exceptions');
const inState = (name: string, state: string): Measure =>
  exceptions(name, `Of these in state ${state}.`, [
    `CALCULATE([Exceptions asked for], KEEPFILTERS(Exceptions[State] = "${state}"))`,
  ]);

/** The exceptions page. */
export const EXCEPTION_MEASURES: readonly Measure[] = [
  exceptions('Exceptions asked for', 'Requests for approval opened in the period.', ['COUNTROWS(Exceptions)']),
  inState('Exceptions pending', 'PENDING'),
  exceptions('Exceptions approved', 'Of these approved, whether used yet or not.', [
    'CALCULATE([Exceptions asked for], KEEPFILTERS(Exceptions[State] IN { "APPROVED", "USED" }))',
  ]),
  inState('Exceptions rejected', 'REJECTED'),
  exceptions('Emergencies', 'Of these granted by break-glass.', [
    'CALCULATE([Exceptions asked for], KEEPFILTERS(Exceptions[Emergency] = TRUE()))',
  ]),
  exceptions('Largest shortfall in basis points', 'To the floor of the whole deal.', ['MAX(Exceptions[ShortfallBps])']),
];

const margin = of('Margin');
const inForce = (column: string): readonly string[] => [
  `CALCULATE(SUM(Budgets[${column}]), KEEPFILTERS(Budgets[InForce] = TRUE()))`,
];

/** The margin page; minor units, of one currency at a time. */
export const MARGIN_MEASURES: readonly Measure[] = [
  margin('Planned margin', 'Of the budgets in force, in minor units of their currency.', inForce('MarginMinor')),
  margin('Forecast margin', 'Of the same, by their last actuals.', inForce('ForecastMarginMinor')),
  margin('Margin eroded', 'Planned less forecast margin, in minor units of their currency.', inForce('ErosionMinor')),
];
