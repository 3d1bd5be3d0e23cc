import { ActualsMarkKind } from '../actuals/actuals.entity.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { resolveAssumption } from '../handoff/assumption.commands.js';
import { INCIDENT_CAUSES } from '../scope-change/cause.rules.js';
import type { CaseCommitment, CaseFacts } from './case.types.js';

const list = (fields: string, from: string, order: string): string =>
  `(select coalesce(json_agg(json_build_object(${fields}) order by ${order}), '[]') from ${from})`;

const of = (table: string): string => `${table} x where x.tenant_id = $1 and x.handoff_id = h.id`;

const PASSED = `gate_evaluation x where x.tenant_id = $1 and x.handoff_id = h.id and x.gate = 'SUBMIT' and x.verdict = 'PASSED'`;

/** Decided requests about the handoff itself or one of its scope changes; each part finds its rows by an index of its own. */
const ITS_REQUESTS = `(select r.id, r.state, r.opened_at, r.decided_at from approval_request r
      where r.tenant_id = $1 and r.subject_type = 'Handoff' and r.subject_id = h.id
    union all
    select r.id, r.state, r.opened_at, r.decided_at from scope_change s
      join approval_request r on r.tenant_id = $1 and r.id = s.request_id
      where s.tenant_id = $1 and s.handoff_id = h.id) x
  where x.state in ('APPROVED', 'REJECTED', 'USED') and x.decided_at is not null`;

/** The ledger alone knows when an assumption was resolved. */
const RESOLVED_AT = `(select max(e.at) from ledger_entry e where e.tenant_id = $1 and e.subject_id = h.id::text
  and e.action = '${resolveAssumption.name}' and e.outcome = 'DONE' and e.content::json->'body'->>'assumptionId' = x.id::text)`;

/** The task that a promise became; where nobody closed it here, delivery may have closed it in the PSA. */
const COMMITMENTS = `commitment x left join project_task t on t.tenant_id = $1 and t.handoff_id = h.id
    and t.key = 'commitment:' || x.id and t.state <> 'CANCELLED' and x.state = 'TASK'
  left join actuals_cursor u on u.tenant_id = $1 and u.handoff_id = h.id
  left join actuals_mark m on m.tenant_id = $1 and m.snapshot_id = u.snapshot_id and m.kind = '${ActualsMarkKind.TASK}' and m.own_id = t.id
  where x.tenant_id = $1 and x.handoff_id = h.id`;

const PROJECT = `(select json_build_object('id', p.id, 'targetOn', p.target_on, 'readAt', s.read_at, 'closedAt', s.closed_at)
  from project p left join actuals_cursor c on c.tenant_id = $1 and c.project_id = p.id
  left join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id
  where p.tenant_id = $1 and p.handoff_id = h.id)`;

/** What was kept at the deal's last win: whether that still stands, the close says. */
const COMPLETENESS = `(select json_build_object('provenWeight', x.proven_weight, 'applicableWeight', x.applicable_weight)
  from completeness_at_win x join deal_snapshot s on s.tenant_id = $1 and s.id = x.deal_snapshot_id
  where x.tenant_id = $1 and x.handoff_id = h.id order by s.revision desc limit 1)`;

/** What whoever handed it in first did on it up to then; a passing by a job has no rep. */
const FILL_MARKS = `(select coalesce(json_agg(e.at order by e.at), '[]')
  from (select x.asked_by, x.evaluated_at from ${PASSED} order by x.evaluated_at, x.id limit 1) handed_in
  join ledger_entry e on e.tenant_id = $1 and e.subject_id = h.id::text and e.actor_kind = 'PERSON'
    and e.actor_id = handed_in.asked_by and e.outcome <> 'DENIED' and e.at <= handed_in.evaluated_at)`;

const CAUSES = INCIDENT_CAUSES.map((cause) => `'${cause}'`).join(', ');

/**
 * What the cases of these handoffs follow from beside the star schema's own facts, by handoff: one statement, however many
 * handoffs there are.
 */
