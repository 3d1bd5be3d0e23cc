-- The year of one tenant: what becomes of every handoff, drawn from the seed alone. One row of `y` a handoff holds every
-- instant of its passage; the other files turn it into rows. Everything is a function of the seed and the number of the
-- handoff, so that the same seed makes the same year in every database; only the keys differ with the tenant.

create or replace function pg_temp.r(seed text, salt text, below int) returns int language sql immutable as
  'select ((hashtextextended(seed || salt, 0) & 9223372036854775807) % below)::int';

-- An instant so many minutes after another, to the millisecond.
create or replace function pg_temp.later(at timestamptz, seed text, salt text, lo int, hi int)
  returns timestamptz language sql immutable as
  'select at + make_interval(secs => round((lo * 60000::bigint
     + (hashtextextended(seed || salt, 7) & 9223372036854775807) % ((hi - lo) * 60000::bigint))::numeric / 1000, 3)::float8)';

-- What lies after the end of the story has not happened.
create or replace function pg_temp.upto(at timestamptz, stop timestamptz) returns timestamptz language sql immutable as
  'select case when at <= stop then date_trunc(''milliseconds'', at) end';

-- A key in the form of a UUID version 7 of an instant, so that keys sort like those that the product makes.
create or replace function pg_temp.v7(at timestamptz, key text) returns uuid language sql immutable as
  'select overlay(overlay(overlay(md5(key) placing lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, ''0'') from 1)
     placing ''7'' from 13) placing ''8'' from 17)::uuid';

create or replace function pg_temp.sha(key text) returns text language sql immutable as
  'select encode(sha256(key::bytea), ''hex'')';

create temp table k on commit drop as
with held as (
  select g.role, array_agg(p.id order by p.handle) as ids
  from role_grant g join person p on p.tenant_id = g.tenant_id and p.id = g.person_id
  where g.tenant_id = current_setting('app.tenant_id')::uuid and g.revoked_at is null and p.state = 'ACTIVE'
  group by g.role
)
select current_setting('app.tenant_id')::uuid as tenant,
  current_setting('year.seed') as seed,
  current_setting('year.zone') as zone,
  current_setting('year.currency') as currency,
  current_setting('year.foreign') as foreign_currency,
  current_setting('year.handoffs')::int as handoffs,
  current_setting('year.first')::int as first,
  current_setting('year.clients')::int as clients,
  current_setting('year.from')::timestamptz as from_at,
  current_setting('year.to')::timestamptz as to_at,
  current_setting('year.as_of')::timestamptz as as_of,
  (select v.id from configuration_version v where v.tenant_id = current_setting('app.tenant_id')::uuid and v.state = 'EFFECTIVE'
    order by v.version desc limit 1) as version_id,
  (select ids from held where role = 'SALES_MANAGER') as sellers,
  (select ids from held where role = 'DELIVERY_MANAGER') as managers,
  (select ids from held where role = 'FINANCE_APPROVER') as finance,
  (select ids from held where role = 'SERVICE_DELIVERY_LEAD') as leads,
  '[{"type":"CONFIGURATION","id":"year","version":"1","hash":"' || repeat('0', 64) || '"}]' as sources;

-- Every step builds on the one before.
create temp table y on commit drop as
with z as materialized (
  select n, k.seed || ':' || n || ':' as s, k.tenant || k.seed || ':' || n || ':' as t
  from k, generate_series(k.first, k.first + k.handoffs - 1) n),
a as materialized (
  select z.*, date_trunc('milliseconds', k.from_at + (k.to_at - k.from_at) * (pg_temp.r(s, 'open', 1000000) / 1000000.0)) as opened_at,
  (array['managed-network', 'managed-network', 'cloud-migration', 'managed-services-onboarding'])[1 + pg_temp.r(s, 'template', 4)] as template,
  (array['LIGHT', 'STANDARD', 'STANDARD', 'HIGH_TOUCH'])[1 + pg_temp.r(s, 'tier', 4)] as tier,
  (array['enterprise', 'smb', null])[1 + pg_temp.r(s, 'segment', 3)] as segment,
  k.sellers[1 + pg_temp.r(s, 'owner', array_length(k.sellers, 1))] as owner_id,
  k.managers[1 + pg_temp.r(s, 'manager', array_length(k.managers, 1))] as manager_drawn,
  pg_temp.r(s, 'client', k.clients) as client_no,
  case when pg_temp.r(s, 'currency', 100) < 6 then k.foreign_currency else k.currency end as currency,
  20 + pg_temp.r(s, 'hours', 180) as labour_hours,
  300000 + pg_temp.r(s, 'labour', 2000000) as labour_price,
  pg_temp.r(s, 'goods', 900000) as goods_price,
  5000 + pg_temp.r(s, 'run', 90000) as run_price,
  pg_temp.r(s, 'known', 100) >= 6 as cost_known
  from k, z),
