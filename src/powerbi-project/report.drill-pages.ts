import { at, CLIENT, HANDOFF, head, KPI_NAME, OWNER, type Page, table, TEAM } from './report.parts.js';
import { columnField, measureField } from './report.visuals.js';

/** The cases of a KPI, reached from any of its figures. */
export const CASES: Page = {
  name: 'cases',
  title: 'Cases of a KPI',
  drillThrough: [columnField('Kpis', 'Name')],
  visuals: [
    ...head(),
    table('cases', 'The handoffs behind the figure', at(16, 84, 1248, 620), [
      KPI_NAME,
      HANDOFF,
      CLIENT,
      OWNER,
      TEAM,
      columnField('KpiCases', 'CountsOn', 'Counts on'),
      columnField('KpiCases', 'ClientCaused', 'Caused by the client'),
      measureField('Cases'),
      measureField('Case numerator', 'Numerator'),
      measureField('Case denominator', 'Denominator'),
    ]),
  ],
};

/** One handoff, reached from any row that names it. */
export const ONE_HANDOFF: Page = {
  name: 'handoff',
  title: 'Handoff',
  drillThrough: [columnField('Handoffs', 'Number')],
  visuals: [
    table('passage', 'Its passage', at(16, 16, 1248, 150), [
      HANDOFF,
      CLIENT,
      OWNER,
      TEAM,
      columnField('Handoffs', 'Stage'),
      columnField('Handoffs', 'WonOn', 'Won'),
      columnField('Handoffs', 'FirstSubmittedAt', 'Submitted'),
      columnField('Handoffs', 'SignedOffAt', 'Signed off'),
      columnField('Handoffs', 'KickoffStartsAt', 'Kickoff'),
      columnField('Handoffs', 'ClosedAt', 'Closed'),
    ]),
    table('findings', 'What its gates found', at(16, 178, 616, 252), [
      columnField('GateFindings', 'Gate'),
      columnField('GateFindings', 'Code'),
      columnField('GateFindings', 'Severity'),
      columnField('GateFindings', 'Path'),
      columnField('GateFindings', 'EvaluatedAt', 'Evaluated'),
    ]),
    table('clocks', 'Its clocks', at(648, 178, 616, 252), [
      columnField('SlaEvents', 'Clock'),
      columnField('SlaEvents', 'DueAt', 'Due'),
      columnField('SlaEvents', 'StoppedAt', 'Met'),
      columnField('SlaEvents', 'Late'),
      columnField('SlaEvents', 'ClientCaused', 'Caused by the client'),
    ]),
    table('changes', 'Its scope changes', at(16, 442, 616, 262), [
      columnField('ScopeChanges', 'Number'),
      columnField('ScopeChanges', 'State'),
      columnField('ScopeChanges', 'Incident'),
      columnField('ScopeChanges', 'CauseItem', 'Cause'),
      columnField('ScopeChanges', 'RaisedAt', 'Raised'),
    ]),
    table('its_cases', 'The KPIs that it counts in', at(648, 442, 616, 262), [
      KPI_NAME,
      columnField('KpiCases', 'CountsOn', 'Counts on'),
      measureField('Case numerator', 'Numerator'),
      measureField('Case denominator', 'Denominator'),
    ]),
  ],
};
