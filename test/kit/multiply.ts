import pg from 'pg';

/** Forgets keys of a table and makes copies of one of its rows, the newest that `where` finds: as older rows than any. */
async function copies(client: pg.Client, table: string, where: string, rows: number): Promise<void> {
  const { rowCount } = await client.query(`select 1 from ${table} where ${where} limit 1`);
  if (rowCount === 0) return;
  const { rows: keys } = await client.query<{ name: string; is_constraint: boolean }>(
    `select i.indexrelid::regclass::text as name, c.oid is not null as is_constraint from pg_index i
      left join pg_constraint c on c.conindid = i.indexrelid and c.conrelid = i.indrelid
      where i.indrelid = $1::regclass and i.indisunique and not i.indisprimary`,
    [table],
  );
  for (const { name, is_constraint: isConstraint } of keys)
    await client.query(
      isConstraint ? `alter table ${table} drop constraint if exists ${name} cascade` : `drop index ${name}`,
    );
  const { rows: columns } = await client.query<{ names: string }>(
    `select string_agg(quote_ident(attname), ', ') as names from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname <> 'id'`,
    [table],
  );
  const { names } = columns[0]!;
  await client.query(
    `insert into ${table} (id, ${names})
      select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, ${names}
      from (select * from ${table} where ${where} order by id desc limit 1) newest, generate_series(1, $1) n`,
    [rows],
  );
}

async function pastForeignKeys(superuserUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Copies the newest row of each table of a tenant until there are so many, as older rows than any. As the superuser, past
 * foreign keys, and without the tables' other keys: for counting what a page of many costs, and for nothing else.
 */
export async function multiply(
  superuserUrl: string,
  tenantId: string,
  tables: readonly string[],
  rows: number,
): Promise<void> {
  await pastForeignKeys(superuserUrl, async (client) => {
    for (const table of tables) await copies(client, table, `tenant_id = '${tenantId}'`, rows);
  });
}

/** The same of whatever a handoff may have many of: the newest row of each kind, so many times more. */
export async function multiplyChildren(
  superuserUrl: string,
  { tenantId, handoffId, rows }: { readonly tenantId: string; readonly handoffId: string; readonly rows: number },
): Promise<void> {
  await pastForeignKeys(superuserUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select c.relname as name from pg_class c
        join pg_attribute h on h.attrelid = c.oid and h.attname = 'handoff_id'
        join pg_attribute i on i.attrelid = c.oid and i.attname = 'id'
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'checklist_item'
          and not exists (select 1 from pg_index u where u.indrelid = c.oid and u.indisunique
            and (select array_agg(a.attname::text order by a.attname) from pg_attribute a
              where a.attrelid = c.oid and a.attnum = any(u.indkey)) = '{handoff_id,tenant_id}')`,
    );
    for (const { name } of tables)
      await copies(client, name, `tenant_id = '${tenantId}' and handoff_id = '${handoffId}'`, rows);
  });
}
