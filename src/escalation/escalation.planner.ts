import { NIL_ID } from '../core/id.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { digestOf } from '../core/canonical.js';
import { Planner, type PlannerOptions } from '../core/planner.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import { ESCALATE_EFFECT } from './escalation.handler.js';
import { unsettledGrounds } from './escalation.queries.js';
import { type Due, escalationsDue } from './escalation.rules.js';

/** How often the worker looks for deadlines that have passed, in milliseconds. */
export const LOOK_EVERY_MS = 30_000;

/** Handoffs read at a time. */
const PAGE = 200;

/**
 * Asks the outbox to record what is due of each handoff's deadlines. What is due follows from the database alone, so a
 * worker that was down for a day finds the same steps as one that was not, and two ask under the same keys.
 */
export class EscalationPlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'deadlines', LOOK_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { gateway, present } = this.options;
    let asked = 0;
    for (let after = NIL_ID; ;) {
      const { now, ruling, idByKey, people, grounds } = await gateway.read(tenantId, {
        now: present(),
        ruling: rulingConfiguration(),
        idByKey: peopleByHandle(),
        people: eligiblePeople(),
        grounds: unsettledGrounds(after, PAGE),
      });
      const members = { idByKey, active: new Set(people.map(({ personId }) => personId)) };
      const messages = grounds.flatMap((ground) => {
        const due = escalationsDue(ground, configurationOf(ruling), members, now);
        return isNothing(due) ? [] : [messageOf(ground.handoffId, due)];
      });
      asked += await this.ask(tenantId, messages, now);
      if (grounds.length < PAGE) break;
      after = grounds.at(-1)!.handoffId;
    }
    return asked;
  }
}

const isNothing = ({ steps, ended, settles }: Due): boolean => steps.length === 0 && ended.length === 0 && !settles;

/** What is due names the effect: asked for by two workers, or twice before it is done, it is one. */
function messageOf(handoffId: string, { steps, ended, settles }: Due): OutboxMessage {
  const what = {
    steps: steps.map(({ cause, clock, decisionId, checkpointId, mark, step }) => {
      return [clock ?? decisionId ?? checkpointId ?? cause, mark, step];
    }),
    ended: ended.map(({ id }) => id),
    settles,
  };
  return {
    kind: ESCALATE_EFFECT,
    // Of its own order: it waits for nothing that a vendor holds up.
    aggregate: { type: 'HandoffDeadlines', id: handoffId },
    effectKey: `${ESCALATE_EFFECT}/${handoffId}/${digestOf(what)}`,
    payload: {},
  };
}
