import type { OutboxMessage } from '../core/outbox/message.js';
import type { Handoff } from './handoff.entity.js';

/** The kind of the outbox's effect that tells the PSA where a handoff stands. */
export const HANDOFF_STATUS = 'handoff.status';

/**
 * Where the handoff stands has changed: whoever is connected is told of it as it is by then. Ask for it with the
 * handoff as it was locked, before the change that raises its revision.
 */
export function statusMessage({ id, revision }: Pick<Handoff, 'id' | 'revision'>): OutboxMessage {
  return {
    kind: HANDOFF_STATUS,
    aggregate: { type: 'Handoff', id },
    effectKey: `${HANDOFF_STATUS}:${id}:${revision + 1}`,
    payload: {},
  };
}
