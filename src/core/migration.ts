import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the application role may do with the rows of a table. Never TRUNCATE, REFERENCES or TRIGGER (reliability 1.2). */
export type Grants =
  'select' | 'select, insert' | 'select, insert, update' | 'select, insert, delete' | 'select, insert, update, delete';

/** One policy form everywhere: bare, because Citus refuses a sub-select and the planner needs no more (design 4). */
const POLICY = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid";

/**
 * Creates a tenant's table: `tenant_id` and the key `(tenant_id, ...)`, forced row-level security with the one policy,
 * and the grants of the application role. `columns` is the rest of the definition; it may be empty.
 */
export async function createTenantTable(
  runner: QueryRunner,
  name: string,
  columns: string,
  grants: Grants,
  key = 'tenant_id, id',
): Promise<void> {
  const id = key === 'tenant_id, id' ? 'id uuid not null,' : '';
  const rest = columns === '' ? '' : `${columns},`;
  await runner.query(`create table ${name} (
    tenant_id uuid not null references tenant (tenant_id),
    ${id}
    ${rest}
    primary key (${key})
  )`);
  await runner.query(`alter table ${name} enable row level security`);
  await runner.query(`alter table ${name} force row level security`);
  await runner.query(`create policy tenant_isolation on ${name} using (${POLICY}) with check (${POLICY})`);
  await runner.query(`grant ${grants} on ${name} to ${await applicationRole(runner)}`);
}

/** The name of the role that the servers use, quoted; the migrate command sets it on the connection. */
export async function applicationRole(runner: QueryRunner): Promise<string> {
  const rows = (await runner.query(
    "select quote_ident(nullif(current_setting('countersign.application_role', true), '')) as role",
  )) as { role: string | null }[];
  const role = rows[0]?.role;
  if (!role) throw new Error('countersign.application_role is not set: run migrations with `countersign migrate`');
  return role;
}

/** Whether Citus is there: tables that it is to distribute have no triggers (EnsureRelationHasNoTriggers). */
export async function hasCitus(runner: QueryRunner): Promise<boolean> {
  const rows = (await runner.query("select exists (select 1 from pg_extension where extname = 'citus') as has")) as {
    has: boolean;
  }[];
  return rows[0]?.has ?? false;
}

/**
 * A backfill or a new constraint on a table under FORCE: the owner sees no rows there, so an update would report 0 and
 * a foreign key would validate over orphans. Runs the work between NO FORCE and FORCE in the migration's transaction.
 */
export async function withoutForce(runner: QueryRunner, table: string, work: () => Promise<void>): Promise<void> {
  await runner.query(`alter table ${table} no force row level security`);
  await work();
  await runner.query(`alter table ${table} force row level security`);
}

/**
 * Lets a text column hold these values beside those that its check lists; the check has the name that PostgreSQL gave it,
 * `<table>_<column>_check`.
 */
export function allowValues(
  runner: QueryRunner,
  table: string,
  column: string,
  values: readonly string[],
): Promise<void> {
  return changeValues(runner, table, column, (listed) => [...new Set([...listed, ...values])]);
}

/** Takes back what `allowValues` allowed. */
export function forbidValues(
  runner: QueryRunner,
  table: string,
  column: string,
  values: readonly string[],
): Promise<void> {
  return changeValues(runner, table, column, (listed) => listed.filter((value) => !values.includes(value)));
}

async function changeValues(
  runner: QueryRunner,
  table: string,
  column: string,
  change: (listed: readonly string[]) => readonly string[],
): Promise<void> {
  const name = `${table}_${column}_check`;
  const [check] = (await runner.query(
    'select pg_get_constraintdef(oid) as text from pg_constraint where conname = $1 and conrelid = $2::regclass',
    [name, table],
  )) as { text: string }[];
  if (!check) throw new Error(`${table} has no check ${name}`);
  const listed = [...check.text.matchAll(/'([^']+)'/g)].map(([, value]) => value!);
  const values = change(listed).map((value) => `'${value}'`);
  await withoutForce(runner, table, async () => {
    await runner.query(`alter table ${table} drop constraint ${name}`);
    await runner.query(`alter table ${table} add constraint ${name} check (${column} in (${values.join(', ')}))`);
  });
}

/** Going down would destroy evidence, so every migration refuses while the ledger has a row. */
export async function refuseOverEvidence(runner: QueryRunner): Promise<void> {
  let kept = false;
  await withoutForce(runner, 'ledger_entry', async () => {
    const rows = (await runner.query('select exists (select 1 from ledger_entry) as kept')) as { kept: boolean }[];
    kept = rows[0]?.kept ?? true;
  });
  if (kept)
    throw new Error(
      'The ledger is not empty: migrating down would destroy evidence. Export it first, and drop the database by hand if you mean to.',
    );
}

/** A migration that creates tables in order, and drops them in reverse while nothing has happened yet. */
export abstract class TablesMigration implements MigrationInterface {
  abstract readonly tables: readonly string[];

  abstract up(runner: QueryRunner): Promise<void>;

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    for (const table of this.tables.toReversed()) await runner.query(`drop table ${table}`);
  }
}
