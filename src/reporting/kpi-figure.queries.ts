import { PRESENT } from '../core/clock.js';
import type { FieldClass } from '../core/graphql/rights.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { kpiByKey } from '../kpi/kpi.definitions.js';
import type { KpiDefinition } from '../kpi/kpi.words.js';
import { KPI_CASES } from './datasets.kpi-cases.js';
import { rowGuard } from './datasets.js';
import { figureOf, type KpiFigure, type KpiSlice, type Period } from './kpi-figure.js';

/** What figures are asked for. */
export interface KpiQuestion {
  readonly keys: readonly string[];
  readonly periods: readonly Period[];
  readonly slice: KpiSlice;
  /** What was known then: cases that count from later on are left out. Null is the present, for a command's facts. */
  readonly asOf: Date | null;
  /** The day of `asOf` by the tenant's calendar: a span that lasts goes up to it. */
  readonly asOfOn: string;
  /** The classes of field that the reader sees. */
  readonly sees: ReadonlySet<FieldClass>;
}

const SLICES: Readonly<Record<keyof KpiSlice, string>> = {
  clientId: 'client_id',
  serviceTemplate: 'service_template_key',
  dealType: 'deal_type_key',
  tier: 'tier_key',
  ownerId: 'owner_id',
  deliveryManagerId: 'delivery_manager_id',
};

/** The condition of a slice on a relation with the dimensions of a handoff; its values are put behind `values`. */
export function sliceCondition(slice: KpiSlice, alias: string, values: unknown[]): string {
  return Object.entries(SLICES)
    .map(([key, column]) => {
      const value = slice[key as keyof KpiSlice] ?? null;
      if (value === null) return '';
      values.push(value);
      return ` and ${alias}.${column} = $${values.length + 1}`;
    })
    .join('');
}

/** The as-of instant as SQL; `parameter` holds it, or null for the present. */
export const asOfText = (asOf: Date | null, parameter: string): string =>
  asOf === null ? `coalesce(${parameter}::timestamptz, ${PRESENT})` : `${parameter}::timestamptz`;

/**
 * The figures of every key in every period, in the order of the keys and then of the periods: one statement, and a row for
 * each also where there is no case. Added up as docs/kpis.md says; a percentile is an existing value, by nearest rank. Each
 * figure reads its own cases alone, in the order of an index that holds all that is added up.
 * KPIs of margin have no case for a reader who does not see MARGIN: do not ask for them.
 */
export function kpiFigures({ keys, periods, slice, asOf, asOfOn, sees }: KpiQuestion): Query<KpiFigure[]> {
  const definitions = keys.map((key) => definitionOf(key));
  const values: unknown[] = [
    definitions.map(({ key }) => key),
    definitions.map(({ percentile }) => percentile ?? 0),
    periods.map(({ fromOn }) => fromOn),
    periods.map(({ toOn }) => toOn),
    asOf,
    asOfOn,
  ];
  const where = `c.tenant_id = $1 and c.kpi_key = a.key and c.counts_at <= ${asOfText(asOf, '$6')}${sliceCondition(slice, 'c', values)}${rowGuard(KPI_CASES, sees, 'c')}`;
  const text = `with asked as (
      select k.place as key_place, k.key, k.percentile, p.place as period_place, p.from_on, p.to_on
      from unnest($2::text[], $3::int[]) with ordinality as k(key, percentile, place)
      cross join unnest($4::date[], $5::date[]) with ordinality as p(from_on, to_on, place))
    select a.key, a.from_on, a.to_on, d.cases + s.cases as cases,
      (coalesce(d.denominator, 0) + coalesce(s.denominator, 0))::text as denominator,
      coalesce(case when a.percentile > 0 then d.ranked else d.numerator end, 0)::text as numerator,
      coalesce(d.client_caused, 0)::text as client_caused
    from asked a
    cross join lateral (
      select count(*)::int as cases, sum(c.numerator) as numerator, sum(c.denominator) as denominator,
        sum(c.numerator) filter (where c.client_caused) as client_caused,
        percentile_disc((a.percentile / 100.0)::float8) within group (order by c.numerator)
          filter (where a.percentile > 0) as ranked
      from fact_kpi_case c where ${where}
        and c.span_from_on is null and c.counts_on between a.from_on and a.to_on) d
    cross join lateral (
      select count(*)::int as cases, sum(c.denominator * (least(coalesce(c.span_to_on, $7::date), a.to_on, $7::date)
          - greatest(c.span_from_on, a.from_on) + 1)) as denominator
      from fact_kpi_case c where ${where}
        and c.span_from_on is not null and c.span_from_on <= least(a.to_on, $7::date)
        and coalesce(c.span_to_on, $7::date) >= a.from_on and a.from_on <= $7::date) s
    order by a.key_place, a.period_place`;
  return sql(text, values, (rows) => rows.map((row) => read(definitionOf(row.key as string), row)));
}

function read(definition: KpiDefinition, row: Row): KpiFigure {
  return figureOf(
    definition,
    { fromOn: row.from_on as string, toOn: row.to_on as string },
    {
      numerator: BigInt(row.numerator as string),
      denominator: BigInt(row.denominator as string),
      numeratorClientCaused: BigInt(row.client_caused as string),
      cases: row.cases as number,
    },
  );
}

function definitionOf(key: string): KpiDefinition {
  const definition = kpiByKey(key);
  if (!definition) throw new Error(`There is no KPI ${key}`);
  return definition;
}
