import { configurationOf, rulingConfiguration } from '../../catalogue/catalogue.queries.js';
import { Planner, type PlannerOptions } from '../../core/planner.js';
import { localDay } from '../../core/local-day.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import type { Query } from '../../core/statement.js';
import { watchMessage } from '../microsoft/evidence/evidence.message.js';
import { connectedSites, newestUnseen } from '../microsoft/evidence/evidence.queries.js';
import { REVIEW_EFFECT } from '../review/review.commands.js';
import { unreviewed } from '../review/review.queries.js';
import { quarterOf } from '../review/review.rules.js';

/** How often the worker looks for what is due, in milliseconds. */
const LOOK_EVERY_MS = 15 * 60_000;

/**
 * Asks the outbox for what connections are due: the review of each quarter, and a look a day at the documents behind
 * evidence, with one more when evidence is new. What is due follows from the database alone, so that a worker that was
 * down or a second one asks for the same effects under the same keys; and no chain of effects can tear.
 */
export class SchedulePlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'reviews and documents', LOOK_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { gateway, present } = this.options;
    const { now, ruling, sites } = await gateway.read(tenantId, {
      now: present(),
      ruling: rulingConfiguration(),
      sites: connectedSites(),
    });
    const { timeZone } = configurationOf(ruling).tenant;
    const { period, from } = quarterOf(now, timeZone);
    const { due } = await gateway.read(tenantId, { due: unreviewed(period, from) });
    const unseen: Readonly<Record<string, Query<string | null>>> = Object.fromEntries(
      sites.map(({ id, host }) => [id, newestUnseen(host)]),
    );
    const newest = sites.length === 0 ? {} : await gateway.read(tenantId, unseen);
    const wanted = [
      ...due.map((integrationId) => reviewMessage(integrationId, period)),
      ...sites.map(({ id }) => watchMessage(id, localDay(timeZone, now))),
      ...Object.entries(newest).flatMap(([id, last]) => (last === null ? [] : [watchMessage(id, last)])),
    ];
    return this.askForNew(tenantId, wanted, now);
  }
}

function reviewMessage(integrationId: string, period: string): OutboxMessage {
  return {
    kind: REVIEW_EFFECT,
    aggregate: { type: 'Integration', id: integrationId },
    effectKey: `${REVIEW_EFFECT}/${integrationId}/${period}`,
    payload: { period },
  };
}
