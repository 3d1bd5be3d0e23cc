import { OracleCalendar, type Standstill } from '../../quarter/calendar.js';
import type { World } from '../world.js';
import { KPI_SQL, type OracleSql } from './oracle.sql.js';
import { YEAR, type YearTenant } from './tenants.js';

/** By what the figures of a year are cut: a column of the handoff, or nothing. */
export const SLICES = [
  'client_id',
  'service_template',
  'deal_type',
  'tier',
  'owner_id',
  'delivery_manager_id',
] as const;
export type SliceColumn = (typeof SLICES)[number];

/** What the oracle says of one KPI in one period and slice. */
export interface OracleFigure {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly clientCaused: bigint;
  /** Four decimals at most, half away from zero, as PostgreSQL's numeric rounds; null without a case. */
  readonly value: string | null;
}

export interface OraclePeriod {
  readonly fromOn: string;
  readonly toOn: string;
}

const NOTHING: OracleFigure = { numerator: 0n, denominator: 0n, clientCaused: 0n, value: null };

/** The figures of a tenant's year, computed from the records themselves: one statement a KPI, from its words alone. */
export class YearOracle {
  private readonly figures = new Map<string, OracleFigure>();

  private constructor() {}

  /** Computes every KPI for all periods: without a slice, and for every value of every slice. */
  static async of(world: World, tenant: YearTenant, periods: readonly OraclePeriod[]): Promise<YearOracle> {
    const oracle = new YearOracle();
    const deadlines = await deadlinesOf(world, tenant);
    for (const [key, definition] of Object.entries(KPI_SQL))
      await oracle.ask(world, tenant, key, definition, periods, deadlines);
    return oracle;
  }

  /** What a KPI is; of a slice with a value of its column. */
  figure(key: string, { fromOn, toOn }: OraclePeriod, slice?: { column: SliceColumn; value: string }): OracleFigure {
    return this.figures.get(nameOf(key, fromOn, toOn, slice?.column ?? '', slice?.value ?? '')) ?? NOTHING;
  }

  private async ask(
    world: World,
    tenant: YearTenant,
    key: string,
    { cases, ranked, form }: OracleSql,
    periods: readonly OraclePeriod[],
    deadlines: Deadlines,
  ): Promise<void> {
    const sets = SLICES.map((column) => `(p.from_on, p.to_on, d.${column})`).join(', ');
    const numerator = ranked
      ? `coalesce((array_agg(d.num order by d.num))[(${ranked} * count(*) + 99) / 100], 0)`
      : 'sum(d.num)';
    const quotient = form === 'QUOTIENT' ? 'sum(d.den)' : '1';
    const rows = await world.rows(
      `with settings as (select $2::text as zone, $3::timestamptz as as_of, ($3::timestamptz at time zone $2)::date as as_of_on,
          $6::text as currency, $7::numeric as euro),
        due as (select * from unnest($8::uuid[], $9::timestamptz[], $10::timestamptz[], $11::boolean[])
          as u(handoff_id, kickoff_due, complete_due, caused)),
        ${WON},
        cases as (${cases}),
        d as (select c.on_day, c.num::bigint as num, c.den::bigint as den, coalesce(c.caused, false) as caused, ${SLICES.map((column) => `h.${column}`).join(', ')}
          from cases c join handoff h on h.tenant_id = $1 and h.id = c.handoff_id, settings s
          where c.at <= s.as_of),
        days as (select p.from_on, p.to_on, g.day::date as day from unnest($4::date[], $5::date[]) as p(from_on, to_on),
          generate_series(p.from_on, p.to_on, interval '1 day') g(day)),
        f as (select p.from_on, p.to_on, grouping(${SLICES.map((column) => `d.${column}`).join(', ')}) as cut,
            ${SLICES.map((column) => `d.${column}::text`).join(', ')},
            ${numerator} as num, sum(d.den) as den, sum(d.num) filter (where d.caused) as caused, ${quotient} as quotient
          from d join days p on p.day = d.on_day
          group by grouping sets ((p.from_on, p.to_on), ${sets}))
      select f.*, f.num::text as n, f.den::text as m, coalesce(f.caused, 0)::text as c,
        case when f.den > 0 then trim_scale(round(f.num::numeric / f.quotient, 4))::text end as value from f`,
      [
        tenant.calendar.timeZone,
        YEAR.asOf.toISOString(),
        periods.map(({ fromOn }) => fromOn),
        periods.map(({ toOn }) => toOn),
        tenant.currency,
        tenant.euro,
        deadlines.ids,
        deadlines.kickoffs,
        deadlines.completions,
        deadlines.caused,
      ],
    );
    for (const row of rows) {
      const column = sliceOf(row.cut as number);
      if (column !== '' && row[column] === null) continue;
      const name = nameOf(
        key,
        row.from_on as string,
        row.to_on as string,
        column,
        column === '' ? '' : (row[column] as string),
      );
      this.figures.set(name, {
        numerator: BigInt(row.n as string),
        denominator: BigInt(row.m as string),
        clientCaused: BigInt(row.c as string),
        value: row.value as string | null,
      });
    }
  }
}

