import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { tableOf } from '../../src/core/table.js';
import { migrateDistributed, distributionScript } from '../../src/cli/distribute.js';
import { type Database, migrateUp } from '../../src/cli/database.js';
import { ENTITIES } from '../../src/entities.js';
import { createDatabase, dropDatabase } from '../../src/sandbox/postgres/index.js';

const cluster = JSON.parse(readFileSync(process.env.COUNTERSIGN_TEST_CLUSTER!, 'utf8')) as {
  ownerUrl: string;
  appUrl: string;
  superuserUrl: string;
};
const TENANT_TABLES = ENTITIES.map((entity) => tableOf(entity).name)
  .filter((name) => name !== 'tenant')
  .toSorted();

interface Place {
  readonly database: Database;
  readonly superuser: pg.Client;
  rows(text: string): Promise<Record<string, unknown>[]>;
}

const places: { name: string; superuser: pg.Client }[] = [];

/** A database of its own, with the stand-ins of Citus where it is asked for. */
async function place(citus: 'citus' | 'plain'): Promise<Place> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  const { ownerUrl, appUrl } = await createDatabase(cluster, name);
  const superuser = new pg.Client({
    connectionString: Object.assign(new URL(cluster.superuserUrl), { pathname: `/${name}` }).href,
  });
  await superuser.connect();
  places.push({ name, superuser });
  const database: Database = {
    applicationUrl: appUrl,
    ownerUrl,
    label: name,
    release: () => Promise.resolve(),
  };
  if (citus === 'citus') await pretendCitus(superuser, name);
  return { database, superuser, rows: async (text) => (await superuser.query(text)).rows };
}

async function pretendCitus(superuser: pg.Client, name: string): Promise<void> {
  await superuser.query(readFileSync('test/kit/citus.sql', 'utf8'));
  await superuser.query(`alter database ${name} set search_path = public, citus`);
  await superuser.query('set search_path = public, citus');
}

afterAll(async () => {
  for (const { name, superuser } of places) {
    await superuser.end();
    await dropDatabase(cluster, name);
  }
});

describe('a new database on Citus', () => {
  let here: Place;
  beforeAll(async () => {
    here = await place('citus');
    await migrateDistributed(here.database);
  });

  it('distributes every tenant table by tenant_id, all of them together, and copies the registry to every node', async () => {
    const asked = (await here.rows('select call from citus.asked order by place')).map(({ call }) => String(call));
    expect(asked[0]).toBe('reference tenant');
    const tables = asked.slice(1).map((call) => /^distribute (\S+) by tenant_id with (\S+)$/.exec(call)!);
    expect(new Set(tables.map(([, table]) => table))).toEqual(new Set(TENANT_TABLES));
    const [first, ...others] = tables;
    expect(first![2]).toBe('none');
    expect(new Set(others.map(([, , beside]) => beside))).toEqual(new Set([first![1]]));
  });

  it('creates no trigger and no function', async () => {
    expect(await here.rows('select tgname from pg_trigger where not tgisinternal')).toEqual([]);
    expect(await here.rows("select proname from pg_proc where pronamespace = 'public'::regnamespace")).toEqual([]);
  });

  it('leaves every table under forced row-level security, and lets the tenant travel to the workers', async () => {
    const open = `select relname from pg_class where relname = any (array[${TENANT_TABLES.map((name) => `'${name}'`).join()}])
      and not (relrowsecurity and relforcerowsecurity)`;
    expect(await here.rows(open)).toEqual([]);
    const [row] = await here.rows(
      'select setconfig from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()',
    );
    expect(row!.setconfig).toContain('citus.propagate_set_commands=local');
  });

  it('has nothing left to do the second time', async () => {
    expect(await migrateDistributed(here.database)).toEqual([]);
  });

  it('goes on where a run was stopped', async () => {
    await here.rows("delete from citus.pg_dist_partition where logicalrelid = 'ledger_head'::regclass");
    expect(await migrateDistributed(here.database)).toContain('ledger_head by tenant_id');
  });

  describe('is refused what Citus refuses, by the stand-ins', () => {
    it.each([
      {
        what: 'a unique index without the tenant',
        ddl: 'create unique index on client (external_id)',
        message: /does not include the distribution column/,
      },
      {
        what: 'a foreign key that forgets a row',
        ddl: 'alter table client add column x uuid, add foreign key (tenant_id, x) references client on delete set null (x)',
        message: /SET NULL or SET DEFAULT is not supported/,
      },
      {
        what: 'a foreign key to a table that is not distributed yet',
        ddl: 'alter table client add column x uuid, add foreign key (tenant_id, x) references person',
        message: /must be a distributed table/,
      },
      {
        what: 'a foreign key by the id alone',
        ddl: 'alter table client add unique (id, tenant_id), add column x uuid, add foreign key (x, tenant_id) references client (tenant_id, id)',
        message: /stands elsewhere/,
      },
      {
        what: 'a trigger',
        ddl: `create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger t before insert on client for each row execute function f()`,
        message: /has triggers/,
      },
      {
        what: 'a policy with a sub-select',
        ddl: "create policy more on client using (tenant_id = (select current_setting('app.tenant_id')::uuid))",
        message: /subqueries/,
      },
      { what: 'a sequence', ddl: 'alter table client add column n bigserial', message: /from a sequence/ },
      {
        what: 'forced row-level security, which hides the rows that are to move',
        ddl: 'alter table client force row level security',
        message: /left behind/,
      },
    ])('$what', async ({ ddl, message }) => {
      await here.rows('begin');
      try {
        await here.rows(
          `set local citus.enable_local_reference_table_foreign_keys = off;
           delete from citus.pg_dist_partition where partmethod = 'h'; alter table client no force row level security; ${ddl}`,
        );
        await expect(here.rows("select create_distributed_table('client', 'tenant_id', 'none')")).rejects.toThrow(
          message,
        );
      } finally {
        await here.rows('rollback');
      }
    });
  });
});

it('moves a database that was on one machine: its triggers go, its tables follow', async () => {
  const here = await place('plain');
  await migrateUp(here.database);
  await pretendCitus(here.superuser, here.database.label);
  expect((await here.rows('select tgname from pg_trigger where not tgisinternal')).length).toBe(8);
  const script = await distributionScript(here.database);
  await migrateDistributed(here.database);
  expect(await here.rows('select tgname from pg_trigger where not tgisinternal')).toEqual([]);
  expect((await here.rows('select call from citus.asked')).length).toBe(TENANT_TABLES.length + 1);
  expect(script).toContain('drop trigger ledger_entry_rows on ledger_entry;');
  expect(script.match(/create_distributed_table\(/g)).toHaveLength(TENANT_TABLES.length);
});

describe('is refused', () => {
  it('without Citus, before anything is changed', async () => {
    const here = await place('plain');
    await expect(migrateDistributed(here.database)).rejects.toThrow('The database has no Citus');
    expect(await here.rows("select relname from pg_class where relname = 'tenant'")).toEqual([]);
  });

  it('on a Citus that does not hand grants of columns on', async () => {
    const here = await place('citus');
    await here.rows("update pg_extension set extversion = '12.1-1' where extname = 'citus'");
    await expect(migrateDistributed(here.database)).rejects.toThrow('Citus 12.1-1: Countersign needs 13.1');
  });
});
