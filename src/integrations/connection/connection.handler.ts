import type { EffectHandler } from '../../core/outbox/handler.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { recordConnectionCheck } from './connection.commands.js';
import { CheckState, type ConnectionCheck, type Vendor } from './connection.entity.js';
import type { Connections, OpenConnection } from './connection.secret.js';

/** A cheap authenticated call, and a check for each permission; throws a VendorError when it does not get that far. */
export type ConnectionProbe = (connection: OpenConnection, signal: AbortSignal) => Promise<readonly ConnectionCheck[]>;

/** The probe of each vendor that has a connector. */
export type ConnectionProbes = Readonly<Partial<Record<Vendor, ConnectionProbe>>>;

/** Tests a connection and records what was found, as the connection's own state. */
export function connectionTestHandler(connections: Connections, probes: ConnectionProbes): EffectHandler {
  return async ({ aggregateId: integrationId, fencingToken: attempt }, tools) => {
    const connection = await opened(connections, tools, integrationId);
    if (!connection) return { receipt: 'DISCONNECTED', writes: [] };
    const { checks, reason } = await probed(probes[connection.vendor], connection, tools.signal);
    const { secretVersion } = connection;
    await tools.run(recordConnectionCheck, { integrationId, secretVersion, checks, reason, attempt });
    return { receipt: reason ?? 'CHECKED', writes: [] };
  };
}

/** Null when it was disconnected before its test came up. */
export async function opened(
  connections: Connections,
  tools: Parameters<Connections['byId']>[0],
  integrationId: string,
): Promise<OpenConnection | null> {
  try {
    return await connections.byId(tools, integrationId);
  } catch (error) {
    if (error instanceof VendorError && error.kind === 'DISCONNECTED') return null;
    throw error;
  }
}

/** What the vendor's probe finds; a fault of it is the finding. Only being told to wait is thrown. */
export async function probed(
  probe: ConnectionProbe | undefined,
  connection: OpenConnection,
  signal: AbortSignal,
): Promise<{ checks: readonly ConnectionCheck[]; reason: string | null }> {
  if (!probe) return { checks: [], reason: null };
  try {
    return { checks: await probe(connection, signal), reason: null };
  } catch (error) {
    // Told to wait, the test waits; anything else is its result.
    if (!(error instanceof VendorError) || error.kind === 'THROTTLED') throw error;
    const failed = { name: 'SIGN_IN', state: CheckState.FAILED, remedy: error.remedy };
    return { checks: [failed], reason: error.code };
  }
}
