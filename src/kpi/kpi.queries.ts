import { type Query, select, sql } from '../core/statement.js';
import { KpiBaseline, KpiBaselineConfirmation, KpiSignOff } from './kpi.entity.js';

/** Every signature under definitions, those of earlier versions too. */
export const kpiSignOffs = (): Query<KpiSignOff[]> => select(KpiSignOff, {}, { orderBy: ['signedAt', 'id'] });

/** Every baseline of a KPI, the first one first. */
export const baselinesOf = (kpi: string): Query<KpiBaseline[]> => select(KpiBaseline, { kpi }, { orderBy: ['id'] });

/** Every confirmation of a correction. */
export const baselineConfirmations = (): Query<KpiBaselineConfirmation[]> => select(KpiBaselineConfirmation);

/**
 * The keys of the KPIs that have a frozen baseline, with the version of the definition that it was frozen under. A
 * correction counts once a second person has confirmed it.
 */
export const frozenKpis = (): Query<ReadonlyMap<string, number>> =>
  sql(
    `select b.kpi, max(b.definition_version) as version from kpi_baseline b
      where b.tenant_id = $1 and (b.supersedes_id is null
        or exists (select 1 from kpi_baseline_confirmation c where c.tenant_id = $1 and c.baseline_id = b.id))
      group by b.kpi`,
    [],
    (rows) => new Map(rows.map((row) => [row.kpi as string, Number(row.version)])),
  );
