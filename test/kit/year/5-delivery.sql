-- Projects with their plan, budget baselines, sign-offs, kickoffs, pauses, introductions, meetings and climbed ladders.

create temp table pl on commit drop as
select y.n, y.s, y.t, y.id as handoff_id, y.project_id, y.sub1, x.position, pg_temp.v7(y.sub1, y.t || 'milestone' || x.position) as id,
  (y.sub1 at time zone k.zone)::date + x.start_day as start_on, (y.sub1 at time zone k.zone)::date + x.target_day as target_on,
  case when x.position = 1 and pg_temp.r(y.s, 'first-cancelled', 100) < 6 then 'CANCELLED' else 'PLANNED' end as state,
  pg_temp.upto(case when pg_temp.r(y.s, 'delivered' || x.position, 100) < 72 and y.live_sign is not null
    then greatest(y.live_sign, pg_temp.later(y.sub1, y.s, 'delivered' || x.position, (x.target_day - 9) * 1440, (x.target_day + 12) * 1440)) end, y.stop) as delivered
from k, y, lateral (values (1, 0, 12 + pg_temp.r(y.s, 'target1', 20)), (2, 5, 32 + pg_temp.r(y.s, 'target2', 30))) x (position, start_day, target_day)
where y.sub1 is not null;

insert into project (tenant_id, id, handoff_id, number, name, state, start_on, target_on, project_lead_id, service_template, deal_type,
  task_pack_key, task_pack_version, sources, created_at)
select k.tenant, y.project_id, y.id, 'P-' || (10000 + y.n), 'Project ' || y.n,
  case when y.withdrawn_at is not null then 'CANCELLED' when y.live_sign is not null then 'ACTIVE' else 'AWAITING_SIGN_OFF' end,
  (y.sub1 at time zone k.zone)::date, (y.sub1 at time zone k.zone)::date + 90, y.manager_id, y.template, y.deal_type, 'pack', '1.0', k.sources, y.sub1
from k, y where y.sub1 is not null;

insert into project_milestone (tenant_id, id, project_id, handoff_id, key, name, position, start_on, target_on, state)
select k.tenant, p.id, p.project_id, p.handoff_id, 'm' || p.position, 'Milestone ' || p.position, p.position, p.start_on, p.target_on, p.state
from k, pl p where pg_temp.r(p.s, 'no-plan', 100) >= 5;

-- Of a milestone with tasks that were all done here, the last one says when it was delivered; some are told by the PSA alone.
create temp table ta on commit drop as
select p.n, p.s, p.t, p.handoff_id, p.project_id, p.id as milestone_id, p.position, p.sub1, p.target_on, i, pg_temp.v7(p.sub1, p.t || 'task' || p.position || i) as id,
  case when pg_temp.r(p.s, 'task-cancelled' || p.position || i, 100) < 8 then 'CANCELLED'
    when p.delivered is not null and (pg_temp.r(p.s, 'told-here' || p.position, 100) < 55 or i = 1) then 'DONE' else 'OPEN' end as state,
  case when i = 1 then greatest(p.sub1, p.delivered - interval '95 minutes') else p.delivered end as done_at
from pl p, generate_series(1, 2) i where pg_temp.r(p.s, 'no-plan', 100) >= 5 and pg_temp.r(p.s, 'no-tasks' || p.position, 100) >= 10;

insert into project_task (tenant_id, id, project_id, handoff_id, milestone_id, key, position, title, owner_role, owner_id, due_on, estimate_hours,
  budget_type, state, done_at)
select k.tenant, a.id, a.project_id, a.handoff_id, a.milestone_id, 't' || a.position || a.i, 2 * a.position + a.i, 'Task ' || a.position || '/' || a.i,
  'DELIVERY_MANAGER', k.managers[1], a.target_on, '8', 'engineering', a.state,
  case when a.state = 'DONE' and pg_temp.r(a.s, 'untimed' || a.position, 100) >= 4 then a.done_at end
from k, ta a;

-- Versions of the baseline: with the submission, after a return, and later by scope changes.
create temp table bl (n int, s text, t text, handoff_id uuid, project_id uuid, version int, at timestamptz, reason text, id uuid, supersedes uuid,
  hours text, labour_price bigint, labour_cost bigint, goods_price bigint, goods_cost bigint, run_price bigint, run_cost bigint) on commit drop;

insert into bl
select y.n, y.s, y.t, y.id, y.project_id, v.version, v.at, v.reason, pg_temp.v7(v.at, y.t || 'baseline' || v.version),
  case when v.version > 1 then pg_temp.v7(y.sub1, y.t || 'baseline1') end,
  case when pg_temp.r(y.s, 'half-hour', 3) = 0 then y.labour_hours || '.25' else y.labour_hours::text end,
  y.labour_price, y.labour_cost::bigint * (100 + (v.version - 1) * pg_temp.r(y.s, 'dearer', 9)) / 100, y.goods_price,
  case when y.cost_known then y.goods_cost end, 12 * y.run_price, 12 * y.run_cost
from y, lateral (values (1, y.sub1, 'SUBMIT'), (2, case when pg_temp.r(y.s, 'replanned', 100) < 50 then y.sub2 end, 'RETURN')) v (version, at, reason)
where v.at is not null;
