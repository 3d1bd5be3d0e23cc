-- Clients, deals with their snapshots, handoffs and what people wrote into them.

insert into client (tenant_id, id, name, external_id, created_at)
select distinct k.tenant, y.client_id, 'Client ' || y.client_no, 'Y' || k.seed || '-' || y.client_no, k.from_at - interval '24 hours' from y, k
on conflict do nothing;

create temp table ds on commit drop as
select y.n, y.s, y.t, y.id as handoff_id, y.deal_id, x.revision, x.at, x.won_on, pg_temp.v7(x.at, y.t || 'snapshot' || x.revision) as id,
  row_number() over (partition by y.n order by x.revision desc) = 1 as is_last
from y, k, lateral (values
  (1, y.opened_at, null::date),
  (2, y.won1, (y.won1 at time zone k.zone)::date - y.back),
  (3, y.lost, null),
  (4, y.rewon, (y.rewon at time zone k.zone)::date)) x (revision, at, won_on)
where x.at is not null;

insert into deal (tenant_id, id, source, external_id, client_id, title, current_revision, current_snapshot_id, created_at)
select k.tenant, y.deal_id, 'HALOPSA', 'Y' || k.seed || '-' || y.n, y.client_id, 'Deal ' || y.n, ds.revision, ds.id, y.opened_at
from k, y join ds on ds.n = y.n and ds.is_last;

insert into deal_snapshot (tenant_id, id, deal_id, revision, raw_digest, terms, terms_digest, currency, stage_name, findings,
  imported_by, imported_at, won_on)
select k.tenant, ds.id, ds.deal_id, ds.revision, pg_temp.sha(ds.t || 'raw' || ds.revision),
  json_build_object('version', 1, 'currency', y.currency, 'signedScopeHash', null, 'lines', json_build_array(
    json_build_object('position', 1, 'externalId', '1', 'kind', 'LABOUR', 'productCode', null, 'description', 'Engineering',
      'quantity', '1', 'unitPrice', round(y.labour_price / 100.0, 2)::text, 'discountPercent', '0', 'discountAmount', '0',
      'unitCost', round(y.labour_cost / 100.0, 2)::text, 'billing', 'ONE_OFF', 'billingPeriod', null, 'periods', null,
      'totalMinor', y.labour_price::text, 'costMinor', y.labour_cost::text),
    json_build_object('position', 2, 'externalId', '2', 'kind', 'HARDWARE', 'productCode', null, 'description', 'Equipment',
      'quantity', '1', 'unitPrice', round(y.goods_price / 100.0, 2)::text, 'discountPercent', '0', 'discountAmount', '0',
      'unitCost', case when y.cost_known then round(y.goods_cost / 100.0, 2)::text end, 'billing', 'ONE_OFF',
      'billingPeriod', null, 'periods', null,
      'totalMinor', y.goods_price::text, 'costMinor', case when y.cost_known then y.goods_cost::text end),
    json_build_object('position', 3, 'externalId', '3', 'kind', 'SERVICE', 'productCode', null, 'description', 'Managed service',
      'quantity', '1', 'unitPrice', round(y.run_price / 100.0, 2)::text, 'discountPercent', '0', 'discountAmount', '0',
      'unitCost', round(y.run_cost / 100.0, 2)::text, 'billing', 'RECURRING', 'billingPeriod', 'MONTHLY', 'periods', 12,
      'totalMinor', y.run_price::text, 'costMinor', y.run_cost::text)))::text,
  pg_temp.sha(ds.s || 'terms'), y.currency, case when ds.won_on is null then 'Open' else 'Won' end, '[]',
  y.owner_id::text, ds.at, ds.won_on
from k, ds join y on y.n = ds.n;

insert into quote_line (tenant_id, id, deal_snapshot_id, position, kind, description, quantity, unit_price, discount_percent,
  discount_amount, unit_cost, billing, billing_period, periods, total_minor, cost_minor)
select k.tenant, pg_temp.v7(ds.at, ds.t || 'line' || ds.revision || ':' || x.position), ds.id, x.position, x.kind, x.label, '1',
  round(x.price / 100.0, 2)::text, '0', '0', round(x.cost / 100.0, 2)::text, x.billing, x.billing_period, x.periods, x.price, x.cost
from k, ds join y on y.n = ds.n, lateral (values
  (1, 'LABOUR', 'Engineering', y.labour_price, y.labour_cost, 'ONE_OFF', null, null::int),
  (2, 'HARDWARE', 'Equipment', y.goods_price, case when y.cost_known then y.goods_cost end, 'ONE_OFF', null, null),
  (3, 'SERVICE', 'Managed service', y.run_price, y.run_cost, 'RECURRING', 'MONTHLY', 12)
) x (position, kind, label, price, cost, billing, billing_period, periods)
where ds.is_last;

