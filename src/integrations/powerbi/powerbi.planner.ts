import { Planner, type PlannerOptions } from '../../core/planner.js';
import { powerBiConnections } from './powerbi.queries.js';
import { planPushes } from './push.plan.js';
import { planRefresh } from './refresh.plan.js';

/** How often the worker looks for what Power BI has not been told yet, in milliseconds. */
export const PUBLISH_EVERY_MS = 30_000;

/**
 * Asks the outbox for what Power BI should be told: rows that have changed in the reporting model, and refreshes. What is
 * due follows from the database alone, and is planned under a lock, so that two workers ask once.
 */
export class PowerBiPlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'Power BI', PUBLISH_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { gateway, present, wake } = this.options;
    const { now, connections } = await gateway.read(tenantId, { now: present(), connections: powerBiConnections() });
    let asked = 0;
    for (const connection of connections) {
      asked += await planPushes(gateway, tenantId, connection, now);
      asked += await planRefresh(gateway, tenantId, connection, now);
    }
    if (asked > 0) wake?.(tenantId);
    return asked;
  }
}
