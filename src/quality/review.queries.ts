import { acceptNotApplicable } from '../checklist/item.commands.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { resolveAssumption } from '../handoff/assumption.commands.js';
import type { BaselineFigures, ActualFigures } from '../actuals/forecast.rules.js';
import type { RaisedFlag, Span, Touch } from './flag.rules.js';
import { ReviewAction } from './review.entity.js';

/** Rows of one kind that a review lists: at most so many, so that a review can be read. */
export const MOST_ROWS = 200;

/** Something that happened to a handoff in a period. */
export interface Happening {
  readonly handoffId: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly label: string | null;
}

const happenings = (rows: readonly Row[]): Happening[] =>
  rows.map((row) => ({
    handoffId: row.handoff_id as string,
    subjectType: row.subject_type as string,
    subjectId: row.subject_id as string,
    label: row.label as string | null,
  }));

/**
 * Assumptions with an impact that were refuted in a period (requirements section 8, "missed assumption"): the ledger says
 * when. One that was taken out since is not listed.
 */
export function refutedIn({ from, to }: Span): Query<Happening[]> {
  const text = `select distinct a.handoff_id, 'Assumption' as subject_type, a.id as subject_id, null as label
    from ledger_entry e
    join assumption a on a.tenant_id = $1 and a.handoff_id::text = e.subject_id and a.impact is not null
      and a.id::text = e.content::json->'body'->>'assumptionId'
    where e.tenant_id = $1 and e.at >= $2 and e.at < $3 and e.action = '${resolveAssumption.name}' and e.outcome = 'DONE'
      and e.content::json->'body'->>'state' = 'REFUTED'
    order by a.handoff_id, a.id limit ${MOST_ROWS}`;
  return sql(text, [from, to], happenings);
}

/** Handoffs that were returned or rejected in a period; the label is the verdict. */
export function returnedIn({
  from,
  to,
}: Span): Query<
  (Happening & { readonly paths: readonly string[]; readonly serviceTemplate: string; readonly at: Date })[]
> {
  const text = `select r.handoff_id, 'HandoffReturn' as subject_type, r.id as subject_id, r.verdict as label, r.returned_at,
      h.service_template, r.gaps
    from handoff_return r join handoff h on h.tenant_id = $1 and h.id = r.handoff_id
    where r.tenant_id = $1 and r.returned_at >= $2 and r.returned_at < $3 order by r.returned_at, r.id`;
  return sql(text, [from, to], (rows) =>
    happenings(rows).map((happening, index) => {
      const row = rows[index]!;
      const gaps = JSON.parse(row.gaps as string) as { path: string }[];
      const paths = gaps.map(({ path }) => path);
      return { ...happening, paths, serviceTemplate: row.service_template as string, at: row.returned_at as Date };
    }),
  );
}

/** Gates that were passed by an exception, and items that were waived, in a period; the label says which. */
export function overridesIn({ from, to }: Span): Query<Happening[]> {
  const text = `select r.subject_id as handoff_id, 'ApprovalUse' as subject_type, u.id as subject_id, r.kind as label, u.used_at as at
      from approval_use u join approval_request r on r.tenant_id = $1 and r.id = u.request_id and r.subject_type = 'Handoff'
      where u.tenant_id = $1 and u.used_at >= $2 and u.used_at < $3
    union all
    select e.subject_id::uuid, 'LedgerEntry', e.id, 'NOT_APPLICABLE', e.at
      from ledger_entry e where e.tenant_id = $1 and e.at >= $2 and e.at < $3 and e.action = '${acceptNotApplicable.name}'
        and e.outcome = 'DONE' and e.subject_type = 'Handoff'
    order by at, subject_id limit ${MOST_ROWS}`;
  return sql(text, [from, to], happenings);
}

/** A project as the erosion of its margin is computed from: by the baseline and the read that were current at an instant. */
export interface ErosionGround {
  readonly projectId: string;
  readonly handoffId: string;
  readonly currency: string;
  readonly isClosed: boolean;
  readonly baseline: readonly BaselineFigures[];
  readonly actuals: readonly ActualFigures[];
}

/**
 * The projects that were under way in a period, as last read before its end, with the baseline that counted. That
 * read may be older than the period, since one that says the same leaves no snapshot. A closed project is there for
 * the last time in the period in which the close was read.
 */
