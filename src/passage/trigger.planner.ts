import type { OutboxMessage } from '../core/outbox/message.js';
import { Planner, type PlannerOptions } from '../core/planner.js';
import { signedMeanwhile } from './pre-close.queries.js';
import { continuations } from './predecessor.queries.js';
import { FOLLOW_EFFECT, SIGNED_EFFECT } from './trigger.handler.js';

/** How often the worker looks for handoffs that go on by themselves, in milliseconds. */
export const LOOK_EVERY_MS = 30_000;

/**
 * Asks the outbox for what happens to handoffs by rule: one whose contract is there goes on, and a renewal or upsell
 * takes over what the last one said. Both follow from the rows alone, so a day of downtime or two workers change nothing.
 */
export class TriggerPlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'handoffs that go on', LOOK_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { gateway, present } = this.options;
    const { now, signed, following } = await gateway.read(tenantId, {
      now: present(),
      signed: signedMeanwhile(),
      following: continuations(),
    });
    const messages: OutboxMessage[] = [
      ...signed.map(({ id, revision }) => ({
        kind: SIGNED_EFFECT,
        aggregate: { type: 'HandoffContract', id },
        // Evidence that turned out not to hold is asked about again once something has changed.
        effectKey: `${SIGNED_EFFECT}/${id}/${revision}`,
        payload: {},
      })),
      ...following.map(({ handoffId, predecessorId }) => ({
        kind: FOLLOW_EFFECT,
        aggregate: { type: 'HandoffPredecessor', id: handoffId },
        effectKey: `${FOLLOW_EFFECT}/${handoffId}/${predecessorId}`,
        payload: { predecessorId },
      })),
    ];
    return this.ask(tenantId, messages, now);
  }
}
