-- What belongs to every request in `ar`; then the requests are forgotten, so that the next file may bring others.

insert into approval_request (tenant_id, id, subject_type, subject_id, kind, state, requester_id, reason, round, digest, content_revision,
  configuration_version_id, policy, sources, opened_at, expires_at, grant_hours, working_times, decided_at, revision, need, strictest,
  decide_by, pending_hours)
select k.tenant, a.id, a.subject_type, a.subject_id, a.kind, a.state, a.requester_id, 'The client is strategic.',
  case when a.round2 is null then 1 else 2 end, a.digest, case when a.round2 is null then 1 else 2 end, k.version_id, 'marginException', k.sources,
  a.opened, coalesce(a.decided, a.opened) + interval '240 hours', 80,
  '[{"from":"2026-01-05T09:00:00.000Z","to":"2026-01-05T17:30:00.000Z"}]', a.decided, 1, v.need, v.need, a.opened + interval '240 hours', 24
from k, ar a, (select '{"quorums":[[{"name":"approval","approvers":1,"roles":["FINANCE_APPROVER"],"people":[]}]],"rejections":1,"freshSignInMinutes":null,"coolDownHours":0}' as need) v;

insert into approval_round (tenant_id, id, request_id, round, digest, content_revision, opened_at, opened_by, need)
select k.tenant, pg_temp.v7(x.at, a.t || 'round' || a.i || ':' || x.round), a.id, x.round, a.digest, x.round, x.at, a.requester_id::text,
  '{"quorums":[[{"name":"approval","approvers":1,"roles":["FINANCE_APPROVER"],"people":[]}]],"rejections":1,"freshSignInMinutes":null,"coolDownHours":0}'
from k, ar a, lateral (values (1, a.opened), (2, a.round2)) x (round, at) where x.at is not null;

-- The vote that decided, one of the former round, and one that was taken back.
create temp table vo on commit drop as
select a.n, a.s, a.t, a.i, a.id as request_id, a.requester_id, a.digest, x.*, voters.ids[1 + (pg_temp.r(a.s, 'voter' || a.i, 100) + x.seat) % array_length(voters.ids, 1)] as voter_id
from k, ar a,
lateral (select array_agg(v order by v) as ids from unnest(case when a.kind = 'MARGIN_EXCEPTION' then k.finance else k.leads end) v where v <> a.requester_id) voters,
lateral (select case when a.round2 is null then 1 else 2 end as current offset 0) r,
lateral (values
  (0, r.current, case when a.state in ('APPROVED', 'USED', 'REJECTED') then a.decided end,
    case when a.state = 'REJECTED' then 'REJECT' when a.emergency then 'BREAK_GLASS' else 'APPROVE' end, null::timestamptz),
  (0, case when r.current = 2 then 1 end, a.opened + (a.round2 - a.opened) / 2, 'APPROVE', null),
  (1, r.current, case when a.state in ('PENDING', 'EXPIRED') and pg_temp.r(a.s, 'taken-back' || a.i, 100) < 50 then greatest(a.opened, a.round2) + interval '1 minute' end,
    'APPROVE', greatest(a.opened, a.round2) + interval '2 minutes')
) x (seat, round, cast_at, decision, revoked_at)
where x.round is not null and x.cast_at is not null;

insert into approval_participant (tenant_id, request_id, round, person_id, part)
select k.tenant, v.request_id, v.round, v.voter_id, 'VOTER' from k, vo v;

insert into approval_vote (tenant_id, id, request_id, round, requester_id, voter_id, account_id, part, decision, reason, digest, content_revision,
  cast_at, ticket)
select k.tenant, pg_temp.v7(v.cast_at, v.t || 'vote' || v.i || v.round || v.seat), v.request_id, v.round, v.requester_id, v.voter_id,
  (select a.id from account a where a.tenant_id = k.tenant and a.person_id = v.voter_id order by a.id limit 1), 'VOTER', v.decision,
  'Seen the figures.', v.digest, v.round, v.cast_at, case when v.decision = 'BREAK_GLASS' then 'INC-' || v.n end
from k, vo v;

insert into approval_revocation (tenant_id, id, request_id, vote_id, revoked_by, reason, revoked_at)
select k.tenant, pg_temp.v7(v.revoked_at, v.t || 'revoked' || v.i), v.request_id, pg_temp.v7(v.cast_at, v.t || 'vote' || v.i || v.round || v.seat),
  v.voter_id, 'Looked at the wrong quote.', v.revoked_at
from k, vo v where v.revoked_at is not null;

insert into approval_grant (tenant_id, id, request_id, round, subject_type, subject_id, kind, digest, content_revision, approvers, granted_at,
  expires_at, way)
select k.tenant, pg_temp.v7(a.decided, a.t || 'grant' || a.i), a.id, case when a.round2 is null then 1 else 2 end, a.subject_type, a.subject_id,
  a.kind, a.digest, case when a.round2 is null then 1 else 2 end, 1, a.decided, a.decided + interval '240 hours',
  case when a.emergency then 'BREAK_GLASS' else 'QUORUM' end
from k, ar a where a.state in ('APPROVED', 'USED');

insert into approval_use (tenant_id, id, request_id, round, grant_id, effect, used_by, used_at)
select k.tenant, pg_temp.v7(a.used, a.t || 'use' || a.i), a.id, case when a.round2 is null then 1 else 2 end,
  pg_temp.v7(a.decided, a.t || 'grant' || a.i), case when a.kind = 'REBASELINE' then 'rebaseline' else 'submitHandoff' end, a.requester_id::text, a.used
from k, ar a where a.state = 'USED';

insert into margin_exception (tenant_id, id, handoff_id, request_id, content_revision, position, scope, currency, revenue_minor, cost_minor,
  margin_minor, margin_bps, floor_bps, shortfall_minor, shortfall_bps, meets_floor)
select k.tenant, pg_temp.v7(a.opened, a.t || 'figures' || a.i || x.round || x.position), a.subject_id, a.id, x.round, x.position, x.scope, y.currency,
  y.labour_price, y.labour_cost, y.labour_price - y.labour_cost, ((y.labour_price - y.labour_cost)::bigint * 10000 / y.labour_price)::int, 3000,
  1000 * x.round + pg_temp.r(a.s, 'short', 900000), 1 + pg_temp.r(a.s, 'short-bps', 900), false
from k, ar a join y on y.n = a.n,
lateral (values (1, 1, 'TOTAL'), (1, 2, 'LABOUR'), (2, 1, 'TOTAL')) x (round, position, scope)
where a.kind = 'MARGIN_EXCEPTION' and (x.round = 1 or a.round2 is not null);

drop table vo;
truncate ar;
