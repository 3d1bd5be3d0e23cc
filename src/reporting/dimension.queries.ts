import { PRESENT } from '../core/clock.js';
import { type Query, sql } from '../core/statement.js';
import { KPI_DEFINITIONS, KPI_DIGEST } from '../kpi/kpi.definitions.js';

/** What the dimensions follow from, beside the configuration's content: cheap to ask, so that it is asked often. */
export interface DimensionMarks {
  /** The version of the configuration that rules; null before the first. */
  readonly rulingId: string | null;
  /** The years that the days go through, both included. */
  readonly fromYear: number;
  readonly toYear: number;
  /** Keys of the service templates that handoffs have, in order. */
  readonly serviceTemplates: readonly string[];
  /** Every frozen baseline and every confirmation of a correction, in order. */
  readonly baselines: readonly string[];
}

/** Days are listed at most so many years before and after the present: a date that somebody mistyped makes no table long. */
const MOST_YEARS = 20;

/**
 * The keys that handoffs have are found one by one in their index, whatever the number of handoffs; so are the first and
 * the last day of each KPI's cases: as min() and max() in one query they would read every case of a table that has grown
 * since it was last analysed.
 */
const MARKS = `with recursive template as (
    (select f.service_template_key as key from fact_handoff f where f.tenant_id = $1 order by f.service_template_key limit 1)
    union all
    select (select f.service_template_key from fact_handoff f where f.tenant_id = $1 and f.service_template_key > t.key
      order by f.service_template_key limit 1) from template t where t.key is not null)
  select extract(year from ${PRESENT} at time zone 'UTC')::int as present,
    (select v.id from configuration_version v where v.tenant_id = $1 and v.state = 'EFFECTIVE' and v.effective_from <= ${PRESENT}
      order by v.effective_from desc, v.version desc limit 1) as ruling_id,
    array(select t.key from template t where t.key is not null order by t.key) as service_templates,
    array(select b.id || coalesce('/' || c.id, '') from kpi_baseline b
      left join kpi_baseline_confirmation c on c.tenant_id = $1 and c.baseline_id = b.id
      where b.tenant_id = $1 order by b.id) as baselines,
    extract(year from least(((select min(f.opened_at) from fact_handoff f where f.tenant_id = $1) at time zone 'UTC')::date,
      (select min(b.from_on) from kpi_baseline b where b.tenant_id = $1), k.low))::int as low,
    extract(year from k.high)::int as high
  from (select min(x.low) as low, max(x.high) as high from unnest($2::text[]) kpi(key) cross join lateral (
    select (select c.counts_on from fact_kpi_case c where c.tenant_id = $1 and c.kpi_key = kpi.key
        order by c.counts_on limit 1) as low,
      (select c.counts_on from fact_kpi_case c where c.tenant_id = $1 and c.kpi_key = kpi.key
        order by c.counts_on desc limit 1) as high) x) k`;

/** What the dimensions are to be made from now. */
export function dimensionMarks(): Query<DimensionMarks> {
  return sql(MARKS, [KPI_DEFINITIONS.map(({ key }) => key)], ([row]) => {
    const { present, low, high } = row as unknown as Record<'present', number> & Record<'low' | 'high', number | null>;
    return {
      rulingId: row!.ruling_id as string | null,
      fromYear: Math.max(present - MOST_YEARS, Math.min(present, low ?? present)),
      toYear: Math.min(present + MOST_YEARS, Math.max(present + 1, high ?? present)),
      serviceTemplates: row!.service_templates as string[],
      baselines: row!.baselines as string[],
    };
  });
}

/** The marks and the KPI definitions as one text: the dimensions are made anew when it is another one. */
export const signatureOf = (marks: DimensionMarks): string => JSON.stringify({ ...marks, kpis: KPI_DIGEST });
