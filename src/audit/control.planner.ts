import { configurationOf, rulingConfiguration, rulingSince } from '../catalogue/catalogue.queries.js';
import { Planner, type PlannerOptions } from '../core/planner.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import { mapQuery, type Query, select } from '../core/statement.js';
import { CONTROL_RUN_EFFECT } from './control.commands.js';
import { ControlRun } from './control.entity.js';
import { dueMonths, monthOf, OVERRIDE_SAMPLING } from './control.rules.js';

/** How often the worker looks for months that have ended, in milliseconds. */
export const PLAN_EVERY_MS = 15 * 60_000;

/**
 * Asks the outbox for a run of the control of each month that has ended and has none. What is due follows from the
 * database alone: a worker that was down for days, or a second one, asks for the same effects under the same keys.
 */
export class ControlPlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'controls', PLAN_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { gateway, present } = this.options;
    const { now, since, done, ruling } = await gateway.read(tenantId, {
      now: present(),
      since: rulingSince(),
      done: periodsDone(),
      ruling: rulingConfiguration(),
    });
    const { timeZone } = configurationOf(ruling).tenant;
    const periods = since ? dueMonths({ timeZone, since, done }, now) : [];
    return this.ask(
      tenantId,
      periods.map((period) => runMessage(tenantId, period, timeZone)),
      now,
    );
  }
}

/** The month's own instants travel with it: a change of the time zone later does not move what was asked for. */
function runMessage(tenantId: string, period: string, timeZone: string): OutboxMessage {
  const { from, to } = monthOf(period, timeZone);
  return {
    kind: CONTROL_RUN_EFFECT,
    aggregate: { type: 'Tenant', id: tenantId },
    effectKey: `${CONTROL_RUN_EFFECT}/${OVERRIDE_SAMPLING.name}/${period}`,
    payload: { period, from: from.toISOString(), to: to.toISOString() },
  };
}

const periodsDone = (): Query<string[]> =>
  mapQuery(select(ControlRun, { control: OVERRIDE_SAMPLING.name }), (runs) => runs.map(({ period }) => period));
