import { VendorError } from '../../core/outbox/vendor-error.js';
import { CheckState, type ConnectionCheck } from '../connection/connection.entity.js';
import type { ConnectionProbe } from '../connection/connection.handler.js';
import type { HaloClient, HaloPsa, HaloQuery } from './halopsa.client.js';
import { scopeChecks } from './scope.rules.js';

interface Permission {
  readonly name: string;
  readonly path: string;
  readonly query: HaloQuery;
}

/** What the connector reads, each with the least of it. Whether it may write shows only when it does. */
const PERMISSIONS: readonly Permission[] = [
  { name: 'read:tickets', path: '/Opportunities', query: { count: 1 } },
  { name: 'read:customers', path: '/Client', query: { count: 1 } },
  { name: 'read:quotations', path: '/Quotation', query: { count: 1 } },
];

/** Read where the connection names owners. */
const AGENTS: Permission = { name: 'read:agents', path: '/Agent', query: { count: 1 } };

/** Signs in, asks for one row of each kind that is read, and names what the token may do beyond what is needed. */
export function haloProbe(halopsa: HaloPsa): ConnectionProbe {
  return async (connection, signal) => {
    const client = halopsa.client(connection, signal);
    const checks: ConnectionCheck[] = [];
    const needed = client.settings.ownersByEmail ? [...PERMISSIONS, AGENTS] : PERMISSIONS;
    for (const permission of needed) checks.push(await checked(client, permission));
    const scopes = scopeChecks(await client.scopes(), client.settings.ownersByEmail ? [AGENTS.name] : []);
    return [{ name: 'SIGN_IN', state: CheckState.OK, remedy: null }, ...checks, ...scopes];
  };
}

async function checked(client: HaloClient, { name, path, query }: Permission): Promise<ConnectionCheck> {
  try {
    await client.peek(path, query);
    return { name, state: CheckState.OK, remedy: null };
  } catch (error) {
    if (!(error instanceof VendorError) || error.status !== 403) throw error;
    const remedy =
      'Give both the API application and the role of its agent this permission; the lesser of the two counts.';
    return { name, state: CheckState.MISSING, remedy };
  }
}
