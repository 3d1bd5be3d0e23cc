import type { OutboxMessage } from '../../core/outbox/message.js';
import { Vendor } from '../connection/connection.entity.js';

/** The kind of the effect that looks which projects changed in HaloPSA. */
export const HALOPSA_PROJECTS = 'halopsa.projects';

/** A look at the projects; asked for by every sweep of the connection, and done in its order. */
export function projectSweepMessage(integrationId: string, request: string): OutboxMessage {
  return {
    kind: HALOPSA_PROJECTS,
    aggregate: { type: 'Integration', id: integrationId },
    effectKey: `${HALOPSA_PROJECTS}:${integrationId}:${request}`,
    payload: {},
    vendor: Vendor.HALOPSA,
  };
}
