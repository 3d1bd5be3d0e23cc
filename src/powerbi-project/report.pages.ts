import { CASES, ONE_HANDOFF } from './report.drill-pages.js';
import {
  at,
  card,
  CLIENT,
  HANDOFF,
  head,
  KPI_NAME,
  MONTH,
  OWNER,
  type Page,
  slicer,
  table,
  TEAM,
  WEEK,
} from './report.parts.js';
import { columnField, measureField } from './report.visuals.js';

const WEEKLY: Page = {
  name: 'weekly',
  title: 'Weekly dashboard',
  visuals: [
    ...head(),
    card('completeness', 'Completeness', 16, 'Handoff completeness score'),
    card('completion', 'Completion rate', 328, 'Handoff completion rate'),
    card('kickoff_delay', 'Kickoff delay rate', 640, 'Kickoff delay rate'),
    card('stalled', 'Stalled steps', 952, 'Stalled steps', 312),
    table('kpis', 'Every KPI with its figures', at(16, 206, 744, 498), [
      KPI_NAME,
      columnField('Kpis', 'Unit'),
      measureField('KPI value', 'Value'),
      measureField('KPI numerator', 'Numerator'),
      measureField('KPI denominator', 'Denominator'),
      measureField('KPI baseline', 'Baseline'),
      measureField('KPI improvement', 'Improvement'),
      measureField('KPI target', 'Target'),
      measureField('KPI target state', 'State'),
    ]),
    table('owners', 'By owner', at(776, 206, 488, 240), [
      OWNER,
      measureField('Handoff completeness score', 'Completeness'),
      measureField('Handoff completion rate', 'Completion'),
      measureField('Rejection rate', 'Returned'),
      measureField('Override rate', 'Overrides'),
    ]),
    table('teams', 'By delivery manager', at(776, 458, 488, 246), [
      TEAM,
      measureField('Kickoff delay rate', 'Kickoffs late'),
      measureField('Handoff quality score', 'Quality'),
      measureField('First-deliverable lateness', 'Late deliverables'),
      measureField('Stalled steps', 'Stalled'),
    ]),
  ],
};

const TREND: Page = {
  name: 'trend',
  title: 'Trend',
  visuals: [
    ...head(),
    slicer('kpi', 'KPI', at(16, 84, 288, 620), KPI_NAME),
    {
      name: 'by_month',
      type: 'lineChart',
      title: 'By month, against baseline and target',
      altText: 'The value of the chosen KPI by month, with its baseline and its target as lines.',
      box: at(320, 84, 944, 360),
      roles: {
        Category: [MONTH],
        Y: [
          measureField('KPI value', 'Value'),
          measureField('KPI baseline', 'Baseline'),
          measureField('KPI target', 'Target'),
        ],
      },
    },
    table('weeks', 'By week', at(320, 456, 944, 248), [
      WEEK,
      measureField('KPI value', 'Value'),
      measureField('KPI numerator', 'Numerator'),
      measureField('KPI denominator', 'Denominator'),
      measureField('KPI improvement', 'Improvement'),
    ]),
  ],
};

const FUNNEL: Page = {
  name: 'funnel',
  title: 'Funnel',
  visuals: [
    ...head(),
    {
      name: 'stages',
      type: 'funnel',
      title: 'Handoffs opened in the period, by how far they came',
      altText: 'How many handoffs were opened, submitted, signed off, scheduled, kicked off and closed.',
      box: at(16, 84, 616, 620),
      roles: {
        Y: [
          measureField('Handoffs opened', 'Opened'),
          measureField('Handoffs submitted', 'Submitted'),
          measureField('Handoffs signed off', 'Signed off'),
          measureField('Kickoffs scheduled', 'Kickoff scheduled'),
          measureField('Kickoffs held', 'Kicked off'),
          measureField('Handoffs closed', 'Closed'),
        ],
      },
    },
    table('by_stage', 'Where they stand now', at(648, 84, 616, 240), [
      columnField('Handoffs', 'Stage'),
      measureField('Handoffs opened', 'Handoffs'),
    ]),
    table('by_owner', 'By owner', at(648, 336, 616, 368), [
      OWNER,
      measureField('Handoffs opened', 'Opened'),
      measureField('Handoffs submitted', 'Submitted'),
      measureField('Handoffs signed off', 'Signed off'),
      measureField('Kickoffs held', 'Kicked off'),
    ]),
  ],
};