export function caseFacts(handoffIds: readonly string[]): Query<ReadonlyMap<string, CaseFacts>> {
  const text = `select h.id, ${COMPLETENESS} as completeness,
      ${list("'id', x.id, 'at', x.evaluated_at", PASSED, 'x.evaluated_at, x.id')} as submissions,
      ${FILL_MARKS} as fill_marks,
      exists (select 1 from approval_use u join approval_request r on r.tenant_id = $1 and r.id = u.request_id
        where u.tenant_id = $1 and r.subject_type = 'Handoff' and r.subject_id = h.id) as has_override,
      ${list("'id', x.id, 'openedAt', x.opened_at, 'decidedAt', x.decided_at", ITS_REQUESTS, 'x.opened_at, x.id')} as requests,
      ${list(`'id', x.id, 'isRefuted', x.state = 'REFUTED', 'hasImpact', x.impact is not null, 'resolvedAt', ${RESOLVED_AT}`, `${of('assumption')} and x.state <> 'ASSUMED'`, 'x.id')} as assumptions,
      ${list("'id', x.id, 'state', x.state, 'dueOn', x.due_on, 'taskDueOn', t.due_on, 'taskDoneAt', coalesce(t.done_at, m.done_at)", COMMITMENTS, 'x.id')} as commitments,
      ${list(`'id', x.id, 'raisedAt', x.requested_at, 'isIncident', x.cause in (${CAUSES})`, of('scope_change'), 'x.id')} as scope_changes,
      ${PROJECT} as project,
      (select json_build_object('id', x.id, 'givenAt', x.given_at) from ${of('handoff_feedback')} order by x.given_at, x.id limit 1) as feedback,
      exists (select 1 from ${of('repeat_ask')} and x.asked_of = 'CLIENT') as client_asked_again,
      ${list("'id', x.id, 'score', x.score, 'answeredOn', x.answered_on, 'recordedAt', x.recorded_at", of('client_survey'), 'x.id')} as surveys
    from handoff h where h.tenant_id = $1 and h.id = any($2)`;
  return sql(text, [handoffIds], (rows) => new Map(rows.map((row) => [row.id as string, factsOf(row)])));
}

type Dated<T, K extends keyof T> = { readonly [P in keyof T]: P extends K ? string | Extract<T[P], null> : T[P] };

function factsOf(row: Row): CaseFacts {
  const project = row.project as Dated<NonNullable<CaseFacts['project']>, 'readAt' | 'closedAt'> | null;
  const feedback = row.feedback as Dated<NonNullable<CaseFacts['feedback']>, 'givenAt'> | null;
  return {
    handoffId: row.id as string,
    completeness: row.completeness as CaseFacts['completeness'],
    submissions: (row.submissions as Dated<CaseFacts['submissions'][number], 'at'>[]).map(({ id, at }) => ({
      id,
      at: new Date(at),
    })),
    fillMarks: (row.fill_marks as string[]).map((at) => new Date(at)),
    hasOverride: row.has_override as boolean,
    requests: (row.requests as Dated<CaseFacts['requests'][number], 'openedAt' | 'decidedAt'>[]).map(
      ({ id, openedAt, decidedAt }) => ({ id, openedAt: new Date(openedAt), decidedAt: new Date(decidedAt) }),
    ),
    assumptions: (row.assumptions as Dated<CaseFacts['assumptions'][number], 'resolvedAt'>[]).map((one) => ({
      ...one,
      resolvedAt: instant(one.resolvedAt),
    })),
    commitments: (row.commitments as Dated<CaseCommitment, 'taskDoneAt'>[]).map((one) => ({
      ...one,
      taskDoneAt: instant(one.taskDoneAt),
    })),
    scopeChanges: (row.scope_changes as Dated<CaseFacts['scopeChanges'][number], 'raisedAt'>[]).map((one) => ({
      ...one,
      raisedAt: new Date(one.raisedAt),
    })),
    project: project && { ...project, readAt: instant(project.readAt), closedAt: instant(project.closedAt) },
    feedback: feedback && { id: feedback.id, givenAt: new Date(feedback.givenAt) },
    clientAskedAgain: row.client_asked_again as boolean,
    surveys: (row.surveys as Dated<CaseFacts['surveys'][number], 'recordedAt'>[]).map((one) => ({
      ...one,
      recordedAt: new Date(one.recordedAt),
    })),
  };
}

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));
