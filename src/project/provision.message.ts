import type { OutboxMessage } from '../core/outbox/message.js';

/** The kind of the outbox's effect that brings a project, as it is planned now, into the PSA. */
export const PROVISION_PROJECT = 'project.provision';

/** Brings the handoff's project into the PSA, or what is there up to date; `requestId` names this very request. */
export function provisionMessage(handoffId: string, requestId: string): OutboxMessage {
  return {
    kind: PROVISION_PROJECT,
    aggregate: { type: 'Handoff', id: handoffId },
    effectKey: `${PROVISION_PROJECT}:${requestId}`,
    payload: {},
  };
}
