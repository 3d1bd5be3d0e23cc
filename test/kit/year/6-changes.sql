-- Scope changes with their requests, promises, entries of the decision log.

create temp table sc on commit drop as
select y.n, y.s, y.t, y.id as handoff_id, y.project_id, i, raised, pg_temp.v7(raised, y.t || 'scope-change' || i) as id,
  (array['MISSING', 'WRONG', 'AMBIGUOUS', 'CLIENT_REQUEST', 'CLIENT_REQUEST', 'VENDOR', 'OTHER'])[1 + pg_temp.r(y.s, 'cause' || i, 7)] as cause,
  case when pg_temp.r(y.s, 'asker' || i, 2) = 0 then y.owner_id else y.manager_id end as requested_by,
  state, case when state <> 'PENDING' then decided end as decided, case when state = 'USED' then pg_temp.upto(decided + interval '3 hours', y.stop) end as used,
  pg_temp.r(y.s, 'dearer' || i, 400000) - 100000 as price_more, pg_temp.r(y.s, 'costlier' || i, 400000) as cost_more,
  b.id as baseline_id, b.version as baseline_version, b.hours, b.labour_price, b.labour_cost, b.goods_price, b.goods_cost, b.run_price, b.run_cost,
  y.currency, last.version + 1 as new_version, last.id as last_id
from k, y, generate_series(1, 3) i,
lateral (select pg_temp.upto(case when pg_temp.r(y.s, 'changes' || i, 100) < (array[40, 25, 12])[i]
    then pg_temp.later(y.sign1, y.s, 'raised' || i, 60, 90000) end, y.stop) as raised offset 0) a,
lateral (select pg_temp.upto(pg_temp.later(raised, y.s, 'change-decided' || i, 30, 9000), y.stop) as decided offset 0) d,
lateral (select case
    when decided is null then 'PENDING'
    when i = 1 and pg_temp.r(y.s, 'moves', 100) < 60 and decided + interval '3 hours' <= y.stop then 'USED'
    else (array['APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN'])[1 + pg_temp.r(y.s, 'change-verdict' || i, 4)] end as state offset 0) e,
lateral (select * from bl where bl.n = y.n and bl.at <= raised order by bl.version desc limit 1) b,
lateral (select bl.id, bl.version from bl where bl.n = y.n order by bl.version desc limit 1) last
where raised is not null and y.sign1 is not null;

insert into ar
select c.n, c.s, c.t, 's' || c.i, pg_temp.v7(c.raised, c.t || 'requests' || c.i), 'ScopeChange', c.id, 'REBASELINE', c.requested_by, c.raised, null,
  c.decided, c.state, false, c.used, pg_temp.sha(c.s || 'change' || c.i)
from sc c;

insert into bl
select c.n, c.s, c.t, c.handoff_id, c.project_id, c.new_version, c.used, 'REBASELINE', pg_temp.v7(c.used, c.t || 'rebaseline'), c.last_id,
  c.hours, c.labour_price + c.price_more, c.labour_cost + c.cost_more, c.goods_price, c.goods_cost, c.run_price, c.run_cost
from sc c where c.used is not null;
