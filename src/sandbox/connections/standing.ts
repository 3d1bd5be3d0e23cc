import { setTimeout as pause } from 'node:timers/promises';
import type { Gateway } from '../../core/gateway.js';
import { selectRequired } from '../../core/statement.js';
import { ConnectionState, Integration } from '../../integrations/connection/connection.entity.js';
import { VENDOR_FORMS } from '../../integrations/connection/connection.forms.js';
import type { SampleState } from './sample-connection.js';

const LOOK_EVERY_MS = 50;
/** A start does not wait longer for the tests of its connections: they go on beside it. */
const WAIT_MS = 15_000;

/** Waits until the worker has tested what was connected, and says in one line a tenant how everything stands. */
export async function standingOf(
  gateway: Gateway,
  states: readonly SampleState[],
  stop: AbortSignal,
): Promise<string[]> {
  const deadline = Date.now() + WAIT_MS;
  const lines = new Map<string, string[]>();
  for (const state of states) {
    const integration = await tested(gateway, state, () => stop.aborted || Date.now() > deadline);
    lines.set(state.tenant, [...(lines.get(state.tenant) ?? []), stands(integration)]);
  }
  return [...lines].map(([tenant, words]) => `${tenant}: ${words.join(', ')}`);
}

async function tested(
  gateway: Gateway,
  { tenantId, integrationId, testedBefore }: SampleState,
  isEnough: () => boolean,
): Promise<Integration> {
  for (;;) {
    const { found } = await gateway.read(tenantId, { found: selectRequired(Integration, integrationId) });
    const isTested = testedBefore === undefined || found.checkedAt?.getTime() !== testedBefore?.getTime();
    if (isTested || isEnough()) return found;
    await pause(LOOK_EVERY_MS);
  }
}

function stands({ vendor, state, reason, remedy }: Integration): string {
  const { label } = VENDOR_FORMS[vendor];
  return state === ConnectionState.CONNECTED ? label : `${label} (${reason ?? state}: ${remedy ?? 'test it again'})`;
}