/** Which column is left of a grouping: the bit of every other one is set. */
function sliceOf(cut: number): SliceColumn | '' {
  const place = SLICES.findIndex((_column, index) => (cut & (1 << (SLICES.length - 1 - index))) === 0);
  return place === -1 ? '' : SLICES[place]!;
}

const nameOf = (...parts: readonly string[]): string => parts.join('|');

/** Won deals: the first win after the last loss; the close is the import of that day, else the end of the day it was won. */
const WON = `won as (
  select h.id, s.won_on, h.withdrawn_at, case when (s.imported_at at time zone x.zone)::date <= s.won_on then s.imported_at
      else (s.won_on + 1)::timestamp at time zone x.zone end as closed_at
    from settings x, handoff h cross join lateral (
      select z.won_on, z.imported_at from deal_snapshot z
        where z.tenant_id = $1 and z.deal_id = h.deal_id and z.won_on is not null and z.imported_at < coalesce(h.withdrawn_at, 'infinity')
          and not exists (select 1 from deal_snapshot o where o.tenant_id = $1 and o.deal_id = h.deal_id and o.won_on is null
            and o.revision > z.revision and o.imported_at < coalesce(h.withdrawn_at, 'infinity'))
        order by z.revision limit 1) s
    where h.tenant_id = $1)`;

interface Deadlines {
  readonly ids: readonly string[];
  readonly kickoffs: readonly (string | null)[];
  readonly completions: readonly (string | null)[];
  readonly caused: readonly boolean[];
}

/** When kickoffs (as if nothing had been paused) and documents were due; null while a pause keeps a document from being due. */
async function deadlinesOf(world: World, tenant: YearTenant): Promise<Deadlines> {
  const calendar = new OracleCalendar(tenant.calendar);
  const rows = await world.rows(
    `with settings as (select $2::text as zone), ${WON}
    select w.id, h.deal_type, extract(epoch from w.closed_at)::float8 * 1000 as closed_at,
      coalesce((select json_agg(json_build_array(extract(epoch from p.paused_at) * 1000, extract(epoch from p.resumed_at) * 1000) order by p.paused_at)
        from handoff_pause p where p.tenant_id = $1 and p.handoff_id = w.id), '[]') as pauses
    from won w join handoff h on h.tenant_id = $1 and h.id = w.id`,
    [tenant.calendar.timeZone],
  );
  const dues = rows.map(({ id, deal_type, closed_at, pauses }) => {
    const standstills = (pauses as [number, number | null][]).map(([from, to]): Standstill => ({ from, to }));
    const start = closed_at as number;
    const kickoff = calendar.due(tenant.kickoffByDealType[deal_type as string] ?? tenant.kickoffHeld, start, []);
    const completion = calendar.due(tenant.documentComplete, start, standstills);
    const caused = kickoff !== null && standstills.some(({ from, to }) => from < kickoff && (to ?? Infinity) > start);
    return { id: id as string, kickoff: textOf(kickoff), completion: textOf(completion), caused };
  });
  return {
    ids: dues.map(({ id }) => id),
    kickoffs: dues.map(({ kickoff }) => kickoff),
    completions: dues.map(({ completion }) => completion),
    caused: dues.map(({ caused }) => caused),
  };
}

const textOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