export function erosionGrounds({ from, to }: Span): Query<ErosionGround[]> {
  const text = `select s.project_id, s.handoff_id, b.currency, s.closed_at is not null as is_closed,
      (select json_agg(json_build_object('budgetType', l.budget_type, 'hours', l.hours, 'costMinor', l.cost_minor::text,
          'priceMinor', l.price_minor::text) order by l.position)
        from budget_baseline_line l where l.tenant_id = $1 and l.baseline_id = b.id) as baseline,
      (select coalesce(json_agg(json_build_object('budgetTypes', l.budget_types::json, 'actualMinutes', l.actual_minutes,
          'remainingMinutes', l.remaining_minutes, 'actualCostMinor', l.actual_cost_minor::text) order by l.position), '[]')
        from actuals_line l where l.tenant_id = $1 and l.snapshot_id = s.id) as actuals
    from (select distinct on (x.project_id) x.* from actuals_snapshot x
      where x.tenant_id = $1 and x.read_at < $3 order by x.project_id, x.taken_at desc, x.read_at desc) s
    join handoff h on h.tenant_id = $1 and h.id = s.handoff_id and (h.withdrawn_at is null or h.withdrawn_at >= $2)
    join lateral (select * from budget_baseline y where y.tenant_id = $1 and y.project_id = s.project_id and y.created_at < $3
      order by y.version desc limit 1) b on true
    where s.closed_at is null or s.read_at >= $2
    order by s.project_id limit 5000`;
  return sql(text, [from, to], (rows) => rows.map(erosionGround));
}

type Text<T> = { readonly [K in keyof T]: T[K] extends bigint | null ? string | null : T[K] };

function erosionGround(row: Row): ErosionGround {
  const minor = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
  return {
    projectId: row.project_id as string,
    handoffId: row.handoff_id as string,
    currency: row.currency as string,
    isClosed: row.is_closed as boolean,
    baseline: ((row.baseline ?? []) as Text<BaselineFigures>[]).map((line) => ({
      ...line,
      costMinor: minor(line.costMinor),
      priceMinor: BigInt(line.priceMinor!),
    })),
    actuals: (row.actuals as Text<ActualFigures>[]).map((line) => ({
      ...line,
      actualCostMinor: minor(line.actualCostMinor),
    })),
  };
}

/**
 * Closes and first outreaches of deals won since an instant: the delivery system's as it was last read, and the
 * introduction, which is an outreach too, as it was on record before another instant.
 */
export function touchesSince(since: Date, before: Date): Query<Touch[]> {
  const text = `select s.handoff_id, s.won_at, h.withdrawn_at, least(s.first_contact_at,
      (select min(i.introduced_at) from introduction i
        where i.tenant_id = $1 and i.handoff_id = s.handoff_id and i.recorded_at < $3)) as contact_at
    from actuals_cursor c
    join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id
    join handoff h on h.tenant_id = $1 and h.id = s.handoff_id
    where c.tenant_id = $1 and s.won_at >= $2 order by s.won_at, s.handoff_id limit 5000`;
  return sql(text, [since, before], (rows) =>
    rows.map((row) => ({
      handoffId: row.handoff_id as string,
      wonAt: row.won_at as Date,
      contactAt: row.contact_at as Date | null,
      withdrawnAt: row.withdrawn_at as Date | null,
    })),
  );
}

/** Exception requests that were waiting for an answer at an instant. */
export function openExceptionsAt(at: Date): Query<string[]> {
  const text = `select id from approval_request where tenant_id = $1 and kind = 'MARGIN_EXCEPTION' and opened_at < $2
    and (decided_at is null or decided_at >= $2) and expires_at > $2 order by id limit 1000`;
  return sql(text, [at], (rows) => rows.map((row) => row.id as string));
}

/** Actions of reviews that were open at an instant, oldest first. */
export function actionsOpenAt(at: Date): Query<ReviewAction[]> {
  const text = `select ${tableOf(ReviewAction).selection} from review_action
    where tenant_id = $1 and opened_at < $2 and (done_at is null or done_at >= $2) order by id limit ${MOST_ROWS}`;
  return sql(text, [at], (rows) => rows.map((row) => hydrate(ReviewAction, row)));
}

/** The flags that were raised already, as `CODE period`. */
export const flagsKnown = (): Query<ReadonlySet<string>> =>
  sql(
    'select code, period from red_flag where tenant_id = $1',
    [],
    (rows) => new Set(rows.map((row) => flagKey(row as unknown as Pick<RaisedFlag, 'code' | 'period'>))),
  );

/** What a flag is raised once for. */
export const flagKey = ({ code, period }: Pick<RaisedFlag, 'code' | 'period'>): string => `${code} ${period}`;

/** The periods of each kind that have their review, as `KIND period`. */
export const reviewsMade = (): Query<ReadonlySet<string>> =>
  sql(
    'select kind, period from quality_review where tenant_id = $1',
    [],
    (rows) => new Set(rows.map(({ kind, period }) => `${kind as string} ${period as string}`)),
  );
