-- Sign-offs, kickoffs, pauses, introductions, meetings and climbed ladders.

create temp table so on commit drop as
select y.n, y.s, y.t, y.id as handoff_id, y.owner_id, y.manager_id, y.tier, y.template, x.i, x.signed, x.ended, x.state, x.code,
  pg_temp.v7(x.signed, y.t || 'sign-off' || x.i) as id, y.stop, b.id as baseline_id, b.version as baseline_version, b.revised
from k, y, lateral (values
  (1, y.sign1, coalesce(y.end1, y.withdrawn_at), case when y.end1 is not null then case when pg_temp.r(y.s, 'revoked', 3) = 0 then 'REVOKED' else 'LAPSED' end
    when y.withdrawn_at is not null then 'LAPSED' else 'LIVE' end, case when y.end1 is not null then 'CHANGED' else 'WITHDRAWN' end),
  (2, y.sign2, y.withdrawn_at, case when y.withdrawn_at is not null then 'LAPSED' else 'LIVE' end, 'WITHDRAWN')
) x (i, signed, ended, state, code),
lateral (select bl.id, bl.version, bl.s as revised from bl where bl.n = y.n and bl.at <= x.signed order by bl.version desc limit 1) b
where x.signed is not null;

insert into feasibility_sign_off (tenant_id, id, handoff_id, state, baseline_id, baseline_version, terms_revision, start_on, plan_digest,
  accepted_risk_ids, statement, signed_by, signed_at, ended_at, end_reason, end_code, end_facts)
select k.tenant, o.id, o.handoff_id, o.state, o.baseline_id, o.baseline_version, 1, (o.signed at time zone k.zone)::date + 10, pg_temp.sha(o.s || 'plan'),
  '[]', 'It can be delivered.', o.manager_id, o.signed, o.ended, case when o.ended is not null then 'the plan has changed' end,
  case when o.ended is not null then o.code end, case when o.ended is not null then '{}' end
from k, so o;

insert into kickoff (tenant_id, id, handoff_id, state, starts_at, duration_minutes, sign_off_id, scheduled_by, scheduled_at, held_at, void_reason,
  live_sign_off)
select k.tenant, pg_temp.v7(x.scheduled, y.t || 'kickoff' || x.i), y.id, x.state, x.starts, 60, o.id, y.manager_id, x.scheduled,
  case when x.state = 'HELD' then y.held end, case when x.state = 'VOID' then 'moved' end, case when x.state = 'SCHEDULED' then 'LIVE' end
from k, y, lateral (values
  (0, y.kick0, y.kick0 + interval '72 hours', 'VOID', 1),
  (1, case when y.moved is not null then y.sched1 end, date_trunc('hour', y.sched1 + interval '50 hours'), 'VOID', null::int),
  (2, coalesce(y.moved, y.sched1), y.starts_at, case when y.held is not null then 'HELD' when y.withdrawn_at is not null then 'VOID' else 'SCHEDULED' end, null)
) x (i, scheduled, starts, state, of)
join so o on true
where x.scheduled is not null and o.n = y.n and o.i = coalesce(x.of, case when y.sign2 is not null then 2 else 1 end);

insert into handoff_pause (tenant_id, id, handoff_id, reason, paused_by, paused_at, resumed_by, resumed_at)
select k.tenant, pg_temp.v7(x.at, y.t || 'pause' || x.i), y.id, 'The client asked to wait.', k.managers[1], x.at,
  case when x.till is not null then k.managers[1] end, x.till
from k, y, lateral (values (1, y.pause1, y.resume1), (2, y.pause2, y.resume2)) x (i, at, till) where x.at is not null;

insert into introduction (tenant_id, id, handoff_id, text_sha256, template_version, approved_by, approved_at, thread_url, recorded_by, introduced_at)
select k.tenant, pg_temp.v7(y.win, y.t || 'introduction'), y.id, pg_temp.sha(y.s || 'introduction'), 1, y.owner_id, y.win + interval '5 minutes',
  case when y.introduced is not null then 'https://mail.example/thread' end, case when y.introduced is not null then y.owner_id end, y.introduced
from k, y where y.win is not null and y.win + interval '5 minutes' <= y.stop and (y.introduced is not null or pg_temp.r(y.s, 'approved-intro', 2) = 0);

insert into handoff_meeting (tenant_id, id, handoff_id, state, starts_at, starts_on, duration_minutes, agenda_due_at, plan, scheduled_by, scheduled_at,
  held_at, recorded_by, recorded_at)
select k.tenant, pg_temp.v7(y.sub1, y.t || 'meeting'), y.id, 'HELD', m.at, (m.at at time zone k.zone)::date, 60, m.at - interval '24 hours',
  '{"durationMinutes":60,"agendaHoursBefore":24,"participants":[],"segments":[],"checklist":[]}', y.owner_id, y.sub1, m.at, y.owner_id, m.at + interval '1 hour'
from k, y, lateral (select pg_temp.upto(case when pg_temp.r(y.s, 'meets', 100) < 55 then pg_temp.later(y.sub1, y.s, 'meeting', 30, 5000) end, y.stop - interval '1 hour') as at offset 0) m
where m.at is not null;

-- Steps of ladders of clocks that began with the import of the close.
insert into escalation (tenant_id, id, handoff_id, cause, clock, mark, step, person_id, due_at, fires_at, fired_at, is_news, ended_at)
select k.tenant, pg_temp.v7(y.win, y.t || 'ladder' || x.clock || step), y.id, 'CLOCK', x.clock,
  to_char(y.win at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), step, k.leads[1], y.win + interval '24 hours', y.win + interval '24 hours',
  y.win + interval '25 hours', true, null
from k, y, lateral (values ('DOCUMENT_COMPLETE', y.sub1), ('INTRODUCTION', y.introduced)) x (clock, met), generate_series(0, 2) step
where y.win is not null and y.back = 0 and y.win + interval '50 hours' <= k.as_of and coalesce(x.met > y.win + interval '48 hours', true)
  and step <= pg_temp.r(y.s, 'steps' || x.clock, 3);