b as materialized (
  select a.*, case template
    when 'managed-network' then (array['NEW_BUSINESS', 'EXPANSION', 'RENEWAL', 'UPSELL', 'POC_TO_PAID'])[1 + pg_temp.r(s, 'type', 5)]
    when 'cloud-migration' then (array['NEW_BUSINESS', 'EXPANSION', 'POC_TO_PAID'])[1 + pg_temp.r(s, 'type', 3)]
    else (array['NEW_BUSINESS', 'EXPANSION', 'RENEWAL', 'UPSELL'])[1 + pg_temp.r(s, 'type', 4)]
  end as deal_type,
  labour_price * (50 + pg_temp.r(s, 'labour-cost', 40)) / 100 as labour_cost,
  goods_price * (70 + pg_temp.r(s, 'goods-cost', 25)) / 100 as goods_cost,
  run_price * (40 + pg_temp.r(s, 'run-cost', 45)) / 100 as run_cost,
  pg_temp.upto(case when pg_temp.r(s, 'withdraw', 100) < 7 then pg_temp.later(opened_at, s, 'withdrawn', 600, 60000) end, k.as_of)
    as withdrawn_at
  from k, a),
c as materialized (
  select b.*, coalesce(withdrawn_at, k.as_of) as stop
  from k, b),
d as materialized (
  select c.*, pg_temp.upto(case when pg_temp.r(s, 'win', 100) < 95 then pg_temp.later(opened_at, s, 'won', 60, 43000) end, stop) as won1
  from k, c),
e as materialized (
  select d.*, pg_temp.upto(case when pg_temp.r(s, 'lose', 100) < 6 then pg_temp.later(won1, s, 'lost', 120, 13000) end, stop) as lost,
  case when pg_temp.r(s, 'back', 100) < 13 then 1 + pg_temp.r(s, 'days-back', 3) else 0 end as back,
  pg_temp.upto(case
    when pg_temp.r(s, 'submit', 100) >= 95 then null
    when pg_temp.r(s, 'lag', 100) < 55 then pg_temp.later(won1, s, 'sub1', 5, 1300)
    when pg_temp.r(s, 'lag', 100) < 78 then pg_temp.later(won1, s, 'sub1', 1300, 2000)
    else pg_temp.later(won1, s, 'sub1', 2000, 15000) end, stop) as sub1
  from k, d),
f as materialized (
  select e.*, pg_temp.upto(case when pg_temp.r(s, 'rewin', 100) < 75 then pg_temp.later(lost, s, 'rewon', 60, 17000) end, stop) as rewon,
  pg_temp.upto(case when pg_temp.r(s, 'return', 100) < 24 then pg_temp.later(sub1, s, 'ret1', 60, 2400) end, stop) as ret1
  from k, e),
g as materialized (
  select f.*, case when lost is null then won1 else rewon end as win,
  pg_temp.upto(case when pg_temp.r(s, 'correct', 100) < 88 then pg_temp.later(ret1, s, 'sub2', 30, 2200) end, stop) as sub2
  from k, f),
h as materialized (
  select g.*, pg_temp.upto(case when pg_temp.r(s, 'again', 100) < 25 then pg_temp.later(sub2, s, 'ret2', 60, 2400) end, stop) as ret2
  from k, g),
i as materialized (
  select h.*, pg_temp.upto(case when pg_temp.r(s, 'last', 100) < 80 then pg_temp.later(ret2, s, 'sub3', 30, 2200) end, stop) as sub3
  from k, h),
j as materialized (
  select i.*, coalesce(sub3, sub2, sub1) as last_sub
  from k, i),
l as materialized (
  select j.*, pg_temp.upto(case
    when last_sub is null or win is null or greatest(ret1, ret2) > last_sub then null
    when pg_temp.r(s, 'sign', 100) < 90 then pg_temp.later(greatest(last_sub, win), s, 'sign1', 90, 8000) end, stop) as sign1
  from k, j),
m as materialized (
  select l.*, pg_temp.upto(case when pg_temp.r(s, 'lapse', 100) < 14 then pg_temp.later(sign1, s, 'end1', 600, 6000) end, stop) as end1
  from k, l),
