-- What had been proven at each win, by what became of every item: the product keeps it at the win.

insert into completeness_at_win (tenant_id, id, handoff_id, deal_snapshot_id, as_of, proven_weight, applicable_weight)
select k.tenant, pg_temp.v7(ds.at, ds.t || 'completeness' || ds.revision), ds.handoff_id, ds.id, w.as_of,
  coalesce(sum(c.weight) filter (where x.applies and x.proven), 0), coalesce(sum(c.weight) filter (where x.applies), 0)
from k, ds join cs c on c.n = ds.n,
lateral (select case when (ds.at at time zone k.zone)::date = ds.won_on then ds.at
  else (ds.won_on + 1)::timestamp at time zone k.zone end as as_of) w,
lateral (select c.required and not (c.state = 'NOT_APPLICABLE' and c.accepted <= w.as_of) as applies,
  c.fate >= 8 and c.state not like 'NOT_%' and case
    when (c.fate between 58 and 71 or c.fate between 76 and 77) and c.given2 <= w.as_of then c.fate >= 66 and c.verified2 <= w.as_of
    when c.fate between 72 and 83 then false
    when c.fate between 84 and 90 and c.ended <= w.as_of then false
    else c.verified1 <= w.as_of
  end as proven) x
where ds.won_on is not null
group by k.tenant, ds.t, ds.revision, ds.at, ds.handoff_id, ds.id, w.as_of;
