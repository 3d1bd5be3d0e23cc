import pg from 'pg';
import { tableOf } from '../../src/core/table.js';
import { ENTITIES } from '../../src/entities.js';
import { openSuite, type Suite } from '../kit/suite.js';

/** Tables that belong to no tenant. Whoever adds one here says why in docs/decisions/0005. */
const GLOBAL = ['tenant', 'migration'];

/** Types whose comparison PostgreSQL runs behind a row-level-security barrier: they never serve as index conditions. */
const LEAKPROOF = ['uuid', 'text', 'int4', 'int8', 'bool', 'date', 'timestamptz'];

describe('the catalogue of the database', () => {
  let suite: Suite;
  let owner: pg.Client;
  const query = async <T>(text: string): Promise<T[]> => (await owner.query(text)).rows as T[];

  beforeAll(async () => {
    suite = await openSuite();
    owner = new pg.Client({ connectionString: suite.ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await suite.close();
  });

  const tables = `select c.oid, c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not in (${GLOBAL.map((t) => `'${t}'`).join(', ')})`;

  it('has tenants at all', async () => {
    expect((await query(tables)).length).toBeGreaterThan(9);
  });

  it('forces row-level security with the one policy on every tenant table', async () => {
    const wrong = await query(`select t.relname from (${tables}) t join pg_class c on c.oid = t.oid
      where not (c.relrowsecurity and c.relforcerowsecurity)
         or (select count(*) from pg_policy p where p.polrelid = t.oid) <> 1
         or not exists (select 1 from pg_policy p where p.polrelid = t.oid and p.polcmd = '*' and p.polpermissive and p.polroles = '{0}'
           and pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = (NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::uuid)'
           and pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid))`);
    expect(wrong).toEqual([]);
  });

  it('leads every key, unique constraint and index with tenant_id', async () => {
    const wrong = await query(`select t.relname, i.indexrelid::regclass::text as index from (${tables}) t join pg_index i on i.indrelid = t.oid
      where (select a.attname from pg_attribute a where a.attrelid = t.oid and a.attnum = i.indkey[0]) is distinct from 'tenant_id'`);
    expect(wrong).toEqual([]);
  });

  it('has a primary key and a NOT NULL tenant on every tenant table', async () => {
    const wrong = await query(`select t.relname from (${tables}) t
      where not exists (select 1 from pg_constraint k where k.conrelid = t.oid and k.contype = 'p')
         or not exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnotnull and a.atttypid = 'uuid'::regtype)`);
    expect(wrong).toEqual([]);
  });

  it('refers from tenant table to tenant table by the tenant as well', async () => {
    const wrong = await query(`select k.conname from pg_constraint k join (${tables}) t on t.oid = k.conrelid
      where k.contype = 'f' and k.confrelid <> 'tenant'::regclass
        and ((select attname from pg_attribute where attrelid = k.conrelid and attnum = k.conkey[1]) <> 'tenant_id'
          or (select attname from pg_attribute where attrelid = k.confrelid and attnum = k.confkey[1]) <> 'tenant_id')`);
    expect(wrong).toEqual([]);
  });

  it('has no foreign key from a global table to a tenant table, no sequence, no enum, no materialized view', async () => {
    expect(await query(`select conname from pg_constraint k where contype = 'f' and k.conrelid = 'tenant'::regclass`)).toEqual([]);
    const kinds = await query(`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('S', 'm', 'v') and relname not like 'migration%'`);
    expect(kinds).toEqual([]);
    expect(await query(`select typname from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'`)).toEqual([]);
  });

  it('indexes only types whose comparison is leakproof', async () => {
    const wrong = await query(`select i.indexrelid::regclass::text as index, y.typname from (${tables}) t
      join pg_index i on i.indrelid = t.oid
      join pg_attribute a on a.attrelid = i.indexrelid join pg_type y on y.oid = a.atttypid
      where y.typname <> all (array[${LEAKPROOF.map((t) => `'${t}'`).join(', ')}])`);
    expect(wrong).toEqual([]);
  });

  it('keeps every instant at milliseconds', async () => {
    const wrong = await query(`select t.relname, a.attname from (${tables}) t join pg_attribute a on a.attrelid = t.oid
      where a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype) and format_type(a.atttypid, a.atttypmod) <> 'timestamp(3) with time zone'`);
    expect(wrong).toEqual([]);
  });

  it('grants the application role no TRUNCATE, REFERENCES or TRIGGER, and nothing on what it must not change', async () => {
    const rows = await query<{ table_name: string; privileges: string }>(`select table_name, string_agg(privilege_type, ',' order by privilege_type) as privileges
      from information_schema.role_table_grants where grantee = 'countersign_app' and table_schema = 'public' group by table_name`);
    expect(rows.filter((row) => /TRUNCATE|REFERENCES|TRIGGER/.test(row.privileges))).toEqual([]);
    const appendOnly = ['ledger_entry', 'deal_snapshot', 'deal_payload', 'quote_line', 'approval_round', 'approval_participant', 'approval_grant', 'contribution', 'budget_baseline', 'budget_baseline_line', 'approval_vote', 'gate_evaluation', 'gate_finding', 'handoff_return'];
    for (const table of appendOnly) expect([table, rows.find((row) => row.table_name === table)?.privileges]).toEqual([table, 'INSERT,SELECT']);
  });

  it('has an application role that owns nothing and cannot bypass', async () => {
    expect(await query(`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'countersign_app'`)).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false },
    ]);
    expect(await query(`select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'countersign_app'`)).toEqual([]);
    expect(await query(`select 1 from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = 'countersign_app'`)).toEqual([]);
  });

  it('has no SECURITY DEFINER function', async () => {
    expect(await query(`select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`)).toEqual([]);
  });

  it('has exactly the tables and columns of the entities', async () => {
    const columns = await query<{ table_name: string; column_name: string }>(`select table_name, column_name from information_schema.columns where table_schema = 'public' and table_name not in (${GLOBAL.map((t) => `'${t}'`).join(', ')})`);
    const inDatabase = columns.map((c) => `${c.table_name}.${c.column_name}`).toSorted();
    const inEntities = ENTITIES.flatMap((entity) => tableOf(entity).columns.map((c) => `${tableOf(entity).name}.${c.name}`)).toSorted();
    expect(inEntities).toEqual(inDatabase);
  });
});
