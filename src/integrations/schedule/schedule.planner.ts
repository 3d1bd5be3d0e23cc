import { configurationOf, rulingConfiguration } from '../../catalogue/catalogue.queries.js';
import { newId } from '../../core/id.js';
import { Planner, type PlannerOptions } from '../../core/planner.js';
import { localDay } from '../../core/local-day.js';
import { enqueue, type OutboxMessage } from '../../core/outbox/message.js';
import { type Query, sql } from '../../core/statement.js';
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
    const { gateway, present, wake } = this.options;
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
    if (wanted.length === 0) return 0;
    const { known } = await gateway.read(tenantId, { known: knownKeys(wanted.map(({ effectKey }) => effectKey)) });
    const messages = wanted.filter(({ effectKey }) => !known.has(effectKey));
    if (messages.length === 0) return 0;
    await gateway.transaction(tenantId, (tx) => tx.commit(enqueue(messages, now, newId)));
    wake?.(tenantId);
    return messages.length;
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

const knownKeys = (keys: readonly string[]): Query<ReadonlySet<string>> =>
  sql(
    'select effect_key from outbox_effect where tenant_id = $1 and effect_key = any($2)',
    [keys],
    (rows) => new Set(rows.map(({ effect_key }) => effect_key as string)),
  );
