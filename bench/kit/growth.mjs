// Many tenants out of one: copies of a seeded tenant under other tenant ids, by one statement a table. Keys are unique within
// a tenant, so that a copy keeps them, and a database of a million handoffs is made in minutes.
import { load } from './product.mjs';

const { newId } = await load('src/core/id');

/** What the measured operations read and write of a handoff; of other tables a copy has what is not one handoff's. */
const MEASURED = new Set([
  'approval_request',
  'approval_round',
  'approval_step',
  'approval_vote',
  'approval_grant',
  'approval_use',
  'assumption',
  'checklist_item',
  'client',
  'deal',
  'deal_snapshot',
  'decision',
  'evidence',
  'gate_evaluation',
  'gate_finding',
  'handoff',
  'handoff_return',
  'margin_exception',
  'risk',
  'stakeholder',
]);

/** A table with no more rows of the seeded tenant is the tenant's own: people, roles, configuration. */
const FEW = 300;

/** The tables that copies are made of, with their columns. */
async function tablesOf(client, tenantId) {
  const { rows } = await client.query(
    `select c.relname as name, array_agg(json_build_object('name', a.attname, 'type', a.atttypid::regtype::text) order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'tenant'
        and exists (select 1 from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id')
      group by c.relname order by c.relname`,
  );
  const tables = [];
  for (const { name, columns } of rows) {
    const { rowCount } = await client.query(`select 1 from ${name} where tenant_id = $1 limit ${FEW + 1}`, [tenantId]);
    const isMeasured = MEASURED.has(name);
    if (rowCount > 0 && (isMeasured || rowCount <= FEW)) tables.push({ name, columns, isMeasured });
  }
  return tables;
}

/** A column of a copy: whatever says the tenant's id says the copy's. */
function columnOf({ name, type }, isMeasured) {
  if (name === 'tenant_id') return '$2::uuid';
  if (isMeasured || type !== 'uuid') return `"${name}"`;
  return `case when "${name}" = $1 then $2 else "${name}" end`;
}

/**
 * Copies a tenant until there are `count` of them; answers the new ones, as the dataset describes a tenant. Foreign keys are left
 * to those who wrote what is copied. Runs as the superuser, a transaction a tenant.
 */
export async function copyTenants(client, tenant, count, log) {
  const tables = await tablesOf(client, tenant.id);
  const copies = [];
  await client.query("set session_replication_role = 'replica'; set synchronous_commit = off");
  const started = performance.now();
  for (let n = 1; n <= count; n++) {
    const copy = { ...tenant, id: newId(), entraTid: newId(), index: tenant.index + n };
    await client.query('begin');
    await client.query(
      'insert into tenant (tenant_id, entra_tid, state, created_at) select $1, $2, state, created_at from tenant where tenant_id = $3',
      [copy.id, copy.entraTid, tenant.id],
    );
    for (const { name, columns, isMeasured } of tables)
      await client.query(
        `insert into ${name} (${columns.map((column) => `"${column.name}"`).join(', ')})
          select ${columns.map((column) => columnOf(column, isMeasured)).join(', ')} from ${name} where tenant_id = $1`,
        [tenant.id, copy.id],
      );
    await client.query('commit');
    copies.push(copy);
    if (n % 100 === 0) log(`copied ${n} of ${count} tenants, ${Math.round((performance.now() - started) / 1000)} s`);
  }
  await client.query("set session_replication_role = 'origin'; set synchronous_commit = on");
  await client.query('vacuum analyze');
  return copies;
}
