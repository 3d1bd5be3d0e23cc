import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.js';
import type { Config } from '../core/config.js';
import { openOwner } from '../core/data-source.js';
import { StartupError } from '../core/startup-error.js';
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
async function runningServer(dataRoot: string): Promise<Database | null> {
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
  const owner = await openOwner(database.ownerUrl, database.applicationUrl, ENTITIES, MIGRATIONS);
  try {
    return await work(owner);
  } finally {
    await owner.destroy();
  }
}

/** Brings the schema up to date; answers the names of what was run. */
export async function migrateUp(database: Database): Promise<string[]> {
  return asOwner(database, async (owner) => (await owner.runMigrations()).map((migration) => migration.name));
}
