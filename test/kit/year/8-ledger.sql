-- What the ledger tells of a handoff: its opening, the work until the submission in one sitting or two, also another
-- person's, its submissions, and when assumptions were resolved. The sealer comes for it.

create temp table le on commit drop as
select pg_temp.v7(x.at, y.t || x.action || x.key) as id, x.at, x.actor_id, x.action, y.id as handoff_id, x.body, x.outcome
from y, lateral (
  select 'importDeal' as action, '1' as key, y.owner_id as actor_id, y.opened_at as at, '{"adopted":true}' as body, 'DONE' as outcome
  union all select 'importDeal', '2', y.owner_id, y.won1, '{"adopted":true}', 'DONE' where y.won1 is not null
  union all select 'addStatement', j::text, case when j = 3 and y.manager_id is not null then y.manager_id else y.owner_id end,
      y.opened_at + make_interval(mins => j * (2 + pg_temp.r(y.s, 'first-sitting', 14))), '{}', 'DONE'
    from generate_series(1, 4) j where y.sub1 is not null and pg_temp.r(y.s, 'first-sitting', 100) < 80
      and y.opened_at + interval '64 minutes' < y.sub1
  union all select 'addStatement', 'last' || j, y.owner_id, y.sub1 - make_interval(mins => j * (1 + pg_temp.r(y.s, 'last-sitting', 29))), '{}', 'DONE'
    from generate_series(1, 2) j where pg_temp.r(y.s, 'last-sitting', 100) < 75
      and y.sub1 - interval '58 minutes' > y.opened_at + interval '64 minutes'
  union all select 'submitHandoff', 'x', y.owner_id, y.sub1 - interval '17 minutes', '{}', 'REFUSED' where y.sub1 is not null and pg_temp.r(y.s, 'refused', 100) < 45
  union all select 'submitHandoff', v.i::text, y.owner_id, v.at, '{}', 'DONE' from (values (1, y.sub1), (2, y.sub2), (3, y.sub3)) v (i, at) where v.at is not null
  union all select 'resolveAssumption', a.i || ':' || v.j, y.owner_id, v.at, '{"assumptionId":"' || a.id || '","from":"' || v.was || '","state":"' || v.state || '"}', 'DONE'
    from ass a, lateral (values
      (1, a.resolved1, 'ASSUMED', case when a.resolved2 is null then a.state else a.first_state end),
      (2, a.resolved2, a.first_state, a.state)) v (j, at, was, state)
    where a.n = y.n and v.at is not null
) x;

insert into ledger_entry (tenant_id, id, at, actor_kind, actor_id, action, outcome, subject_type, subject_id, content, leaf_hash)
select k.tenant, e.id, e.at, 'PERSON', e.actor_id::text, e.action, e.outcome, 'Handoff', e.handoff_id::text, c.content,
  encode(sha256('\x00'::bytea || convert_to(c.content, 'UTF8')), 'hex')
from k, le e, lateral (select '{"action":"' || e.action || '","actor":{"id":"' || e.actor_id || '","kind":"PERSON"},"at":"'
  || to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '","body":' || e.body || ',"id":"' || e.id || '","outcome":"' || e.outcome
  || '","sources":[],"subject":{"id":"' || e.handoff_id || '","type":"Handoff"},"tenant":"' || k.tenant || '"}' as content offset 0) c;

insert into ledger_pending (tenant_id, id) select k.tenant, e.id from k, le e;
