import pg from 'pg';
import { DataSource, DefaultNamingStrategy, type MigrationInterface } from 'typeorm';
import { StartupError } from './startup-error.js';
import { type EntityClass, snakeCase } from './table.js';

class SnakeNames extends DefaultNamingStrategy {
  override tableName(className: string, customName?: string): string {
    return customName ?? snakeCase(className);
  }

  override columnName(propertyName: string, customName?: string): string {
    return customName ?? snakeCase(propertyName);
  }
}

type MigrationClass = new () => MigrationInterface;

/** The least version that the product is tested with (issue 1). */
const LEAST_POSTGRES = 15;

/** How long a server may take to answer a connection, in milliseconds. */
const ANSWERS_WITHIN = 10_000;

/**
 * Connects once, so that a wrong address, a silent host, a wrong password or an old server is told before anything
 * else starts. `name` is the setting that holds the address.
 * @throws StartupError in one sentence.
 */
export async function assertReachable(name: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWERS_WITHIN });
  // Without a listener a connection lost in between would end the process; the query that it hits is rejected anyway.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(VERSION);
    assertVersion(rows[0]?.version ?? 0);
  } catch (error) {
    throw unusable(name, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const VERSION = "select current_setting('server_version_num')::int / 10000 as version";

function assertVersion(version: number): void {
  if (version < LEAST_POSTGRES)
    throw new StartupError(`The database is PostgreSQL ${version}: Countersign needs ${LEAST_POSTGRES} or newer.`);
}

function unusable(name: string, error: unknown): StartupError {
  if (error instanceof StartupError) return error;
  // A name with several addresses fails with an error of several errors and no message of its own.
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [error as Error];
  return new StartupError(`The database of ${name} cannot be used: ${first?.message ?? 'no reason given'}.`, {
    cause: error,
  });
}

/**
 * The owner's connection, for migrations alone: requests never go through TypeORM's connections (docs/decisions).
 * The application role is told to the migrations by a setting of the connection.
 */
export async function openOwner(
  ownerUrl: string,
  applicationUrl: string,
  entities: readonly EntityClass[],
  migrations: readonly MigrationClass[],
): Promise<DataSource> {
  const role = decodeURIComponent(new URL(applicationUrl).username);
  const source = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    entities: [...entities],
    migrations: [...migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'all',
    namingStrategy: new SnakeNames(),
    installExtensions: false,
    poolSize: 1,
    connectTimeoutMS: ANSWERS_WITHIN,
    extra: {
      options: `-c countersign.application_role=${role} -c lock_timeout=5000`,
      fallback_application_name: 'countersign-migrate',
    },
  });
  try {
    await source.initialize();
  } catch (error) {
    throw unusable('DATABASE_OWNER_URL', error);
  }
  try {
    const [{ version }] = (await source.query(VERSION)) as [{ version: number }];
    assertVersion(version);
  } catch (error) {
    await source.destroy();
    throw unusable('DATABASE_OWNER_URL', error);
  }
  return source;
}
