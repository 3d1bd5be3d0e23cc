import type { OutboxMessage } from '../../../core/outbox/message.js';
import { Vendor } from '../../connection/connection.entity.js';

/** The kind of the effect that compares the files of a connection with what was stored. */
export const SWEEP_SHAREPOINT = 'sharepoint.sweep';

const DAY_MS = 86_400_000;

/** The comparison of the next day: one a day and connection, however often it is asked for. */
export function nextSweep(integrationId: string, now: Date): OutboxMessage {
  const at = new Date(now.getTime() + DAY_MS);
  return {
    kind: SWEEP_SHAREPOINT,
    aggregate: { type: 'Integration', id: integrationId },
    effectKey: `${SWEEP_SHAREPOINT}/${integrationId}/${at.toISOString().slice(0, 10)}`,
    payload: { integrationId },
    vendor: Vendor.SHAREPOINT,
    notBefore: at,
  };
}

/** What is left of a comparison, by the id of its first effect: the files behind `after`. */
export function restOfSweep(integrationId: string, sweepId: string, after: string): OutboxMessage {
  return {
    kind: SWEEP_SHAREPOINT,
    aggregate: { type: 'Integration', id: integrationId },
    effectKey: `${SWEEP_SHAREPOINT}/${integrationId}/${sweepId}/${after}`,
    payload: { integrationId, sweepId, after },
    vendor: Vendor.SHAREPOINT,
  };
}
