import type { Page, PageArguments } from '../core/page.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { Stage } from '../handoff/stage.rules.js';
import { beyond, pageOf } from './kpi-case.queries.js';
import type { KpiSlice, Period } from './kpi-figure.js';
import { sliceCondition } from './kpi-figure.queries.js';
import { FunnelStep, ReportedException, ReportingState, StalledHandoff } from './report.types.js';

/** Which fact of `fact_handoff` says that a stage was reached, in the order of the way; side roads last. */
const REACHED: readonly (readonly [Stage, string])[] = [
  [Stage.DRAFT, 'true'],
  [Stage.IN_REVIEW, 'h.first_submitted_at is not null'],
  [Stage.SIGNED_OFF, 'h.signed_off_at is not null'],
  [Stage.KICKOFF_SCHEDULED, 'h.kickoff_scheduled_at is not null'],
  [Stage.KICKED_OFF, 'h.kickoff_held_at is not null'],
  [Stage.CLOSED, 'h.closed_at is not null'],
  [Stage.RETURNED, 'h.returns > 0'],
  [Stage.WITHDRAWN, 'h.withdrawn_at is not null'],
];

/** How far the handoffs came that were opened in a period, by the days of a time zone: every stage, and one statement. */
export function handoffFunnel({ fromOn, toOn }: Period, slice: KpiSlice, timeZone: string): Query<FunnelStep[]> {
  const values: unknown[] = [fromOn, toOn, timeZone];
  const counts = REACHED.map(
    ([stage, reached], index) =>
      `count(*) filter (where ${reached})::int as reached_${index}, count(*) filter (where h.stage = '${stage}')::int as there_${index}`,
  ).join(', ');
  const text = `select ${counts} from fact_handoff h where h.tenant_id = $1
    and h.opened_at >= ($2::date)::timestamp at time zone $4 and h.opened_at < ($3::date + 1)::timestamp at time zone $4
    ${sliceCondition(slice, 'h', values)}`;
  return sql(text, values, ([row]) =>
    REACHED.map(([stage], index) =>
      Object.assign(new FunnelStep(), {
        stage,
        reached: row![`reached_${index}`],
        nowThere: row![`there_${index}`],
      }),
    ),
  );
}

/** Clocks for which sales answers (docs/clocks.md); for the others the delivery manager does, or the owner before one is named. */
const OF_SALES = "('INTRODUCTION', 'DOCUMENT_COMPLETE', 'HANDOFF_MEETING', 'RETURN_CORRECTION')";

/** The deadlines that had passed by `asOf` and still wait for what was due, the longest past first. */
export function stalledHandoffs(asOf: Date, slice: KpiSlice, page: PageArguments): Query<Page<StalledHandoff>> {
  const values: unknown[] = [asOf];
  const where = sliceCondition(slice, 'h', values) + beyond(page.after, '(e.due_at, e.id) >', values);
  const text = `select e.id, e.handoff_id, e.clock, e.started_at, e.due_at, e.client_caused, e.escalations,
      floor(extract(epoch from $2::timestamptz - e.due_at) / 3600)::int as hours_overdue,
      case when e.clock in ${OF_SALES} then h.owner_id else coalesce(h.delivery_manager_id, h.owner_id) end as responsible_id
    from fact_sla_event e join fact_handoff h on h.tenant_id = $1 and h.id = e.handoff_id
    where e.tenant_id = $1 and e.due_at < $2::timestamptz and e.stopped_at is null and e.voided_at is null${where}
    order by e.due_at, e.id limit ${page.first + 1}`;
  return sql(text, values, (rows) => pageOf(rows.map(stalledOf), page, ({ dueAt }) => dueAt));
}

const stalledOf = (row: Row): StalledHandoff =>
  Object.assign(new StalledHandoff(), {
    id: row.id,
    handoffId: row.handoff_id,
    responsibleId: row.responsible_id,
    clock: row.clock,
    startedAt: row.started_at,
    dueAt: row.due_at,
    hoursOverdue: row.hours_overdue,
    clientCaused: row.client_caused,
    escalations: row.escalations,
  });

/** Requests for approval that were opened in a period, newest first. */
export function exceptionsPage(
  { fromOn, toOn }: Period,
  slice: KpiSlice,
  timeZone: string,
  page: PageArguments,
): Query<Page<ReportedException>> {
  const values: unknown[] = [fromOn, toOn, timeZone];
  const where = sliceCondition(slice, 'h', values) + beyond(page.after, '(x.opened_at, x.id) <', values);
  const text = `select x.* from fact_exception x join fact_handoff h on h.tenant_id = $1 and h.id = x.handoff_id
    where x.tenant_id = $1 and x.opened_at >= ($2::date)::timestamp at time zone $4
      and x.opened_at < ($3::date + 1)::timestamp at time zone $4${where}
    order by x.opened_at desc, x.id desc limit ${page.first + 1}`;
  return sql(text, values, (rows) => pageOf(rows.map(exceptionOf), page, ({ openedAt }) => openedAt));
}

const exceptionOf = (row: Row): ReportedException =>
  Object.assign(new ReportedException(), {
    id: row.id,
    handoffId: row.handoff_id,
    requesterId: row.requester_id,
    kind: row.kind,
    state: row.state,
    emergency: row.emergency,
    openedAt: row.opened_at,
    decidedAt: row.decided_at,
    leadMinutes: row.lead_minutes,
    usedAt: row.used_at,
    shortfallMinor: row.shortfall_minor === null ? null : (row.shortfall_minor as bigint).toString(),
    shortfallBps: row.shortfall_bps,
  });

/** How far the reporting model is behind the sealed ledger. */
export function reportingState(): Query<ReportingState> {
  const text = `select coalesce((select l.seq from ledger_head l where l.tenant_id = $1), 0)::int as sealed,
      coalesce((select p.projected_seq from reporting_progress p where p.tenant_id = $1), 0)::int as projected,
      (select p.projected_at from reporting_progress p where p.tenant_id = $1) as projected_at,
      exists (select 1 from reporting_progress p where p.tenant_id = $1 and p.rebuilt_to is null) as is_whole`;
  return sql(text, [], ([row]) => {
    const [sealedSeq, projectedSeq] = [row!.sealed as number, row!.projected as number];
    return Object.assign(new ReportingState(), {
      sealedSeq,
      projectedSeq,
      projectedAt: row!.projected_at,
      isCurrent: (row!.is_whole as boolean) && projectedSeq >= sealedSeq,
    });
  });
}
