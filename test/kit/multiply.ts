import pg from 'pg';

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
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    for (const table of tables) {
      const { rows: keys } = await client.query<{ name: string; is_constraint: boolean }>(
        `select i.indexrelid::regclass::text as name, c.oid is not null as is_constraint from pg_index i
          left join pg_constraint c on c.conindid = i.indexrelid and c.conrelid = i.indrelid
          where i.indrelid = $1::regclass and i.indisunique and not i.indisprimary`,
        [table],
      );
      for (const { name, is_constraint: isConstraint } of keys)
        await client.query(
          isConstraint ? `alter table ${table} drop constraint ${name} cascade` : `drop index ${name}`,
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
          from (select * from ${table} where tenant_id = $1 order by id desc limit 1) newest, generate_series(1, $2) n`,
        [tenantId, rows],
      );
    }
  } finally {
    await client.end();
  }
}
