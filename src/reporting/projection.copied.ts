import type { Statement } from '../core/statement.js';
import { INCIDENT_CAUSES } from '../scope-change/cause.rules.js';

/** Requests for approval `r` that belong to one of the handoffs `$2`, with the handoff: their own, or their scope change's. */
const REQUESTS = `(select x.subject_id as handoff_id, x.* from approval_request x
      where x.tenant_id = $1 and x.subject_type = 'Handoff' and x.subject_id = any($2)
    union all
    select s.handoff_id, x.* from scope_change s
      join approval_request x on x.tenant_id = $1 and x.id = s.request_id
      where s.tenant_id = $1 and s.handoff_id = any($2))`;

const INCIDENTS = INCIDENT_CAUSES.map((cause) => `'${cause}'`).join(', ');

/** The state of a scope change is that of its request, in its own words: BY_REQUEST of scope-change/state.rules.ts. */
const SCOPE_CHANGE_STATE = `case r.state when 'PENDING' then 'REQUESTED' when 'USED' then 'REBASELINED' else r.state end`;

/** Facts that are copied by one statement each, as `select` of every column in the order of the table's names below. */
const COPIED: readonly { readonly into: string; readonly columns: string; readonly from: string }[] = [
  {
    into: 'fact_gate_finding',
    columns: 'id, handoff_id, evaluation_id, gate, verdict, code, severity, path, exceptionable, evaluated_at',
    from: `select f.id, e.handoff_id, e.id, e.gate, e.verdict, f.code, f.severity, f.path, f.exceptionable, e.evaluated_at
      from gate_evaluation e join gate_finding f on f.tenant_id = $1 and f.evaluation_id = e.id
      where e.tenant_id = $1 and e.handoff_id = any($2)`,
  },
  {
    into: 'fact_exception',
    columns: `id, handoff_id, kind, state, requester_id, round, shortfall_minor, shortfall_bps, emergency, opened_at, decided_at,
      lead_minutes, used_at`,
    from: `select r.id, r.handoff_id, r.kind, r.state, r.requester_id, r.round, m.shortfall_minor, m.shortfall_bps,
        exists (select 1 from approval_grant g where g.tenant_id = $1 and g.request_id = r.id and g.way = 'BREAK_GLASS'),
        r.opened_at, r.decided_at, floor(extract(epoch from r.decided_at - r.opened_at) / 60)::int,
        (select max(u.used_at) from approval_use u where u.tenant_id = $1 and u.request_id = r.id)
      from ${REQUESTS} r left join margin_exception m on m.tenant_id = $1 and m.request_id = r.id
        and m.content_revision = r.content_revision and m.scope = 'TOTAL'`,
  },
  {
    into: 'fact_vote',
    columns: 'id, handoff_id, exception_id, voter_id, decision, round, revoked, cast_at',
    from: `select v.id, r.handoff_id, r.id, v.voter_id, v.decision, v.round,
        exists (select 1 from approval_revocation k where k.tenant_id = $1 and k.vote_id = v.id), v.cast_at
      from ${REQUESTS} r join approval_vote v on v.tenant_id = $1 and v.request_id = r.id`,
  },
  {
    into: 'fact_decision',
    columns: 'id, handoff_id, number, kind, state, owner_id, blocks_kickoff, opened_at, due_on, decided_at',
    from: `select d.id, d.handoff_id, d.number, d.kind, d.state, d.owner_id, d.blocks_kickoff, d.opened_at, d.due_on, d.decided_at
      from decision d where d.tenant_id = $1 and d.handoff_id = any($2)`,
  },
  {
    into: 'fact_scope_change',
    columns: `id, handoff_id, number, origin, state, incident, cause_item, margin_effect_minor, margin_effect_bps, raised_at,
      decided_at`,
    from: `select s.id, s.handoff_id, s.number, s.cause, ${SCOPE_CHANGE_STATE},
        s.cause in (${INCIDENTS}), s.cause_item_type, s.margin_effect_minor,
        s.margin_effect_bps, s.requested_at, r.decided_at
      from scope_change s join approval_request r on r.tenant_id = $1 and r.id = s.request_id
      where s.tenant_id = $1 and s.handoff_id = any($2)`,
  },
];

/** Copies what needs no rule into the facts of these handoffs, whose rows are gone already. */
export const copiedFacts = (handoffIds: readonly string[]): Statement[] =>
  COPIED.map(({ into, columns, from }) => ({
    text: `insert into ${into} (tenant_id, ${columns}) select $1, c.* from (${from}) c`,
    values: [handoffIds],
  }));
