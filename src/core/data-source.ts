import { DataSource, DefaultNamingStrategy, type MigrationInterface } from 'typeorm';
import { ANSWERS_WITHIN, assertVersion, unusable, VERSION } from './reachable.js';
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
