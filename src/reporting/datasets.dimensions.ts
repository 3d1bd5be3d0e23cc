import { big, date, flag, guid, instant, int, text } from './columns.js';
import { type Dataset, DatasetKind } from './dataset.js';

const NULLABLE = { nullable: true } as const;
const PERSONAL = { nullable: true, sees: 'PERSONAL' } as const;

type Stated = Omit<Dataset, 'kind' | 'navigations' | 'happenedAt'>;
const dimension = (stated: Stated): Dataset => ({
  ...stated,
  kind: DatasetKind.DIMENSION,
  navigations: [],
  happenedAt: null,
});

const words = (name: string, entity: string, kind: string, what: string): Dataset =>
  dimension({
    name,
    entity,
    description: `One row a ${what} that the tenant's configuration or a handoff names.`,
    relation: `(select tenant_id, key, name from dim_word where tenant_id = $1 and kind = '${kind}')`,
    key: 'Key',
    columns: [text('Key', `The key of the ${what}.`), text('Name', 'Its name.')],
  });

/** Every dimension of the star. Names of people are read where they live, so that an erased person has none here either. */
export const DIMENSIONS: readonly Dataset[] = [
  dimension({
    name: 'Dates',
    entity: 'Date',
    description: "One row a day, by the tenant's calendar.",
    relation: 'dim_date',
    key: 'Day',
    columns: [
      date('Day', 'The day.'),
      int('Year', 'The year.'),
      int('Quarter', 'The quarter, 1 to 4.'),
      int('Month', 'The month, 1 to 12.'),
      int('IsoYear', 'The year of the ISO week.'),
      int('IsoWeek', 'The ISO week, 1 to 53.'),
      int('Weekday', 'The day of the week: 1 is Monday.'),
      flag('BusinessDay', "Whether the tenant's calendar works on it."),
    ],
  }),
  dimension({
    name: 'Clients',
    entity: 'Client',
    description: 'One row a client.',
    relation: 'client',
    key: 'Id',
    columns: [
      guid('Id', 'The client.'),
      text('Name', 'Its name.'),
      text('ExternalId', 'Its id in the system that deals come from.', NULLABLE),
    ],
  }),
  words('ServiceTemplates', 'ServiceTemplate', 'SERVICE_TEMPLATE', 'service template'),
  words('DealTypes', 'DealType', 'DEAL_TYPE', 'deal type'),
  words('Tiers', 'Tier', 'TIER', 'tier'),
  dimension({
    name: 'People',
    entity: 'Person',
    description: 'One row a person of the tenant.',
    relation: "(select tenant_id, id, name, state = 'ACTIVE' as active from person where tenant_id = $1)",
    key: 'Id',
    columns: [
      guid('Id', 'The person.'),
      text('Name', 'Their name.', PERSONAL),
      flag('Active', 'Whether they are an active member.'),
    ],
  }),
  dimension({
    name: 'Teams',
    entity: 'Team',
    description: 'One row a delivery team: a delivery manager with the handoffs that they answer for.',
    relation: `(select p.tenant_id, p.id, p.name from person p where p.tenant_id = $1 and exists (
      select 1 from fact_handoff h where h.tenant_id = $1 and h.delivery_manager_id = p.id))`,
    key: 'Id',
    columns: [guid('Id', 'The delivery manager.'), text('Name', 'Their name.', PERSONAL)],
  }),
  dimension({
    name: 'Kpis',
    entity: 'Kpi',
    description: 'One row a KPI: its definition, its target, and its baseline that counts.',
    relation: 'dim_kpi',
    key: 'Key',
    columns: [
      text('Key', 'The key of the KPI.'),
      text('Name', 'Its name.'),
      text('Formula', 'Its formula in words.'),
      text('Form', 'SHARE, MEAN, PERCENTILE or TOTAL.'),
      text('Unit', 'What its value counts.'),
      text('Direction', 'LOWER_IS_BETTER or HIGHER_IS_BETTER.'),
      text('Source', 'Where definition and target come from.'),
      int('DefinitionVersion', 'The version of the definition.'),
      text('TargetKind', 'IMPROVE_BY, AT_LEAST or AT_MOST.', NULLABLE),
      int('TargetFrom', 'The target, or the near end of its range.', NULLABLE),
      int('TargetTo', 'The far end of its range.', NULLABLE),
      int('TargetWithinDays', 'Days from the freeze of the baseline within which it is to be reached.', NULLABLE),
      date('BaselineFromOn', 'The first day of the baseline.', NULLABLE),
      date('BaselineToOn', 'The last day of the baseline.', NULLABLE),
      big('BaselineNumerator', 'The numerator of the baseline.', NULLABLE),
      big('BaselineDenominator', 'The denominator of the baseline.', NULLABLE),
      instant('BaselineFrozenAt', 'When the baseline was frozen.', NULLABLE),
      flag('IsMargin', 'Whether its figures tell of margin.'),
    ],
    guardedRows: { column: 'is_margin', sees: 'MARGIN' },
  }),
];
