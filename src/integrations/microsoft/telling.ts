import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { EffectTools, PerformEffect } from '../../core/outbox/handler.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import type { Query } from '../../core/statement.js';
import { recordConnectionCheck } from '../connection/connection.commands.js';
import { CheckState } from '../connection/connection.entity.js';

/** A connection and its credentials, as a test of it names them. */
export interface ConnectionReference {
  readonly id: string;
  readonly secretVersion: number;
}

/**
 * A handler whose need of an administrator becomes the state of its connection, with reason and remedy, so that it is
 * seen where people look for it and not among the effects alone.
 */
export function telling(
  connectionOf: (effect: OutboxEffect) => Query<ConnectionReference | null>,
  handler: PerformEffect,
): PerformEffect {
  return async (effect, tools) => {
    try {
      return await handler(effect, tools);
    } catch (error) {
      if (error instanceof VendorError && error.kind === 'DISCONNECTED')
        await tell(connectionOf(effect), error, effect.fencingToken, tools);
      throw error;
    }
  };
}

async function tell(
  connection: Query<ConnectionReference | null>,
  { code, remedy }: VendorError,
  attempt: number,
  { read, run }: EffectTools,
): Promise<void> {
  const { found } = await read({ found: connection });
  if (!found) return;
  const checks = [{ name: code, state: CheckState.FAILED, remedy }];
  await run(recordConnectionCheck, {
    integrationId: found.id,
    secretVersion: found.secretVersion,
    checks,
    reason: code,
    attempt,
  });
}
