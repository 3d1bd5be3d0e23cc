import pg from 'pg';
import { StartupError } from './startup-error.js';

/** The least version that the product is tested with (issue 1). */
const LEAST_POSTGRES = 15;

/** How long a server may take to answer a connection, in milliseconds. */
export const ANSWERS_WITHIN = 10_000;

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

/** Asks a server for its version, as a number. */
export const VERSION = "select current_setting('server_version_num')::int / 10000 as version";

/** @throws StartupError when the server is too old. */
export function assertVersion(version: number): void {
  if (version < LEAST_POSTGRES)
    throw new StartupError(`The database is PostgreSQL ${version}: Countersign needs ${LEAST_POSTGRES} or newer.`);
}

/** Why the database that a setting names cannot be used, in one sentence. */
export function unusable(name: string, error: unknown): StartupError {
  if (error instanceof StartupError) return error;
  // A name with several addresses fails with an error of several errors and no message of its own.
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [error as Error];
  return new StartupError(`The database of ${name} cannot be used: ${first?.message ?? 'no reason given'}.`, {
    cause: error,
  });
}
