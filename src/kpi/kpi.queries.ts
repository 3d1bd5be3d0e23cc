import { type Query, select, sql } from '../core/statement.js';
import { KpiBaseline, KpiBaselineConfirmation, KpiSignOff } from './kpi.entity.js';

/** Every signature under definitions, those of earlier versions too. */
export const kpiSignOffs = (): Query<KpiSignOff[]> => select(KpiSignOff, {}, { orderBy: ['signedAt', 'id'] });

/** Every baseline of a KPI, the first one first. */
export const baselinesOf = (kpi: string): Query<KpiBaseline[]> => select(KpiBaseline, { kpi }, { orderBy: ['id'] });

/** Every confirmation of a correction. */
export const baselineConfirmations = (): Query<KpiBaselineConfirmation[]> => select(KpiBaselineConfirmation);

/** The keys of the KPIs that have a frozen baseline, with the version of the definition that it was frozen under. */
export const frozenKpis = (): Query<ReadonlyMap<string, number>> =>
  sql(
    'select kpi, max(definition_version) as version from kpi_baseline where tenant_id = $1 group by kpi',
    [],
    (rows) => new Map(rows.map((row) => [row.kpi as string, Number(row.version)])),
  );
