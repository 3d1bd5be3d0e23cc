import { CheckState, type ConnectionCheck } from '../connection/connection.entity.js';

/** What the connector uses: opportunities, quotations and clients are read, projects, tasks and notes written. */
const USED: readonly string[] = ['read:tickets', 'edit:tickets', 'read:customers', 'read:quotations'];

/** Written with it, and never tried by a test: a test leaves nothing behind. */
const WRITES = 'edit:tickets';

/**
 * What a token's scopes, as HaloPSA names them, say beyond what reading has shown: whether we may write, and every scope
 * that nothing needs, `all` among them. `also` are further scopes that a setting of the connection asks for. Nothing when
 * HaloPSA did not say which scopes it gave.
 */
export function scopeChecks(scopes: readonly string[] | null, also: readonly string[] = []): ConnectionCheck[] {
  if (scopes === null) return [];
  const used = [...USED, ...also];
  const mayWrite = scopes.includes('all') || scopes.includes(WRITES);
  const write: ConnectionCheck = mayWrite
    ? { name: WRITES, state: CheckState.OK, remedy: null }
    : {
        name: WRITES,
        state: CheckState.MISSING,
        remedy: 'Give the API application this permission, and name it in the setting `scope` of the connection.',
      };
  const excess = [...new Set(scopes)]
    .filter((scope) => !used.includes(scope))
    .toSorted()
    .map((name) => ({
      name,
      state: CheckState.EXCESS,
      remedy: `Take ${name} out of the permissions of the API application and of the setting \`scope\`: ${used.join(', ')} are all that is used.`,
    }));
  return [write, ...excess];
}
