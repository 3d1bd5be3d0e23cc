-- Checklists with evidence in every state, evaluated gates with findings, and returns.

create temp table ci on commit drop as
select y.n, y.s, y.t, y.id as handoff_id, y.owner_id, x.position, x.code, x.weight, x.not_applicable, x.validity,
  x.required and pg_temp.r(y.s, 'required' || x.code, 100) < 93 as required, pg_temp.v7(y.opened_at, y.t || 'item' || x.position) as id,
  fate, given1, verified1, given2, verified2, ended, claimed, accepted, y.stop
from k, y, lateral (values
  (1, 'SIGNED_SCOPE', 20, false, null::int, true), (2, 'MARGIN_FLOOR', 15, false, 7, true), (3, 'DELIVERY_ASSUMPTIONS', 10, false, 7, true),
  (4, 'DEPENDENCIES', 10, false, 7, true), (5, 'ACCEPTANCE_CRITERIA', 10, false, 7, true), (6, 'EXECUTED_CONTRACT', 15, false, null, true),
  (7, 'PAYMENT_OR_PO', 5, true, null, true), (8, 'FINANCE_RECORD', 3, true, 7, true), (9, 'CS_PLATFORM', 2, true, 7, false)
) x (position, code, weight, not_applicable, validity, required),
lateral (select pg_temp.r(y.s, 'fate' || x.code, 100) as fate,
  pg_temp.upto(pg_temp.later(y.opened_at, y.s, 'given1' || x.code, 10, 15000), y.stop) as given1 offset 0) a,
lateral (select pg_temp.upto(pg_temp.later(given1, y.s, 'verified1' || x.code, 10, 4000), y.stop) as verified1,
  pg_temp.upto(pg_temp.later(given1, y.s, 'claimed' || x.code, 10, 500), y.stop) as claimed offset 0) b,
lateral (select pg_temp.upto(pg_temp.later(verified1, y.s, 'given2' || x.code, 10, 9000), y.stop) as given2,
  pg_temp.upto(pg_temp.later(verified1, y.s, 'ended' || x.code, 10, 20000), y.stop) as ended,
  pg_temp.upto(pg_temp.later(claimed, y.s, 'accepted' || x.code, 10, 9000), y.stop) as accepted offset 0) c,
lateral (select pg_temp.upto(pg_temp.later(given2, y.s, 'verified2' || x.code, 10, 4000), y.stop) as verified2 offset 0) d;

-- What became of the item, by its fate.
create temp table cs on commit drop as
select ci.*,
  case
    when fate >= 91 and not_applicable and claimed is not null then case when fate >= 94 and accepted is not null then 'NOT_APPLICABLE' else 'NOT_APPLICABLE_CLAIMED' end
    when fate < 8 or given1 is null then 'OPEN'
    when fate between 84 and 90 and ended is not null then 'OPEN'
    when fate between 58 and 71 and given2 is not null then case when fate >= 66 and verified2 is not null then 'VERIFIED' else 'SUBMITTED' end
    when fate between 72 and 77 and verified1 is not null then case when fate >= 76 and verified2 is not null then 'VERIFIED' when given2 is not null and fate >= 76 then 'SUBMITTED' else 'REJECTED' end
    when fate between 78 and 83 or verified1 is null then 'SUBMITTED'
    else 'VERIFIED'
  end as state
from ci;

insert into checklist_item (tenant_id, id, handoff_id, code, position, label, description, required, weight, provider_role, verifier_role,
  validity_days, allow_not_applicable, kinds, needs_document, needs_signer, needs_all_signers, reopens_on, state, na_reason, na_claimed_by,
  na_claimed_at, na_terms_revision, na_accepted_by, na_accepted_at, reopen_reason, reopened_by, reopened_at, sources)
select k.tenant, c.id, c.handoff_id, c.code, c.position, c.code, c.code, c.required, c.weight, 'SALES_MANAGER', 'DELIVERY_MANAGER',
  c.validity, c.not_applicable, '["RECORD"]', false, false, false, case when c.position in (1, 2) then '["QUOTE"]' else '[]' end, c.state,
  case when c.state like 'NOT_%' then 'The client pays by invoice.' end, case when c.state like 'NOT_%' then c.owner_id end,
  case when c.state like 'NOT_%' then c.claimed end, case when c.state like 'NOT_%' then 1 end,
  case when c.state = 'NOT_APPLICABLE' then k.finance[1] end, case when c.state = 'NOT_APPLICABLE' then c.accepted end,
  case when c.fate between 84 and 90 and c.state = 'OPEN' and c.given1 is not null then 'Found to be outdated.' end,
  case when c.fate between 84 and 87 and c.state = 'OPEN' and c.given1 is not null then k.managers[1] end,
  case when c.fate between 84 and 90 and c.state = 'OPEN' and c.given1 is not null then c.ended end,
  k.sources
from k, cs c;

insert into evidence (tenant_id, id, handoff_id, item_id, sequence, kind, title, document_id, content_hash, signers, state, submitted_by,
  submitted_at, verified_by, verified_at, rejection_reason, terms_digest, terms_revision, invalid_reason, invalid_at)
