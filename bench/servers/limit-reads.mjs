// The reads of the limit: for each operation one statement whose only value is the text that our server answers.

const AT = (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The rows of a query as a JSON array without a blank between them, as JSON.stringify writes it. */
const list = (query) => `array_to_json(array(select r from (${query}) r))`;

/** The row of a query as a JSON object, or null. */
const row = (query) => `(select row_to_json(r) from (${query}) r)`;

const named = (table, key, columns) => row(`select ${columns} from ${table} where tenant_id = $1 and id = ${key}`);

const handle = (key) => named('person', key, 'handle');

const PAGE = `select '{"data":{"handoffs":{"edges":' || ${list(`select row_to_json(n) as node from (
  select h.id, h.number, h.stage, h.tier, h.deal_type as "dealType", h.revision, h.start_on as "startOn",
    ${AT('h.opened_at')} as "openedAt", ${AT('h.submitted_at')} as "submittedAt",
    ${named('client', 'h.client_id', 'name')} as client,
    ${handle('h.owner_id')} as owner,
    ${handle('h.delivery_manager_id')} as "deliveryManager",
    ${list(`select c.code, c.position, c.label, c.required, c.state,
      ${list(`select e.id, e.kind, e.state from evidence e
        where e.tenant_id = $1 and e.handoff_id = h.id and e.item_id = c.id order by e.sequence desc`)} as evidence
      from checklist_item c where c.tenant_id = $1 and c.handoff_id = h.id order by c.position, c.id`)} as checklist,
    ${list(`select v.gate, v.verdict, ${AT('v.evaluated_at')} as "evaluatedAt",
      ${list(`select f.code, f.severity, f.path from gate_finding f
        where f.tenant_id = $1 and f.evaluation_id = v.id order by f.position`)} as findings
      from gate_evaluation v where v.tenant_id = $1 and v.handoff_id = h.id order by v.id desc`)} as evaluations,
    ${list(`select a.id, a.kind, a.state, ${AT('a.expires_at')} as "expiresAt",
      ${list(`select v.decision from approval_vote v where v.tenant_id = $1 and v.request_id = a.id order by v.id`)} as votes
      from approval_request a where a.tenant_id = $1 and a.subject_id = h.id and a.subject_type = 'Handoff'
      order by a.id desc`)} as "approvalRequests",
    ${list(`select d.number, d.kind, d.question, d.state, d.due_on as "dueOn" from decision d
      where d.tenant_id = $1 and d.handoff_id = h.id order by d.id`)} as decisions
  from p h order by h.id desc) n`)} ||
  ',"pageInfo":{"hasNextPage":' || (select count(*) > 50 from page) || ',"endCursor":"' ||
  translate(encode(convert_to('id:' || (select id from p order by id limit 1), 'UTF8'), 'base64'), E'+/=\\n', '-_') || '"}}}}' || E'\\n'`;

/** The page is found once: its fifty rows and the one that tells whether there are more. */
const PAGED = `with page as materialized (select * from handoff where tenant_id = $1 order by id desc limit 51),
  p as (select * from page order by id desc limit 50) ${PAGE}`;

const ONE = `select '{"data":{"handoff":' || ${row(`select h.id, h.number, h.stage, h.tier, h.deal_type as "dealType",
    h.service_template as "serviceTemplate", h.segment, h.revision, h.terms_revision as "termsRevision",
    h.terms_digest as "termsDigest", h.checklist_template as "checklistTemplate", h.pending_contract as "pendingContract",
    h.start_on as "startOn", h.context, h.intake_notes as "intakeNotes", ${AT('h.opened_at')} as "openedAt",
    ${AT('h.submitted_at')} as "submittedAt", ${AT('h.correction_due_at')} as "correctionDueAt",
    ${AT('h.withdrawn_at')} as "withdrawnAt",
    ${named('client', 'h.client_id', 'id, name')} as client,
    ${named('deal', 'h.deal_id', 'id, title')} as deal,
    ${named('person', 'h.owner_id', 'id, handle')} as owner,
    ${named('person', 'h.delivery_manager_id', 'id, handle')} as "deliveryManager",
    ${list(`select id, side, role from stakeholder where tenant_id = $1 and handoff_id = h.id order by id`)} as stakeholders,
    ${list(`select id, text, state, impact from assumption where tenant_id = $1 and handoff_id = h.id order by id`)} as assumptions,
    ${list(`select id, text, level, mitigation from risk where tenant_id = $1 and handoff_id = h.id order by id`)} as risks,
    ${list(`select c.id, c.code, c.position, c.label, c.required, c.weight, c.state,
      ${list(`select e.id, e.sequence, e.kind, e.title, e.state, e.content_hash as "contentHash",
        ${AT('e.submitted_at')} as "submittedAt", ${AT('e.verified_at')} as "verifiedAt",
        ${handle('e.submitted_by')} as submitter, ${handle('e.verified_by')} as verifier
        from evidence e where e.tenant_id = $1 and e.handoff_id = h.id and e.item_id = c.id order by e.sequence desc`)} as evidence
      from checklist_item c where c.tenant_id = $1 and c.handoff_id = h.id order by c.position, c.id`)} as checklist,
    ${list(`select v.id, v.gate, v.verdict, v.completeness_bps as "completenessBps", ${AT('v.evaluated_at')} as "evaluatedAt",
      ${list(`select f.id, f.position, f.code, f.severity, f.path, f.exceptionable from gate_finding f
        where f.tenant_id = $1 and f.evaluation_id = v.id order by f.position`)} as findings
      from gate_evaluation v where v.tenant_id = $1 and v.handoff_id = h.id order by v.id desc`)} as evaluations,
    ${list(`select a.id, a.kind, a.state, a.round, a.digest, ${AT('a.opened_at')} as "openedAt",
      ${AT('a.expires_at')} as "expiresAt", ${handle('a.requester_id')} as requester,
      ${list(`select v.id, v.round, v.decision, ${AT('v.cast_at')} as "castAt", ${handle('v.voter_id')} as voter
        from approval_vote v where v.tenant_id = $1 and v.request_id = a.id order by v.id`)} as votes
      from approval_request a where a.tenant_id = $1 and a.subject_id = h.id and a.subject_type = 'Handoff'
      order by a.id desc`)} as "approvalRequests",
    ${list(`select d.id, d.number, d.kind, d.question, d.state, d.outcome, d.due_on as "dueOn",
      ${AT('d.opened_at')} as "openedAt", ${handle('d.owner_id')} as owner
      from decision d where d.tenant_id = $1 and d.handoff_id = h.id order by d.id`)} as decisions,
    ${list(`select r.id, r.verdict, ${AT('r.returned_at')} as "returnedAt" from handoff_return r
      where r.tenant_id = $1 and r.handoff_id = h.id order by r.id desc`)} as returns
  from handoff h where h.tenant_id = $1 and h.id = $2`)} || '}}' || E'\\n'`;

/** By operation: the statement, and its name once it is prepared. */
export const READS = {
  page: { name: 'page', text: PAGED },
  one: { name: 'one', text: ONE },
};
