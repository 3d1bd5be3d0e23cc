// The reads of the limit: for each operation one statement whose only value is the text that our server answers.

const AT = (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The rows of a query as a JSON array without a blank between them, as JSON.stringify writes it. */
const list = (query) => `array_to_json(array(select r from (${query}) r))`;

/** The row of a query as a JSON object, or null. */
const row = (query) => `(select row_to_json(r) from (${query}) r)`;

const named = (table, key, columns) => row(`select ${columns} from ${table} where tenant_id = $1 and id = ${key}`);

const handle = (key) => named('person', key, 'handle');

/** Rows of a table that belong to what is found: `x`, to select from. */
const children = (table, key, of, columns = '*') =>
  `(select ${columns} from ${table} where tenant_id = $1 and ${key} = any(array(select id from ${of}))) x`;

/** The lists of many parents, read at once: `k`, the parent, and `j`, its rows as JSON in their order. */
function lists(name, key, columns, from, order) {
  const terms = order.map((term, at) => ({ column: term.replace(' desc', ''), term: term.replace(/^\S+/, `o${at}`) }));
  const read = terms.map(({ column }, at) => `${column} as o${at}`).join(', ');
  return `${name} as materialized (select k, array_to_json(array_agg(r order by ${terms.map(({ term }) => term).join(', ')})) as j
    from (select ${key} as k, ${read}, s as r from ${from} cross join lateral (select ${columns}) s) q group by k)`;
}

/** Rows that others name by their ids: `id`, and the row as JSON. */
function rows(name, table, columns, ids) {
  return `${name} as materialized (select id, row_to_json((select s from (select ${columns}) s)) as j
    from ${table} where tenant_id = $1 and id = any(array(${ids})))`;
}

const orEmpty = (list) => `coalesce(${list}, '[]'::json)`;

/** A table at a time: the page is found once, its fifty rows and the one that tells whether there are more. */
const PAGED = `with page as materialized (select * from handoff where tenant_id = $1 order by id desc limit 51),
  p as materialized (select * from page order by id desc limit 50),
  item as materialized (select x.* from ${children('checklist_item', 'handoff_id', 'p', 'id, handoff_id, code, position, label, required, state')}),
  ${lists('evidences', 'x.item_id', 'x.id, x.kind, x.state', children('evidence', 'handoff_id', 'p'), ['x.sequence desc'])},
  ${lists('checklist', 'x.handoff_id', `x.code, x.position, x.label, x.required, x.state, ${orEmpty('e.j')} as evidence`, 'item x left join evidences e on e.k = x.id', ['x.position', 'x.id'])},
  evaluation as materialized (select x.* from ${children('gate_evaluation', 'handoff_id', 'p', 'id, handoff_id, gate, verdict, evaluated_at')}),
  ${lists('findings', 'x.evaluation_id', 'x.code, x.severity, x.path', children('gate_finding', 'evaluation_id', 'evaluation'), ['x.position'])},
  ${lists('evaluations', 'x.handoff_id', `x.gate, x.verdict, ${AT('x.evaluated_at')} as "evaluatedAt", ${orEmpty('f.j')} as findings`, 'evaluation x left join findings f on f.k = x.id', ['x.id desc'])},
  request as materialized (select x.* from ${children('approval_request', "subject_type = 'Handoff' and subject_id", 'p', 'id, subject_id, kind, state, expires_at')}),
  ${lists('votes', 'x.request_id', 'x.decision', children('approval_vote', 'request_id', 'request'), ['x.id'])},
  ${lists('requests', 'x.subject_id', `x.id, x.kind, x.state, ${AT('x.expires_at')} as "expiresAt", ${orEmpty('v.j')} as votes`, 'request x left join votes v on v.k = x.id', ['x.id desc'])},
  ${lists('decisions', 'x.handoff_id', 'x.number, x.kind, x.question, x.state, x.due_on as "dueOn"', children('decision', 'handoff_id', 'p'), ['x.id'])},
  ${rows('clients', 'client', 'name', 'select client_id from p')},
  ${rows('people', 'person', 'handle', 'select owner_id from p union select delivery_manager_id from p')}
  select '{"data":{"handoffs":{"edges":' || ${list(`select row_to_json(n) as node from p h
    left join clients c on c.id = h.client_id left join people o on o.id = h.owner_id
    left join people m on m.id = h.delivery_manager_id left join checklist l on l.k = h.id
    left join evaluations e on e.k = h.id left join requests q on q.k = h.id left join decisions d on d.k = h.id
    cross join lateral (select h.id, h.number, h.stage, h.tier, h.deal_type as "dealType", h.revision,
      h.start_on as "startOn", ${AT('h.opened_at')} as "openedAt", ${AT('h.submitted_at')} as "submittedAt",
      c.j as client, o.j as owner, m.j as "deliveryManager", ${orEmpty('l.j')} as checklist,
      ${orEmpty('e.j')} as evaluations, ${orEmpty('q.j')} as "approvalRequests", ${orEmpty('d.j')} as decisions) n
    order by h.id desc`)} ||
  ',"pageInfo":{"hasNextPage":' || (select count(*) > 50 from page) || ',"endCursor":"' ||
  translate(encode(convert_to('id:' || (select id from p order by id limit 1), 'UTF8'), 'base64'), E'+/=\\n', '-_') || '"}}}}' || E'\\n'`;

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
