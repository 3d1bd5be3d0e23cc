import type { OutboxMessage } from '../../../core/outbox/message.js';
import { Vendor } from '../../connection/connection.entity.js';

/** The kind of the effect that looks at the documents behind evidence. */
export const WATCH_EVIDENCE = 'evidence.watch';

/**
 * A look at the documents that lie where a connection leads, once for each `occasion`: a day, or evidence that is new.
 * `after` is the evidence that the look goes on behind.
 */
export function watchMessage(integrationId: string, occasion: string, after: string | null = null): OutboxMessage {
  return {
    kind: WATCH_EVIDENCE,
    aggregate: { type: 'Integration', id: integrationId },
    effectKey: `${WATCH_EVIDENCE}/${integrationId}/${occasion}${after === null ? '' : `/${after}`}`,
    payload: { occasion, ...(after === null ? {} : { after }) },
    vendor: Vendor.SHAREPOINT,
  };
}
