import { big, date, flag, guid, instant, text } from './columns.js';
import { fact, HANDOFF_ID, NULLABLE, TO_HANDOFF } from './fact.js';

/** What every KPI is added up from. */
export const KPI_CASES = fact('fact_kpi_case', {
  name: 'KpiCases',
  entity: 'KpiCase',
  description:
    'One row a case of a KPI. Of a period a KPI is the sum of Numerator over the sum of Denominator (SHARE, MEAN), the sum of Numerator (TOTAL) or a percentile of Numerator (PERCENTILE) over the cases whose CountsAt has come; spans add the days of the period that they cover.',
  happenedAt: 'CountsAt',
  columns: [
    text('KpiKey', 'The KPI.'),
    HANDOFF_ID,
    guid('SourceId', 'The row that makes it a case: the handoff, request, scope change, commitment, survey and so on.'),
    date('CountsOn', "The day of the period that it belongs to, by the tenant's calendar."),
    instant('CountsAt', 'From when it counts; a case of the future counts for nothing yet.'),
    big('Numerator', 'What it adds to the numerator, in the unit of the KPI.'),
    big('Denominator', 'What it adds to the denominator.'),
    date('SpanFromOn', 'Of a span: its first day; each day of it adds Denominator.', NULLABLE),
    date('SpanToOn', 'Of a span: its last day; null while it lasts.', NULLABLE),
    flag('ClientCaused', 'Whether the client caused it.'),
    flag('IsMargin', 'Whether it tells of margin.'),
    guid('ClientId', 'The client.'),
    text('ServiceTemplateKey', 'The service template.'),
    text('DealTypeKey', 'The deal type.'),
    text('TierKey', 'The tier.'),
    guid('OwnerId', 'The sales manager.'),
    guid('DeliveryManagerId', 'The delivery manager; the key of the team.', NULLABLE),
  ],
  navigations: [
    TO_HANDOFF,
    { name: 'Kpi', to: 'Kpis', from: 'KpiKey' },
    { name: 'Client', to: 'Clients', from: 'ClientId' },
    { name: 'Owner', to: 'People', from: 'OwnerId' },
    { name: 'Team', to: 'Teams', from: 'DeliveryManagerId' },
  ],
  guardedRows: { column: 'is_margin', sees: 'MARGIN' },
});
