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
    extra: {
      options: `-c countersign.application_role=${role} -c lock_timeout=5000`,
      application_name: 'countersign-migrate',
    },
  });
  try {
    await source.initialize();
  } catch (error) {
    throw new StartupError(`The database of DATABASE_OWNER_URL cannot be used: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  const [{ version }] = (await source.query(
    "select current_setting('server_version_num')::int / 10000 as version",
  )) as [{ version: number }];
  if (version < LEAST_POSTGRES) {
    await source.destroy();
    throw new StartupError(`The database is PostgreSQL ${version}: Countersign needs ${LEAST_POSTGRES} or newer.`);
  }
  return source;
}
