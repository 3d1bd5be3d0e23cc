import { NIL_ID } from '../core/id.js';
import { digestOf } from '../core/canonical.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import { Planner, type PlannerOptions } from '../core/planner.js';
import { conflictDrift, isSettled } from '../decision/conflict.effects.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { CONFLICTS_EFFECT } from './conflict.handler.js';
import { type WatchedGround, watchedGrounds } from './conflict.queries.js';
import { findConflicts } from './conflict.rules.js';

/** How often the worker looks for conflicts, in milliseconds. */
export const LOOK_EVERY_MS = 30_000;

/** Handoffs read at a time. */
const PAGE = 200;
/** Who owns a decision and who is told of it are two. */
const LEAST_PEOPLE = 2;

/**
 * Asks the outbox to log the conflicts of the handoffs that delivery has. A conflict follows from the rows alone,
 * whichever path they came by (people, imports, syncs, rebaselines), so none of those has to think of it, and a day of
 * downtime or two workers change nothing.
 */
export class ConflictPlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'conflicts', LOOK_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { gateway, present } = this.options;
    let asked = 0;
    for (let after = NIL_ID; ;) {
      const { now, people, grounds } = await gateway.read(tenantId, {
        now: present(),
        people: eligiblePeople(),
        grounds: watchedGrounds(after, PAGE),
      });
      // Without them nothing could be opened, and the same would be asked for again and again.
      const members = new Set(people.map(({ personId }) => personId)).size;
      const messages = members < LEAST_PEOPLE ? [] : grounds.flatMap((ground) => messageOf(ground, members));
      asked += await this.ask(tenantId, messages, now);
      if (grounds.length < PAGE) break;
      after = grounds.at(-1)!.handoff.id;
    }
    return asked;
  }
}

/** The state that was seen names the effect: asked for by two workers, or twice before it is done, it is one. */
function messageOf(ground: WatchedGround, members: number): OutboxMessage[] {
  const drift = conflictDrift(findConflicts(ground), ground.decisions);
  if (isSettled(drift)) return [];
  const { id, revision } = ground.handoff;
  const seen = {
    revision,
    // Somebody who came may own what nobody could.
    members,
    missing: drift.missing.map(({ causeKey }) => causeKey),
    returned: drift.returned.map(({ id: decisionId }) => decisionId),
    gone: drift.gone,
  };
  return [
    {
      kind: CONFLICTS_EFFECT,
      // Of its own order: it waits for nothing that a vendor holds up.
      aggregate: { type: 'HandoffConflicts', id },
      effectKey: `${CONFLICTS_EFFECT}/${id}/${digestOf(seen)}`,
      payload: {},
    },
  ];
}
