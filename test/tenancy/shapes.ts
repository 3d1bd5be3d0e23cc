import type pg from 'pg';

/** A row as the database gives it. */
export type Row = Readonly<Record<string, unknown>>;

interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
}

/** What the probes need to know of a tenant table, from the catalogue. */
export interface TableShape {
  readonly name: string;
  readonly columns: ReadonlyMap<string, string>;
  readonly key: readonly string[];
  readonly uniques: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Columns that the application role may update. */
  readonly updatable: readonly string[];
}

/** Every tenant table. */
export async function tableShapes(owner: pg.Client): Promise<TableShape[]> {
  const names = (relation: string, numbers: string): string =>
    `(select array_agg(a.attname::text order by o.n) from unnest(${numbers}) with ordinality o(num, n) join pg_attribute a on a.attrelid = ${relation} and a.attnum = o.num)`;
  const { rows } = await owner.query(`select c.relname::text as name,
      (select json_object_agg(a.attname, a.atttypid::regtype::text) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select ${names('c.oid', 'i.indkey::int2[]')} from pg_index i where i.indrelid = c.oid and i.indisprimary) as key,
      (select json_agg(${names('c.oid', 'i.indkey::int2[]')}) from pg_index i where i.indrelid = c.oid and i.indisunique and not i.indisprimary) as uniques,
      (select json_agg(json_build_object('name', k.conname, 'columns', ${names('k.conrelid', 'k.conkey')}, 'target', k.confrelid::regclass::text, 'targetColumns', ${names('k.confrelid', 'k.confkey')}))
        from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> 'tenant'::regclass) as foreign_keys,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and has_column_privilege('countersign_app', c.oid, a.attnum, 'UPDATE')) as updatable
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not in ('tenant', 'migration') order by 1`);
  return rows.map((row) => ({
    name: row.name,
    columns: new Map(Object.entries(row.columns as Record<string, string>)),
    key: row.key,
    uniques: row.uniques ?? [],
    foreignKeys: row.foreign_keys ?? [],
    updatable: row.updatable,
  }));
}

/** The rows of two tenants, by table; read past row-level security. */
export interface TwoTenants {
  readonly own: string;
  readonly foreign: string;
  readonly rows: (table: string, tenant: string) => readonly Row[];
}

/** Takes from a table what could speak before a foreign key: its checks, and the keys that nothing refers to. */
export async function loosen(superuser: pg.Client, { name }: TableShape): Promise<void> {
  const { rows } = await superuser.query<{ text: string }>(
    `select format('alter table %I drop constraint %I', $1::text, conname) as text from pg_constraint k
      where conrelid = $1::regclass and (contype = 'c' or contype = 'u'
        and not exists (select 1 from pg_constraint f where f.contype = 'f' and f.conindid = k.conindid))
     union all
     select format('drop index %I', i.indexrelid::regclass) from pg_index i where i.indrelid = $1::regclass and i.indisunique
        and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)`,
    [name],
  );
  for (const { text } of rows) await superuser.query(text);
}

/** Opens a transaction of the application role in a tenant, as the gateway does. */
export async function within(client: pg.Client, tenantId: string, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`set local app.tenant_id = '${tenantId}'`);
    await work();
  } finally {
    await client.query('rollback');
  }
}

/** Reads every row of two tenants with a role that sees them all. */
export async function twoTenants(
  superuser: pg.Client,
  shapes: readonly TableShape[],
  own: string,
  foreign: string,
): Promise<TwoTenants> {
  const all = new Map<string, readonly Row[]>();
  for (const { name, key } of shapes) {
    for (const tenant of [own, foreign]) {
      const { rows } = await superuser.query(
        `select * from ${name} where tenant_id = $1 order by ${key.map((column) => `${column} desc`).join(', ')} limit 30`,
        [tenant],
      );
      all.set(`${name} ${tenant}`, rows as Row[]);
    }
  }
  return { own, foreign, rows: (table, tenant) => all.get(`${table} ${tenant}`) ?? [] };
}
