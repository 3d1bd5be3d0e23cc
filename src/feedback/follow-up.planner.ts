import { digestOf } from '../core/canonical.js';
import { Planner, type PlannerOptions } from '../core/planner.js';
import { FOLLOW_UP_EFFECT } from './follow-up.handler.js';
import { followUpGround, rulingPolicy } from './follow-up.queries.js';
import { unrecorded } from './follow-up.rules.js';

/** How often the worker looks for what follows from returns, in milliseconds. */
export const FOLLOW_UP_EVERY_MS = 60_000;

/**
 * Asks the outbox to record what the returns of a tenant call for. It follows from the returns alone: two workers ask
 * under the same key, and one that was down for days finds what it missed.
 */
export class FollowUpPlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'follow-ups', FOLLOW_UP_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { gateway, present } = this.options;
    const { now, returns, taken, ruling, ...people } = await gateway.read(tenantId, {
      now: present(),
      ...followUpGround(),
    });
    const found = unrecorded(returns, taken, rulingPolicy(ruling), people);
    if (found.length === 0) return 0;
    const message = {
      kind: FOLLOW_UP_EFFECT,
      // Of its own order: it waits for nothing that a vendor holds up.
      aggregate: { type: 'ReturnFollowUps', id: tenantId },
      effectKey: `${FOLLOW_UP_EFFECT}/${digestOf(found.map(({ kind, of }) => [kind, of.id]))}`,
      payload: {},
    };
    return this.ask(tenantId, [message], now);
  }
}
