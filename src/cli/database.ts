import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.js';
import type { Config } from '../core/config.js';
import type { openOwner } from '../core/data-source.js';
import { assertReachable } from '../core/reachable.js';
import type { AskOwner } from '../core/distribution.js';
import { StartupError } from '../core/startup-error.js';
import { tableOf } from '../core/table.js';
import { ENTITIES } from '../entities.js';
import { startEmbeddedPostgres } from '../sandbox/postgres/index.js';

/** A database that is there: its two addresses, and how to let it go. */
export interface Database {
  readonly applicationUrl: string;
  readonly ownerUrl: string | null;
  readonly label: string;
  release(): Promise<void>;
}

/** Where a running instance says how to reach its embedded server; it holds passwords, so it is the owner's alone. */
const RUNNING = 'database.json';

/** The embedded server of the instance that runs now, for a command beside it; null when none answers. */
export async function runningServer(dataRoot: string): Promise<Database | null> {
  try {
    const { applicationUrl, ownerUrl } = JSON.parse(readFileSync(join(dataRoot, RUNNING), 'utf8')) as Database;
    const client = new pg.Client({ connectionString: applicationUrl, connectionTimeoutMillis: 2000 });
    await client.connect();
    await client.end();
    return {
      applicationUrl,
      ownerUrl,
      label: 'the embedded PostgreSQL of the running instance',
      release: () => Promise.resolve(),
    };
  } catch {
    return null;
  }
}

/** For a command: the database of the running instance when there is one, else one of its own for as long as it takes. */
export async function borrowDatabase(config: Config, root: string): Promise<Database> {
  const running = config.database.kind === 'embedded' ? await runningServer(config.dataRoot) : null;
  return running ?? openDatabase(config, root);
}

/** Starts the embedded server, or takes the external one as it is. */
export async function openDatabase(config: Config, root: string): Promise<Database> {
  if (config.database.kind === 'external') {
    const { url, ownerUrl } = config.database;
    await assertReachable('DATABASE_URL', url);
    const { host, pathname } = new URL(url);
    return {
      applicationUrl: url,
      ownerUrl,
      label: `external PostgreSQL at ${host}${pathname}`,
      release: () => Promise.resolve(),
    };
  }
  const server = await startEmbeddedPostgres({ dataRoot: config.dataRoot, projectRoot: root });
  const note = join(config.dataRoot, RUNNING);
  writeFileSync(note, JSON.stringify({ applicationUrl: server.appUrl, ownerUrl: server.ownerUrl }), { mode: 0o600 });
  return {
    applicationUrl: server.appUrl,
    ownerUrl: server.ownerUrl,
    label: `embedded PostgreSQL ${server.version} on port ${server.port}, data in ${server.dataDirectory}`,
    release: async () => {
      rmSync(note, { force: true });
      await server.stop();
    },
  };
}

type Owner = Awaited<ReturnType<typeof openOwner>>;

/** Work as the owner of the tables: migrations and nothing else. */
export async function asOwner<T>(database: Database, work: (owner: Owner) => Promise<T>): Promise<T> {
  if (!database.ownerUrl)
    throw new StartupError('DATABASE_OWNER_URL is not set: migrations need the role that owns the tables.');
  // TypeORM as a whole is for the owner alone: a process that serves keeps none of it.
  const { openOwner } = await import('../core/data-source.js');
  const owner = await openOwner(database.ownerUrl, database.applicationUrl, ENTITIES, MIGRATIONS);
  try {
    return await work(owner);
  } finally {
    await owner.destroy();
  }
}

/** Two starts at once migrate one after the other; any number that nothing else of the database uses. */
const MIGRATING = 4_837_201;

/** Brings the schema up to date; answers the names of what was run. */
export async function migrateUp(database: Database): Promise<string[]> {
  return asOwner(database, async (owner) => {
    await owner.query(`set lock_timeout = '60s'`);
    await owner.query(`select pg_advisory_lock(${MIGRATING})`);
    return (await owner.runMigrations()).map((migration) => migration.name);
  });
}

/** The owner's own statements of the database, one by one. */
export function asksOwner(owner: Owner): AskOwner {
  return (text) => owner.query(text) as ReturnType<AskOwner>;
}

/** Undoes the last migration; answers its name, or null when there was none. */
export async function migrateDown(database: Database): Promise<string | null> {
  return asOwner(database, async (owner) => {
    const { MigrationExecutor } = await import('typeorm');
    const executed = await new MigrationExecutor(owner).getExecutedMigrations();
    const last = executed.toSorted((a, b) => a.timestamp - b.timestamp).at(-1);
    try {
      if (last) await owner.undoLastMigration();
    } catch (error) {
      throw new StartupError((error as Error).message, { cause: error });
    }
    return last?.name ?? null;
  });
}

/** The names of the migrations that were not run yet. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  return asOwner(database, async (owner) => {
    const { MigrationExecutor } = await import('typeorm');
    return (await new MigrationExecutor(owner).getPendingMigrations()).map(({ name }) => name);
  });
}

/**
 * Nothing runs on a schema that it does not know. Without the owner's address, which a server need not have, the tables
 * alone are looked for.
 */
export async function assertMigrated(database: Database): Promise<void> {
  const isBehind = database.ownerUrl
    ? (await pendingMigrations(database)).length > 0
    : await lacksTables(database.applicationUrl);
  if (isBehind) throw new StartupError('The database has migrations pending: run `countersign migrate up` first.');
}

async function lacksTables(applicationUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: applicationUrl });
  try {
    await client.connect();
    const text = 'select exists (select from unnest($1::text[]) as name where to_regclass(name) is null) as lacks';
    const { rows } = await client.query<{ lacks: boolean }>(text, [ENTITIES.map((entity) => tableOf(entity).name)]);
    return rows[0]?.lacks ?? true;
  } finally {
    await client.end();
  }
}