const STALLED: Page = {
  name: 'stalled',
  title: 'Stalled steps',
  visuals: [
    ...head(),
    card('stalled_now', 'Past due and not met', 16, 'Stalled steps'),
    {
      name: 'by_clock',
      type: 'clusteredColumnChart',
      title: 'By clock',
      altText: 'How many steps are stalled, by the clock that they missed.',
      box: at(328, 84, 936, 180),
      roles: { Category: [columnField('SlaEvents', 'Clock')], Y: [measureField('Stalled steps')] },
    },
    table(
      'steps',
      'Every stalled step',
      at(16, 276, 1248, 428),
      [
        HANDOFF,
        CLIENT,
        columnField('SlaEvents', 'Clock'),
        columnField('SlaEvents', 'DueAt', 'Due'),
        OWNER,
        TEAM,
        measureField('Stalled steps', 'Stalled'),
        measureField('Days overdue'),
      ],
      measureField('Days overdue'),
    ),
  ],
};

const EXCEPTIONS: Page = {
  name: 'exceptions',
  title: 'Exceptions',
  visuals: [
    ...head(),
    card('asked', 'Asked for', 16, 'Exceptions asked for'),
    card('rate', 'Override rate', 328, 'Override rate'),
    card('median', 'Median lead time in minutes', 640, 'Approval lead time, median'),
    card('emergencies', 'Emergencies', 952, 'Emergencies', 312),
    {
      name: 'by_month',
      type: 'clusteredColumnChart',
      title: 'By month',
      altText: 'Exceptions approved, rejected and pending by the month in which they were asked for.',
      box: at(16, 206, 616, 498),
      roles: {
        Category: [MONTH],
        Y: [
          measureField('Exceptions approved'),
          measureField('Exceptions rejected'),
          measureField('Exceptions pending'),
        ],
      },
    },
    table('requests', 'Every request', at(648, 206, 616, 498), [
      HANDOFF,
      CLIENT,
      columnField('Exceptions', 'Kind'),
      columnField('Exceptions', 'State'),
      columnField('Exceptions', 'OpenedAt', 'Asked for'),
      columnField('Exceptions', 'LeadMinutes', 'Lead minutes'),
      measureField('Largest shortfall in basis points', 'Shortfall in bps'),
    ]),
  ],
};

const MARGIN: Page = {
  name: 'margin',
  title: 'Margin erosion',
  visuals: [
    ...head(),
    card('points', 'Erosion in basis points', 16, 'Margin erosion in points'),
    card('money', 'Erosion in minor units', 328, 'Margin erosion in money'),
    slicer('currency', 'Currency', at(640, 84, 624, 110), columnField('Budgets', 'Currency')),
    {
      name: 'by_month',
      type: 'lineChart',
      title: 'Erosion in basis points by month, against the baseline',
      altText: 'The mean erosion of margin by month, with the baseline as a line.',
      box: at(16, 206, 616, 498),
      roles: {
        Category: [MONTH],
        Y: [measureField('Margin erosion in points'), measureField('Margin erosion in points baseline', 'Baseline')],
      },
    },
    table(
      'projects',
      'By handoff',
      at(648, 206, 616, 498),
      [
        HANDOFF,
        CLIENT,
        columnField('Budgets', 'Currency'),
        measureField('Planned margin'),
        measureField('Forecast margin'),
        measureField('Margin eroded'),
      ],
      measureField('Margin eroded'),
    ),
  ],
};

/** The pages in their order; the first one opens. */
export const PAGES: readonly Page[] = [WEEKLY, TREND, FUNNEL, STALLED, EXCEPTIONS, MARGIN, CASES, ONE_HANDOFF];