insert into handoff (tenant_id, id, number, deal_id, client_id, stage, revision, deal_snapshot_id, terms_revision, terms_digest,
  service_template, deal_type, segment, tier, tier_sources, configuration_version_id, checklist_template, answers, owner_id,
  delivery_manager_id, start_on, opened_at, submitted_at, correction_due_at, withdrawn_at, withdrawn_reason, pending_contract)
select k.tenant, y.id, 'H-' || (10000 + y.n), y.deal_id, y.client_id, y.stage, 1 + pg_temp.r(y.s, 'revision', 30), ds.id,
  case when pg_temp.r(y.s, 'terms', 100) < 8 then 2 else 1 end, pg_temp.sha(y.s || 'terms'), y.template, y.deal_type, y.segment, y.tier,
  k.sources, k.version_id, lower(replace(y.tier, '_', '-')), '{}', y.owner_id, y.manager_id,
  ((y.opened_at at time zone k.zone)::date + 20), y.opened_at, y.last_sub,
  case when y.stage = 'RETURNED' then greatest(y.ret1, y.ret2) + interval '24 hours' end,
  y.withdrawn_at, case when y.withdrawn_at is not null then 'The client chose another provider.' end,
  y.stage in ('IN_REVIEW', 'RETURNED') and pg_temp.r(y.s, 'pending', 100) < 5
from k, y join ds on ds.n = y.n and ds.is_last;

insert into stakeholder (tenant_id, id, handoff_id, side, role, name)
select k.tenant, pg_temp.v7(y.opened_at, y.t || 'stakeholder' || i), y.id, 'CLIENT',
  (array['PRIMARY_CONTACT', 'EXECUTIVE_SPONSOR'])[i], 'Contact ' || y.n || '/' || i
from k, y, generate_series(1, 2) i where pg_temp.r(y.s, 'stakeholder' || i, 100) < 90;

insert into risk (tenant_id, id, handoff_id, text, level, mitigation, source, created_at)
select k.tenant, pg_temp.v7(y.opened_at, y.t || 'risk'), y.id, 'Lead time of equipment', (array['LOW', 'MEDIUM', 'HIGH'])[1 + pg_temp.r(y.s, 'risk', 3)],
  case when pg_temp.r(y.s, 'mitigation', 3) > 0 then 'Order early' end, 'Call', y.opened_at
from k, y;

-- Assumptions: of those that were resolved the ledger says when, also when a later word replaced an earlier one.
create temp table ass on commit drop as
select y.n, y.s, y.t, y.id as handoff_id, i, pg_temp.v7(made, y.t || 'assumption' || i) as id, made, resolved1, resolved2,
  case when resolved1 is null then 'ASSUMED' when verdict < 45 then 'REFUTED' else 'CONFIRMED' end as state,
  case when verdict2 < 50 then 'REFUTED' else 'CONFIRMED' end as first_state,
  pg_temp.r(y.s, 'impact' || i, 100) < 60 as has_impact
from k, y, generate_series(1, 4) i,
lateral (select pg_temp.upto(pg_temp.later(y.opened_at, y.s, 'assumed' || i, 1, 2000), y.stop) as made,
  pg_temp.r(y.s, 'verdict' || i, 100) as verdict, pg_temp.r(y.s, 'verdict2' || i, 100) as verdict2 offset 0) a,
lateral (select pg_temp.upto(case
    when pg_temp.r(y.s, 'resolves' || i, 100) < 30 then pg_temp.later(made, y.s, 'resolved' || i, 10, 20000)
    when pg_temp.r(y.s, 'resolves' || i, 100) < 75 then pg_temp.later(coalesce(y.sign1, made), y.s, 'resolved' || i, 10, 60000) end, y.stop) as resolved1 offset 0) b,
lateral (select pg_temp.upto(case when pg_temp.r(y.s, 'revises' || i, 100) < 20 then pg_temp.later(resolved1, y.s, 'revised' || i, 10, 60000) end, y.stop) as resolved2 offset 0) c
where made is not null and pg_temp.r(y.s, 'assumes' || i, 100) < (array[70, 45, 25, 10])[i];

insert into assumption (tenant_id, id, handoff_id, text, state, source, impact, resolution, created_at)
select k.tenant, a.id, a.handoff_id, 'Power is available ' || a.i, a.state, 'Call', case when a.has_impact then 'Two weeks' end,
  case when a.state <> 'ASSUMED' then 'Seen on site' end, a.made
from k, ass a;

insert into commitment_declaration (tenant_id, id, handoff_id, declared_by, declared_at)
select k.tenant, pg_temp.v7(y.sub1, y.t || 'declared'), y.id, y.owner_id, y.sub1
from k, y where y.sub1 is not null and pg_temp.r(y.s, 'promises', 100) >= 70;
