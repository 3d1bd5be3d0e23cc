-- What came after: actuals of the delivery system, feedback, repeated questions, surveys, scores.

create temp table ac on commit drop as
select y.n, y.s, y.t, y.id as handoff_id, y.project_id, y.currency, i, taken, read_at, pg_temp.v7(read_at, y.t || 'actuals' || i) as id,
  case when i = 3 and pg_temp.r(y.s, 'closes', 100) < 45 then taken - interval '3 hours' end as closed,
  case when pg_temp.r(y.s, 'vendor-won', 100) < 88 then y.won1 - interval '40 minutes' end as vendor_won,
  case when pg_temp.r(y.s, 'touched', 100) < 84 then
    case when pg_temp.r(y.s, 'touch-early', 100) < 6 then y.won1 - interval '3 hours'
      else pg_temp.upto(pg_temp.later(y.won1, y.s, 'touch', 1, 6000), taken) end end as contact,
  y.labour_hours, y.labour_cost, b.version
from y, generate_series(1, 3) i,
lateral (select pg_temp.upto(pg_temp.later(y.sub1, y.s, 'taken' || i, (array[1500, 30000, 60000])[i], (array[25000, 55000, 140000])[i]), y.stop) as taken offset 0) a,
lateral (select taken + interval '4 minutes' as read_at offset 0) c,
lateral (select bl.version from bl where bl.n = y.n and bl.at <= taken order by bl.version desc limit 1) b
where taken is not null and read_at <= y.stop and pg_temp.r(y.s, 'reads' || i, 100) < (array[80, 70, 60])[i];

insert into actuals_snapshot (tenant_id, id, project_id, handoff_id, source, source_id, taken_at, read_at, digest, closed_at, won_at, first_contact_at,
  todos_done, todos_total, currency)
select k.tenant, a.id, a.project_id, a.handoff_id, 'HALOPSA', a.n::text, a.taken, a.read_at, pg_temp.sha(a.s || 'actuals' || a.i), a.closed, a.vendor_won,
  a.contact, a.i, 4, a.currency
from k, ac a;

-- One budget for all labour, sometimes one that the baseline does not know, and of the rest the plan speaks.
insert into actuals_line (tenant_id, id, snapshot_id, position, budget_types, actual_minutes, remaining_minutes, actual_cost_minor)
select k.tenant, pg_temp.v7(a.read_at, a.t || 'actual' || a.i || x.position), a.id, x.position, x.types, x.spent, x.rest, x.cost
from k, ac a, lateral (values
  (1, '["engineering"]', a.labour_hours * 60 * (10 + pg_temp.r(a.s, 'spent' || a.i, 110)) / 100,
    a.labour_hours * 60 * pg_temp.r(a.s, 'rest' || a.i, 70) / 100 - 600,
    case when pg_temp.r(a.s, 'told-cost' || a.i, 100) < 30 then a.labour_cost * (10 + pg_temp.r(a.s, 'spent-cost' || a.i, 110)) / 100 end, true),
  (2, case when pg_temp.r(a.s, 'fixed', 2) = 0 then '["equipment"]' else '["equipment","run"]' end, 0, 0,
    case when pg_temp.r(a.s, 'bought', 100) < 50 then 5000 + pg_temp.r(a.s, 'bought' || a.i, 90000) end, pg_temp.r(a.s, 'buys', 100) < 40),
  (3, '["travel"]', 90, 0, case when pg_temp.r(a.s, 'travel-cost', 100) < 60 then 12000 end, pg_temp.r(a.s, 'travels', 100) < 12)
) x (position, types, spent, rest, cost, is_there) where x.is_there;

insert into actuals_mark (tenant_id, id, snapshot_id, kind, own_id, done_at)
select k.tenant, pg_temp.v7(a.read_at, a.t || 'mark' || a.i || p.position), a.id, 'MILESTONE', p.id, p.delivered
from k, ac a join pl p on p.n = a.n
where p.delivered is not null and p.delivered <= a.taken and pg_temp.r(a.s, 'marked' || p.position, 100) < 60 and pg_temp.r(a.s, 'no-plan', 100) >= 5;

-- Tasks of promises that the delivery system knows as closed, whatever the plan here says of them.
insert into actuals_mark (tenant_id, id, snapshot_id, kind, own_id, done_at)
select k.tenant, pg_temp.v7(a.read_at, a.t || 'closed' || a.i || t.position), a.id, 'TASK', t.id, d.done
from k, ac a join project_task t on t.handoff_id = a.handoff_id and t.key like 'commitment:%' and t.state <> 'CANCELLED',
lateral (select (t.due_on - 6 + pg_temp.r(a.s, 'closed-on' || t.position, 12))::timestamp at time zone 'UTC' as done offset 0) d
where t.tenant_id = k.tenant and d.done <= a.taken and pg_temp.r(a.s, 'closed-there' || t.position, 100) < 60;

insert into actuals_cursor (tenant_id, id, project_id, handoff_id, snapshot_id, taken_at, read_at)
select distinct on (a.n) k.tenant, pg_temp.v7(a.read_at, a.t || 'cursor'), a.project_id, a.handoff_id, a.id, a.taken, a.read_at
from k, ac a order by a.n, a.taken desc, a.read_at desc;

