-- The scope changes themselves, after their requests and baselines; promises and decisions.

insert into scope_change (tenant_id, id, handoff_id, number, baseline_id, baseline_version, description, cause, cause_item_type, cause_item_id,
  date_effect_days, hours_effect, currency, baseline_price_minor, baseline_cost_minor, proposed_price_minor, proposed_cost_minor,
  margin_effect_minor, margin_effect_bps, content_digest, request_id, requested_by, requested_at, new_baseline_id, rebaselined_by, rebaselined_at)
select k.tenant, c.id, c.handoff_id, 'CR-' || c.i, c.baseline_id, c.baseline_version, 'More access points.', c.cause,
  case when c.cause in ('MISSING', 'WRONG', 'AMBIGUOUS') then 'STATEMENT' end,
  case when c.cause in ('WRONG', 'AMBIGUOUS') then pg_temp.v7(c.raised, c.t || 'statement') end,
  pg_temp.r(c.s, 'days' || c.i, 20), '4', c.currency, f.price, f.cost, f.price + c.price_more, f.cost + c.cost_more, c.price_more - c.cost_more,
  pg_temp.r(c.s, 'effect' || c.i, 900) - 450, pg_temp.sha(c.s || 'change' || c.i), pg_temp.v7(c.raised, c.t || 'requests' || c.i), c.requested_by, c.raised,
  case when c.used is not null then pg_temp.v7(c.used, c.t || 'rebaseline') end, case when c.used is not null then c.requested_by end, c.used
from k, sc c, lateral (select c.labour_price + c.goods_price + c.run_price as price, c.labour_cost + coalesce(c.goods_cost, 0) + c.run_cost as cost) f;

-- Promises: of every kind of end, kept in time, late, not yet; naming a task by its id, its key, its title, or nothing that there is.
insert into commitment (tenant_id, id, handoff_id, text, channel, made_on, made_by, promised_to, source, due_on, state, resolution_reference,
  resolution_reason, resolved_by, resolved_at, recorded_by, recorded_at, resolution_terms_revision)
select k.tenant, pg_temp.v7(recorded, y.t || 'commitment' || i), y.id, 'A visit every month.', (array['WRITTEN', 'VERBAL'])[1 + pg_temp.r(y.s, 'channel' || i, 2)],
  made_on, y.owner_id, 'Client', 'Call',
  case when pg_temp.r(y.s, 'dated' || i, 100) < 80 then made_on + 5 + pg_temp.r(y.s, 'promised-for' || i, 70) end,
  state, case state when 'SCOPE_LINE' then 'Line 1' when 'TASK' then
    case pg_temp.r(y.s, 'named-by' || i, 4) when 0 then task.id::text when 1 then task.key when 2 then task.title else 'Ticket 4711' end end,
  case state when 'DECLINED' then 'It is not part of the service.' end,
  case when state <> 'OPEN' then y.owner_id end, case when state <> 'OPEN' then resolved end, y.owner_id, recorded, case when state <> 'OPEN' then 1 end
from k, y, generate_series(1, 3) i,
lateral (select pg_temp.upto(pg_temp.later(y.opened_at, y.s, 'promise' || i, 1, 3000), y.stop) as recorded offset 0) a,
lateral (select (recorded at time zone k.zone)::date - pg_temp.r(y.s, 'made' || i, 9) as made_on,
  pg_temp.upto(pg_temp.later(recorded, y.s, 'homed' || i, 1, 3000), y.stop) as resolved offset 0) b
left join lateral (select t.id, 't' || t.position || t.i as key, 'Task ' || t.position || '/' || t.i as title from ta t
  where t.n = y.n and 2 * (t.position - 1) + t.i = 1 + pg_temp.r(y.s, 'which' || i.i, 4)) task on true,
lateral (select case when resolved is null or pg_temp.r(y.s, 'home' || i, 100) < 6 then 'OPEN'
  when pg_temp.r(y.s, 'home' || i, 100) < 40 then 'SCOPE_LINE' when pg_temp.r(y.s, 'home' || i, 100) < 85 and task.id is not null then 'TASK' else 'DECLINED' end as state offset 0) c
where recorded is not null and pg_temp.r(y.s, 'promises', 100) < (array[70, 45, 20])[i];

-- Delivery's task for a promise that became one: done in time, late, not, or taken out of the plan.
insert into project_task (tenant_id, id, project_id, handoff_id, milestone_id, key, position, title, owner_role, owner_id, due_on, estimate_hours,
  budget_type, state, done_at)
select k.tenant, pg_temp.v7(y.sub1, y.t || 'kept' || c.recorded_at), y.project_id, y.id, p.id, 'commitment:' || c.id,
  20 + row_number() over (partition by y.n order by c.recorded_at), 'A promise', 'DELIVERY_MANAGER', k.managers[1], d.due, '4', 'engineering', d.state,
  case when d.state = 'DONE' then d.done end
from k, y join pl p on p.n = y.n and p.position = 2, commitment c,
lateral (select coalesce(c.due_on, (y.sub1 at time zone k.zone)::date + 10 + pg_temp.r(y.s, 'kept-by' || c.recorded_at, 40)) as due,
  pg_temp.r(y.s, 'kept' || c.recorded_at, 100) as kept offset 0) x,
lateral (select x.due, pg_temp.upto(greatest(y.sub1, pg_temp.later((x.due - 6)::timestamp at time zone 'UTC', y.s, 'kept-at' || c.recorded_at, 1, 13000)), y.stop) as done offset 0) e,
lateral (select e.due, e.done, case when x.kept < 8 then 'CANCELLED' when x.kept < 70 and e.done is not null then 'DONE' else 'OPEN' end as state offset 0) d
where c.tenant_id = k.tenant and c.handoff_id = y.id and c.state = 'TASK' and pg_temp.r(y.s, 'no-plan', 100) >= 5;

insert into decision (tenant_id, id, handoff_id, number, kind, question, owner_id, due_on, escalation_contact_id, blocks_kickoff, state, outcome, reason,
  decided_by, decided_at, opened_by, opened_at, assigned_at, sources, earlier_dues)
select k.tenant, pg_temp.v7(opened, y.t || 'decision' || i), y.id, 'D-' || i, (array['CONFLICT', 'QUESTION', 'RISK'])[1 + pg_temp.r(y.s, 'decision-kind' || i, 3)],
  'Who supplies the racks?', coalesce(y.manager_id, k.managers[1]), (opened at time zone k.zone)::date + 3, k.leads[1], i = 1,
  case when decided is null then 'OPEN' when pg_temp.r(y.s, 'obsolete' || i, 100) < 15 then 'OBSOLETE' else 'RESOLVED' end,
  case when decided is not null then 'The client does.' end, case when decided is not null then 'Agreed in a call.' end,
  case when decided is not null then coalesce(y.manager_id, k.managers[1]) end, decided, y.owner_id, opened, opened, k.sources, '[]'
from k, y, generate_series(1, 2) i,
lateral (select pg_temp.upto(pg_temp.later(y.opened_at, y.s, 'decision' || i, 60, 30000), y.stop) as opened offset 0) a,
lateral (select pg_temp.upto(case when pg_temp.r(y.s, 'decides' || i, 100) < 75 then pg_temp.later(opened, y.s, 'decided-log' || i, 60, 9000) end, y.stop) as decided offset 0) b
where opened is not null and pg_temp.r(y.s, 'decisions' || i, 100) < (array[45, 20])[i];
