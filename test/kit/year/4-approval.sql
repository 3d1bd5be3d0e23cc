-- Requests for margin exceptions with rounds, votes, grants and uses. Those of scope changes come with the scope changes.

create temp table ar (n int, s text, t text, i text, id uuid, subject_type text, subject_id uuid, kind text, requester_id uuid,
  opened timestamptz, round2 timestamptz, decided timestamptz, state text, emergency boolean, used timestamptz, digest text) on commit drop;

insert into ar
select y.n, y.s, y.t, 'm' || i, pg_temp.v7(opened, y.t || 'request' || i), 'Handoff', y.id, 'MARGIN_EXCEPTION', y.owner_id, opened,
  case when pg_temp.r(y.s, 'round' || i, 100) < 20 and decided is not null then opened + (decided - opened) / 2 end,
  case when state = 'PENDING' then null else decided end, state,
  state in ('APPROVED', 'USED') and pg_temp.r(y.s, 'emergency' || i, 100) < 15,
  case when state = 'USED' then used end, pg_temp.sha(y.s || 'exception' || i)
from k, y, generate_series(1, 2) i,
lateral (select pg_temp.upto(pg_temp.later(y.opened_at, y.s, 'asked' || i, 10 + (i - 1) * 1500, i * 1500), y.stop) as opened offset 0) a,
lateral (select pg_temp.upto(case when i = 1 then pg_temp.later(opened, y.s, 'decided1', 3, 1400)
    when pg_temp.r(y.s, 'slow', 100) < 70 then pg_temp.later(opened, y.s, 'decided2', 30, 9000)
    else pg_temp.later(opened, y.s, 'decided2', 3, 60) end, y.stop) as decided,
  case when y.sub2 is not null and pg_temp.r(y.s, 'used-late', 100) < 30 then y.sub2 else y.sub1 end as used offset 0) b,
lateral (select case
    when decided is null then 'PENDING'
    when decided < used and pg_temp.r(y.s, 'verdict-of' || i, 100) < 60 then 'USED'
    when i = 2 then (array['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN'])[1 + pg_temp.r(y.s, 'verdict2-of' || i, 5)]
    else (array['REJECTED', 'EXPIRED', 'WITHDRAWN'])[1 + pg_temp.r(y.s, 'verdict3-of' || i, 3)]
  end as state offset 0) c
where opened is not null and pg_temp.r(y.s, 'asks' || i, 100) < (array[34, 24])[i] and (i = 1 or decided is not null);

-- Two of one handoff never stand open beside each other.
delete from ar a using ar b where a.n = b.n and a.i = 'm2' and b.i = 'm1' and b.state = 'PENDING';
