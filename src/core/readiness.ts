import { setTimeout as pause } from 'node:timers/promises';
import type { Gateway } from './gateway.js';

/** How long the database may take to answer before the process is not ready, in milliseconds. */
const READY_WITHIN = 2000;

/** Why the database cannot serve requests now, or null while it answers. */
export async function databaseReason(gateway: Pick<Gateway, 'global'>): Promise<string | null> {
  const over = new AbortController();
  const answered = gateway.global('select 1').then(
    () => null,
    () => 'the database cannot be reached',
  );
  const silent = pause(READY_WITHIN, 'the database does not answer', { signal: over.signal });
  silent.catch(() => undefined);
  const reason = await Promise.race([answered, silent]);
  over.abort();
  return reason;
}
