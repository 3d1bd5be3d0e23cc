import type { OutboxMessage } from '../../core/outbox/message.js';
import { type Statement, update } from '../../core/statement.js';
import { CheckState, type ConnectionCheck, ConnectionState, Integration, type Vendor } from './connection.entity.js';
import { VENDOR_FORMS } from './connection.forms.js';

/** The kind of the outbox's effect that tests a connection. */
export const TEST_KIND = 'integration.test';

/**
 * A test of a connection by the worker. It names no vendor, so that it runs while the vendor is paused: it is how the
 * pause of a disconnected one ends.
 */
export function testMessage(integrationId: string, testId: string): OutboxMessage {
  return {
    kind: TEST_KIND,
    aggregate: { type: 'Integration', id: integrationId },
    effectKey: `${TEST_KIND}:${testId}`,
    payload: {},
  };
}

/** Begins the watch of a vendor that has one; watched already, it is watched once all the same. */
export function watchMessages(vendor: Vendor, integrationId: string, requestId: string): OutboxMessage[] {
  const { watch } = VENDOR_FORMS[vendor];
  if (watch === undefined) return [];
  const aggregate = { type: 'Integration', id: integrationId };
  return [{ kind: watch, aggregate, effectKey: `${watch}:${requestId}`, payload: {}, vendor }];
}

/**
 * Ends every pause of a vendor, also of its single connections (`TEAMS/<id>`): new credentials, new chances. The rows
 * that wait need no change.
 */
export function endPauses(vendor: Vendor): Statement {
  return {
    text: "delete from vendor_pause where tenant_id = $1 and (vendor = $2 or vendor like $2 || '/%')",
    values: [vendor],
  };
}

/** Pauses a vendor until it is connected again. */
export function pauseUntilConnected(vendor: Vendor, now: Date): Statement {
  const { label } = VENDOR_FORMS[vendor];
  return {
    text: `insert into vendor_pause (tenant_id, vendor, until, reason, failures, since, remedy)
      values ($1, $2, null, 'DISCONNECTED', 1, $3, $4)
      on conflict (tenant_id, vendor) do update set until = null, reason = 'DISCONNECTED', remedy = $4`,
    values: [vendor, now, `Connect ${label} with connectIntegration, or cancel what waits.`],
  };
}

/** What a test leaves behind: ERROR as long as anything needed is missing or failed; an excess is told, not punished. */
export function checked(
  integrationId: string,
  checks: readonly ConnectionCheck[],
  reason: string | null,
  now: Date,
): { readonly state: ConnectionState; readonly write: Statement } {
  const worst = checks.find(({ state }) => state === CheckState.FAILED || state === CheckState.MISSING);
  const state = worst ? ConnectionState.ERROR : ConnectionState.CONNECTED;
  const changes = {
    state,
    checks: [...checks],
    checkedAt: now,
    reason: worst ? (reason ?? `${worst.name}_${worst.state}`) : null,
    remedy: worst?.remedy ?? null,
  };
  return { state, write: update(Integration, { id: integrationId, disconnectedAt: null }, changes) };
}