select k.tenant, pg_temp.v7(e.given, c.t || 'evidence' || c.position || ':' || e.sequence), c.handoff_id, c.id, e.sequence, 'RECORD', 'Record',
  'R-' || c.n || '-' || c.position, pg_temp.sha(c.s || c.code || e.sequence), '[]',
  case when e.verified is null then 'SUBMITTED' when e.rejected then 'REJECTED' else 'VERIFIED' end,
  c.owner_id, e.given, case when e.verified is not null then k.managers[1] end, e.verified,
  case when e.verified is not null and e.rejected then 'It is of another client.' end,
  pg_temp.sha(c.s || 'terms'), 1,
  case when e.sequence = 1 and c.fate between 88 and 90 and c.state = 'OPEN' then 'DOCUMENT_CHANGED' end,
  case when e.sequence = 1 and c.fate between 88 and 90 and c.state = 'OPEN' then c.ended end
from k, cs c, lateral (values
  (1, c.given1, case when c.fate not between 78 and 83 then c.verified1 end, c.fate between 72 and 77),
  (2, case when c.fate between 58 and 71 or c.fate between 76 and 77 then c.given2 end, case when c.fate >= 66 then c.verified2 end, false)
) e (sequence, given, verified, rejected)
where c.fate >= 8 and e.given is not null and c.state not like 'NOT_%';

create temp table ge on commit drop as
select y.n, y.s, y.t, y.id as handoff_id, y.owner_id, x.gate, x.verdict, x.at, x.i,
  pg_temp.v7(x.at, y.t || 'evaluation' || x.gate || x.i) as id
from y, lateral (values
  ('SUBMIT', 'PASSED', y.sub1, 1), ('SUBMIT', 'PASSED', y.sub2, 2), ('SUBMIT', 'PASSED', y.sub3, 3),
  ('SUBMIT', 'REFUSED', case when pg_temp.r(y.s, 'refused', 100) < 45 then y.sub1 - interval '17 minutes' end, 4),
  ('SUBMIT', 'REFUSED', case when pg_temp.r(y.s, 'refused', 100) < 20 then y.sub1 - interval '9 minutes' end, 5),
  ('SIGN_OFF', 'PASSED', y.sign1, 1), ('SIGN_OFF', 'PASSED', y.sign2, 2),
  ('SIGN_OFF', 'REFUSED', case when pg_temp.r(y.s, 'refused', 100) >= 80 then y.sign1 - interval '20 minutes' end, 3),
  ('KICKOFF', 'PASSED', y.kick0, 1), ('KICKOFF', 'PASSED', y.sched1, 2), ('KICKOFF', 'PASSED', y.moved, 3),
  ('PRE_CLOSE', 'PASSED', case when pg_temp.r(y.s, 'pre-close', 100) < 4 then y.won1 - interval '30 minutes' end, 1)
) x (gate, verdict, at, i) where x.at is not null;

insert into gate_evaluation (tenant_id, id, handoff_id, gate, verdict, handoff_revision, terms_revision, completeness_bps, asked_by, evaluated_at, sources)
select k.tenant, g.id, g.handoff_id, g.gate, g.verdict, 1, 1, 5000 + pg_temp.r(g.s, 'completeness' || g.gate || g.i, 5001),
  case when pg_temp.r(g.s, 'by-program', 100) < 5 then 'crm-connector' else g.owner_id::text end, g.at, k.sources
from k, ge g;

insert into gate_finding (tenant_id, id, evaluation_id, handoff_id, position, code, severity, path, message, facts, remedy, exceptionable)
select k.tenant, pg_temp.v7(g.at, g.t || 'finding' || g.gate || g.i || ':' || p), g.id, g.handoff_id, p,
  (array['EVIDENCE_MISSING', 'MARGIN_BELOW_FLOOR', 'COMMITMENT_OPEN', 'REQUIRED_FIELD_MISSING'])[1 + pg_temp.r(g.s, 'finding' || g.gate || g.i || p, 4)],
  case when g.verdict = 'REFUSED' and p = 1 then 'BLOCKING' else 'WARNING' end, 'checklist.SIGNED_SCOPE', 'Something is missing.', '{}', 'Give it.', p = 2
from k, ge g, generate_series(1, 3) p
where p <= case when g.verdict = 'REFUSED' then 1 + pg_temp.r(g.s, 'findings' || g.i, 3) else pg_temp.r(g.s, 'findings' || g.i, 2) end;

insert into handoff_return (tenant_id, id, handoff_id, gaps, returned_by, returned_at, correction_due_at, verdict, reason, owner_id)
select k.tenant, pg_temp.v7(x.at, y.t || 'return' || x.i), y.id, '[{"path":"checklist.SIGNED_SCOPE","text":"Not signed","kind":"MISSING"}]',
  k.managers[1], x.at, x.at + interval '24 hours', case when x.rejected then 'REJECTED' else 'NEEDS_REVISION' end,
  case when x.rejected then 'Nothing of it was checked.' end, y.owner_id
from k, y, lateral (values (1, y.ret1, pg_temp.r(y.s, 'reject1', 100) < 15), (2, y.ret2, pg_temp.r(y.s, 'reject2', 100) < 25)) x (i, at, rejected)
where x.at is not null;
