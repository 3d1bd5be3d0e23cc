import { mapQuery, type Query, sql } from '../core/statement.js';
import { columnsOf, hydrate, tableOf } from '../core/table.js';
import { IN_BEGUN } from '../handoff/stage.rules.js';
import { CapacityChange } from './capacity.entity.js';
import { LONGEST_PLAN, LONGEST_SHIFT, type PlanLine, planLine } from './conflict.rules.js';

/** Days after a plan's end that still matter: it may be shifted so far, and the week that it ends in is looked at whole. */
const HORIZON_DAYS = LONGEST_SHIFT * 7 + 6;

/**
 * A plan is promised under a live sign-off or once the kickoff was held, and no longer: nothing has to be written when a
 * sign-off lapses.
 */
const LINES = `select b.id, b.handoff_id, b.role, b.person_id, b.hours_per_week, b.from_on, b.to_on,
    h.stage in ${IN_BEGUN} or exists (select 1 from feasibility_sign_off s
      where s.tenant_id = $1 and s.handoff_id = b.handoff_id and s.state = 'LIVE') as is_hard
  from resource_booking b
  join handoff h on h.tenant_id = $1 and h.id = b.handoff_id and h.stage <> 'WITHDRAWN'`;

/** From the week of the plans' first day on, to half a year after their last. */
const SPAN = `(select min(o.from_on) - 6 as first_on, least(max(o.to_on), min(o.from_on) + ${LONGEST_PLAN * 7}) + ${HORIZON_DAYS} as last_on
    from resource_booking o where o.tenant_id = $1 and o.handoff_id = any($2::uuid[])) span`;

/**
 * Lets one at a time promise hours of the team: of two sign-offs for the last free ones the second sees the first's, and
 * a change of capacity is seen or waits. Ask for it before everything else that a command locks. The row stands for the
 * tenant; nothing that is done often locks it.
 */
export const holdTeam = (): Query<void> =>
  sql('select 1 from tenant_profile where tenant_id = $1 for no key update', [], () => undefined);

/** Every line, whosever, of handoffs that were not withdrawn, in the time that the plans of these handoffs could need. */
export function linesAbout(handoffIds: readonly string[]): Query<PlanLine[]> {
  return sql(
    `${LINES} join ${SPAN} on b.to_on >= span.first_on and b.from_on <= span.last_on where b.tenant_id = $1 order by b.id`,
    [handoffIds],
    (rows) => rows.map(lineOf),
  );
}

/** Every line that touches a period, first and last day included. */
export function linesWithin(fromOn: string, toOn: string): Query<PlanLine[]> {
  return sql(
    `${LINES} where b.tenant_id = $1 and b.to_on >= $2::date and b.from_on <= $3::date order by b.id`,
    [fromOn, toOn],
    (rows) => rows.map(lineOf),
  );
}

/** What was said of capacity in the time that the plans of these handoffs could need, oldest first. */
export function changesAbout(handoffIds: readonly string[]): Query<CapacityChange[]> {
  return sql(
    `select ${columnsOf(CapacityChange, 'c')} from capacity_change c
      join ${SPAN} on c.week_on >= span.first_on and c.week_on <= span.last_on where c.tenant_id = $1 order by c.id`,
    [handoffIds],
    (rows) => rows.map((row) => hydrate(CapacityChange, row)),
  );
}

/** What was said of the weeks of these Mondays, first and last included, oldest first. */
export function changesWithin(firstOn: string, lastOn: string): Query<CapacityChange[]> {
  return sql(
    `select ${tableOf(CapacityChange).selection} from capacity_change
      where tenant_id = $1 and week_on >= $2::date and week_on <= $3::date order by id`,
    [firstOn, lastOn],
    (rows) => rows.map((row) => hydrate(CapacityChange, row)),
  );
}

/** The answer of a query about several handoffs, for each of them (Reader.keyed). */
export const forEach = <T>(ids: readonly string[], query: Query<T>): Query<ReadonlyMap<string, T>> =>
  mapQuery(query, (answer) => new Map(ids.map((id) => [id, answer])));

function lineOf(row: Readonly<Record<string, unknown>>): PlanLine {
  return planLine({
    id: row.id as string,
    handoffId: row.handoff_id as string,
    role: row.role as string,
    personId: row.person_id as string | null,
    hoursPerWeek: row.hours_per_week as string,
    fromOn: row.from_on as string,
    toOn: row.to_on as string,
    isHard: row.is_hard as boolean,
  });
}