o as materialized (
  select m.*, pg_temp.upto(case when pg_temp.r(s, 'resign', 100) < 75 then pg_temp.later(end1, s, 'sign2', 120, 4000) end, stop) as sign2,
  pg_temp.upto(case when pg_temp.r(s, 'kick0', 100) < 50 and end1 is not null then pg_temp.later(sign1, s, 'kick0', 30, 500) end, stop) as kick0
  from k, m),
p as materialized (
  select o.*, case when sign2 is not null then sign2 when end1 is null then sign1 end as live_sign
  from k, o),
q as materialized (
  select p.*, pg_temp.upto(case when pg_temp.r(s, 'schedule', 100) < 93 then pg_temp.later(live_sign, s, 'sched1', 20, 3000) end, stop) as sched1
  from k, p),
u as materialized (
  select q.*, pg_temp.upto(case when pg_temp.r(s, 'move', 100) < 12 then pg_temp.later(sched1, s, 'moved', 30, 1200) end, stop) as moved
  from k, q),
v as materialized (
  select u.*, date_trunc('hour', pg_temp.later(coalesce(moved, sched1), s, 'starts', 1440, 11000)) as starts_at
  from k, u),
w as materialized (
  select v.*, pg_temp.upto(case when pg_temp.r(s, 'hold', 100) < 90 then pg_temp.later(starts_at, s, 'held', 0, 120) end, stop) as held
  from k, v),
x as materialized (
  select w.*, pg_temp.upto(case when pg_temp.r(s, 'pause', 100) < 20 then pg_temp.later(win, s, 'pause1', 120, 6000) end, stop) as pause1,
  pg_temp.upto(case when pg_temp.r(s, 'introduce', 100) < 86 then pg_temp.later(win, s, 'introduced', 30, 4600) end, stop) as introduced,
  pg_temp.upto(case when pg_temp.r(s, 'early', 100) < 20 then pg_temp.later(held, s, 'early', 1440, 8000) end, stop) as feedback_early,
  pg_temp.upto(case when pg_temp.r(s, 'feedback', 100) < 78 then pg_temp.later(held, s, 'feedback', 9000, 30000) end, stop) as feedback
  from k, w),
aa as materialized (
  select x.*, pg_temp.upto(case when pg_temp.r(s, 'resume', 100) < 82 then pg_temp.later(pause1, s, 'resume1', 200, 8000) end, stop) as resume1
  from k, x),
bb as materialized (
  select aa.*, pg_temp.upto(case when pg_temp.r(s, 'pause2', 100) < 25 then pg_temp.later(resume1, s, 'pause2', 60, 3000) end, stop) as pause2
  from k, aa),
cc as materialized (
  select bb.*, pg_temp.upto(case when pg_temp.r(s, 'resume2', 100) < 70 then pg_temp.later(pause2, s, 'resume2', 200, 4000) end, stop) as resume2
  from k, bb),
dd as materialized (
  select cc.*, case when sub1 is not null or pg_temp.r(s, 'managed', 100) < 40 then manager_drawn end as manager_id
  from k, cc)
select n, s, t, pg_temp.v7(opened_at, t || 'handoff') as id, pg_temp.v7(opened_at, t || 'deal') as deal_id,
  pg_temp.v7(sub1, t || 'project') as project_id,
  pg_temp.v7(k.from_at, k.tenant || k.seed || 'client' || client_no) as client_id,
  opened_at, template, deal_type, tier, segment, owner_id, manager_id, client_no, dd.currency, withdrawn_at, stop,
  won1, lost, rewon, win, back, sub1, ret1, sub2, ret2, sub3, last_sub, sign1, end1, sign2, live_sign,
  kick0, sched1, moved, starts_at, held, pause1, resume1, pause2, resume2, introduced, feedback_early, feedback,
  labour_hours, labour_price, labour_cost, goods_price, goods_cost, run_price, run_cost, cost_known,
  case
    when withdrawn_at is not null then 'WITHDRAWN'
    when feedback is not null then 'CLOSED'
    when held is not null then 'KICKED_OFF'
    when sched1 is not null then 'KICKOFF_SCHEDULED'
    when live_sign is not null then 'SIGNED_OFF'
    when greatest(ret1, ret2) > last_sub then 'RETURNED'
    when sub1 is not null then 'IN_REVIEW'
    else 'DRAFT'
  end as stage
from k, dd;
create index on y (n);
analyze y;
