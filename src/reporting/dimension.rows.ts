import { isBusinessDay } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { DEAL_TYPES, type DealType, type Tier, TIERS } from '../catalogue/configuration.words.js';
import type { StoredConfiguration } from '../catalogue/stored-configuration.js';
import { dayAfter } from '../core/local-day.js';
import { KPI_DEFINITIONS } from '../kpi/kpi.definitions.js';
import type { KpiBaseline, KpiBaselineConfirmation } from '../kpi/kpi.entity.js';
import { currentBaseline } from '../kpi/kpi.rules.js';
import type { DimensionMarks } from './dimension.queries.js';
import type { FactRow } from './projection.rows.js';

/** One row a day of the years, both included. Weeks are ISO 8601's: the week of a day is that of its Thursday. */
export function dateRows(
  { fromYear, toYear }: Pick<DimensionMarks, 'fromYear' | 'toYear'>,
  calendar: BusinessCalendar,
): FactRow[] {
  const rows: FactRow[] = [];
  for (let day = `${fromYear}-01-01`; day <= `${toYear}-12-31`; day = dayAfter(day, 1)) {
    const date = new Date(`${day}T00:00:00Z`);
    const weekday = date.getUTCDay() || 7;
    const thursday = new Date(`${dayAfter(day, 4 - weekday)}T00:00:00Z`);
    const isoYear = thursday.getUTCFullYear();
    const dayOfYear = (thursday.getTime() - Date.UTC(isoYear, 0, 1)) / 86_400_000;
    const month = date.getUTCMonth() + 1;
    rows.push({
      day,
      year: date.getUTCFullYear(),
      quarter: Math.ceil(month / 3),
      month,
      isoYear,
      isoWeek: Math.floor(dayOfYear / 7) + 1,
      weekday,
      businessDay: isBusinessDay(calendar, day),
    });
  }
  return rows;
}

const DEAL_TYPE_NAMES: Readonly<Record<DealType, string>> = {
  NEW_BUSINESS: 'New business',
  EXPANSION: 'Expansion',
  RENEWAL: 'Renewal',
  UPSELL: 'Upsell',
  POC_TO_PAID: 'Proof of concept to paid',
};

const TIER_NAMES: Readonly<Record<Tier, string>> = {
  LIGHT: 'Light',
  STANDARD: 'Standard',
  HIGH_TOUCH: 'High touch',
};

/**
 * The words that handoffs are sliced by. A service template that handoffs have and the configuration knows no more is
 * called by its key.
 */
export function wordRows(
  { serviceTemplates }: Pick<DimensionMarks, 'serviceTemplates'>,
  configuration: Pick<StoredConfiguration, 'serviceTemplates'>,
): FactRow[] {
  const known = configuration.serviceTemplates;
  const keys = [...new Set([...Object.keys(known), ...serviceTemplates])].toSorted();
  return [
    ...keys.map((key) => ({ kind: 'SERVICE_TEMPLATE', key, name: known[key]?.label ?? key })),
    ...DEAL_TYPES.map((key) => ({ kind: 'DEAL_TYPE', key, name: DEAL_TYPE_NAMES[key] })),
    ...TIERS.map((key) => ({ kind: 'TIER', key, name: TIER_NAMES[key] })),
  ];
}

/** One row a KPI, with the baseline that counts: none that was frozen for another version of the definition. */
export function kpiRows(
  baselines: readonly KpiBaseline[],
  confirmations: readonly KpiBaselineConfirmation[],
): FactRow[] {
  return KPI_DEFINITIONS.map(({ version: definitionVersion, target, ...definition }) => {
    const current = currentBaseline(
      baselines.filter(({ kpi }) => kpi === definition.key),
      confirmations,
    );
    const baseline = current?.definitionVersion === definitionVersion ? current : null;
    return {
      ...definition,
      definitionVersion,
      targetKind: target?.kind ?? null,
      targetFrom: target?.from ?? null,
      targetTo: target?.to ?? null,
      targetWithinDays: target?.withinDays ?? null,
      baselineFromOn: baseline?.fromOn ?? null,
      baselineToOn: baseline?.toOn ?? null,
      baselineNumerator: baseline?.numerator ?? null,
      baselineDenominator: baseline?.denominator ?? null,
      baselineFrozenAt: baseline?.frozenAt ?? null,
    };
  });
}