insert into handoff_feedback (tenant_id, id, handoff_id, accurate, surprises, expectations_met, given_by, given_at, categories, closes)
select k.tenant, pg_temp.v7(x.at, y.t || 'feedback' || x.i), y.id, pg_temp.r(y.s, 'accurate', 3) > 0, 'None.', pg_temp.r(y.s, 'met', 3) > 0, y.manager_id, x.at, '[]', x.closes
from k, y, lateral (values (1, y.feedback_early, false), (2, y.feedback, true)) x (i, at, closes) where x.at is not null;

insert into repeat_ask (tenant_id, id, handoff_id, category, item_path, asked_of, asked_on, recorded_by, recorded_at)
select k.tenant, pg_temp.v7(at, y.t || 'repeat' || i), y.id, 'TECHNICAL', 'statements.TECHNICAL_REQUIREMENT',
  (array['CLIENT', 'SALES'])[1 + pg_temp.r(y.s, 'asked-of' || i, 2)], (at at time zone k.zone)::date - pg_temp.r(y.s, 'asked-on' || i, 3), y.manager_id, at
from k, y, generate_series(1, 2) i,
lateral (select pg_temp.upto(pg_temp.later(y.sign1, y.s, 'repeat' || i, 5000, 60000), y.stop) as at offset 0) a
where at is not null and pg_temp.r(y.s, 'repeats' || i, 100) < (array[30, 15])[i];

insert into client_survey (tenant_id, id, handoff_id, score, answered_on, evidence_url, recorded_by, recorded_at)
select k.tenant, pg_temp.v7(at, y.t || 'survey' || i), y.id, pg_temp.r(y.s, 'score' || i, 11), (at at time zone k.zone)::date - pg_temp.r(y.s, 'answered' || i, 4),
  'https://survey.example/' || y.n, y.owner_id, at
from k, y, generate_series(1, 2) i,
lateral (select pg_temp.upto(pg_temp.later(y.held, y.s, 'survey' || i, 1000, 30000), y.stop) as at offset 0) a
where at is not null and pg_temp.r(y.s, 'surveys' || i, 100) < (array[50, 10])[i];

create temp table qs on commit drop as
select o.n, o.s, o.t, o.handoff_id, o.owner_id, o.manager_id, o.tier, o.template, o.id as sign_off_id, x.cause, x.scored, pg_temp.v7(x.scored, o.t || 'score' || o.i || x.cause) as id, o.i
from so o, lateral (values
  ('ACCEPTANCE', pg_temp.upto(case when pg_temp.r(o.s, 'scored' || o.i, 100) < 85 then pg_temp.later(o.signed, o.s, 'scored' || o.i, 0, 4000) end, o.stop)),
  ('REMEDIATION', pg_temp.upto(case when pg_temp.r(o.s, 'remedied' || o.i, 100) < 15 and pg_temp.r(o.s, 'scored' || o.i, 100) < 85
    then pg_temp.later(o.signed, o.s, 'remedied' || o.i, 6000, 20000) end, o.stop))
) x (cause, scored) where x.scored is not null;

create temp table qc on commit drop as
select q.*, c.criterion, case when c.of_meeting and q.tier = 'LIGHT' then 0 else c.most end as most,
  case when c.of_meeting and q.tier = 'LIGHT' then 0 else c.most * (4 + pg_temp.r(q.s, c.criterion || q.i || q.cause, 7)) / 10 end as points
from qs q, lateral (values ('SUMMARY', 15, false), ('STAKEHOLDER_MAP', 10, false), ('COMMITMENTS', 15, false), ('RISKS', 10, false), ('ALL_ATTENDED', 10, true),
  ('FULL_AGENDA', 10, true), ('QUESTIONS_ANSWERED', 10, true), ('WITHIN_SLA', 15, false), ('INTRODUCTION', 5, false)) c (criterion, most, of_meeting);

insert into quality_score (tenant_id, id, handoff_id, cause, sign_off_id, owner_id, delivery_manager_id, service_template, tier, rule_version, earned, possible,
  total, band, scored_at, recorded_at)
select k.tenant, q.id, q.handoff_id, q.cause, q.sign_off_id, q.owner_id, q.manager_id, q.template, q.tier, 1, f.earned, f.possible, f.total,
  case when f.total >= 90 then 'EXCELLENT' when f.total >= 80 then 'GOOD' when f.total >= 70 then 'ACCEPTABLE' else 'SUBSTANDARD' end, q.scored, q.scored
from k, qs q join (select id, sum(points) as earned, sum(most) as possible, sum(points) * 100 / sum(most) as total from qc group by id) f on f.id = q.id;

insert into score_criterion (tenant_id, id, score_id, criterion, points, most, reasons, sources)
select k.tenant, pg_temp.v7(c.scored, c.t || 'criterion' || c.i || c.cause || c.criterion), c.id, c.criterion, c.points, c.most, '[]', '[]' from k, qc c;

-- Amendments: some twice of the same criterion, of which the newest counts.
insert into score_amendment (tenant_id, id, score_id, owner_id, criterion, points, reason, amended_by, amended_at)
select k.tenant, pg_temp.v7(at, q.t || 'amendment' || q.i || q.cause || j), q.id, q.owner_id, 'SUMMARY', pg_temp.r(q.s, 'amended' || q.i || j, 16),
  'The summary was complete.', k.leads[1], at
from k, qs q, generate_series(1, 2) j,
lateral (select pg_temp.upto(pg_temp.later(q.scored, q.s, 'amended-at' || q.i || j, j * 3000 - 2900, j * 3000), k.as_of) as at offset 0) a
where at is not null and pg_temp.r(q.s, 'amends' || q.i || q.cause, 100) < (array[15, 6])[j];
