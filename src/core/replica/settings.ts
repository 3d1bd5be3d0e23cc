import { postgresUrl } from '../postgres-url.js';
import { StartupError } from '../startup-error.js';

/** A standby that answers reads of the API (docs/scaling.md). */
export interface ReplicaSettings {
  readonly url: string;
  /** How far behind it may be and still answer, in milliseconds. */
  readonly lagMs: number;
}

/** DATABASE_READ_URL and DATABASE_READ_LAG_SECONDS; null without a replica. */
export function readReplica(env: Readonly<Record<string, string | undefined>>): ReplicaSettings | null {
  if (!env.DATABASE_READ_URL) {
    if (env.DATABASE_READ_LAG_SECONDS)
      throw new StartupError('DATABASE_READ_LAG_SECONDS is set without DATABASE_READ_URL: set both, or neither.');
    return null;
  }
  if (!env.DATABASE_URL)
    throw new StartupError('DATABASE_READ_URL is set without DATABASE_URL: the embedded PostgreSQL has no replica.');
  const text = env.DATABASE_READ_LAG_SECONDS || '10';
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 300)
    throw new StartupError(`DATABASE_READ_LAG_SECONDS is "${text}": it must be a whole number from 1 to 300.`);
  return { url: postgresUrl('DATABASE_READ_URL', env.DATABASE_READ_URL), lagMs: seconds * 1000 };
}
