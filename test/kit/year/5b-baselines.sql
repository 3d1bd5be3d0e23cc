-- The rows of every version in `bl` from `year.least_version` on.

insert into budget_baseline (tenant_id, id, project_id, handoff_id, version, currency, deal_snapshot_id, terms_digest, terms_revision,
  content_digest, plan_digest, supersedes_id, reason, sources, created_at, created_by)
select k.tenant, b.id, b.project_id, b.handoff_id, b.version, y.currency, ds.id, pg_temp.sha(b.s || 'terms'), 1, pg_temp.sha(b.s || 'content' || b.version),
  pg_temp.sha(b.s || 'plan'), b.supersedes, b.reason, k.sources, b.at, y.owner_id::text
from k, bl b join y on y.n = b.n join ds on ds.n = b.n and ds.is_last
where (b.reason = 'REBASELINE') = current_setting('year.rebaselines')::boolean
order by b.version;

insert into budget_baseline_line (tenant_id, id, baseline_id, position, budget_type, label, hours, cost_minor, price_minor)
select k.tenant, pg_temp.v7(b.at, b.t || 'budget' || b.version || x.position), b.id, x.position, x.budget_type, x.label, x.hours, x.cost, x.price
from k, bl b, lateral (values
  (1, 'engineering', 'Engineering labour', b.hours, b.labour_cost, b.labour_price),
  (2, 'equipment', 'Equipment and licences', '0', b.goods_cost, b.goods_price),
  (3, 'run', 'Managed service', '0', b.run_cost, b.run_price)) x (position, budget_type, label, hours, cost, price)
where (b.reason = 'REBASELINE') = current_setting('year.rebaselines')::boolean;
