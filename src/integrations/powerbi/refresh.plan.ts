import type { Gateway } from '../../core/gateway.js';
import { newId } from '../../core/id.js';
import { enqueue } from '../../core/outbox/message.js';
import { insert, type Query, select, selectFirst, sql } from '../../core/statement.js';
import { PowerBiRefresh, RefreshCause, RefreshStatus } from './powerbi.entity.js';
import { startRefresh } from './powerbi.messages.js';
import { modelState, type PowerBiConnection } from './powerbi.queries.js';
import { type PowerBiSettings, refreshEveryMs } from './powerbi.settings.js';

/** A refresh that has not ended yet. */
export const OPEN_REFRESH: readonly RefreshStatus[] = [RefreshStatus.ASKED, RefreshStatus.RUNNING];

/** The last refresh of a connection; null before the first. */
export const lastRefresh = (integrationId: string): Query<PowerBiRefresh | null> =>
  selectFirst(PowerBiRefresh, { integrationId }, { orderBy: ['-askedAt', '-id'] });

/** When the last refreshes were asked for, oldest first: more than a day has of them. */
export const refreshesOfDay = (integrationId: string): Query<Date[]> =>
  sql(
    `select asked_at from power_bi_refresh
     where tenant_id = $1 and integration_id = $2 and status <> 'REFUSED' order by asked_at desc limit 60`,
    [integrationId],
    (rows) => rows.map(({ asked_at }) => asked_at as Date).toReversed(),
  );

/** When the worker may ask for the next refresh by itself: evenly spread, so that a day never has more than is allowed. */
export function isRefreshDue(
  settings: PowerBiSettings,
  last: PowerBiRefresh | null,
  state: string | null,
  now: Date,
): boolean {
  if (!settings.refreshes || settings.datasetId === null || state === null) return false;
  if (last === null) return true;
  if (OPEN_REFRESH.includes(last.status) || last.modelState === state) return false;
  return now.getTime() - last.askedAt.getTime() >= refreshEveryMs(settings);
}

/** Asks for the refresh that is due of one connection; many changes have one refresh. How many that was: one or none. */
export async function planRefresh(
  gateway: Gateway,
  tenantId: string,
  { id: integrationId, settings }: PowerBiConnection,
  now: Date,
): Promise<number> {
  const queries = { last: lastRefresh(integrationId), state: modelState() };
  const seen = await gateway.read(tenantId, queries);
  if (!isRefreshDue(settings, seen.last, seen.state, now)) return 0;
  return gateway.transaction(tenantId, async (tx) => {
    const { last, state } = await tx.flush({ locked: lockedConnection(integrationId), ...queries });
    if (!isRefreshDue(settings, last, state, now)) return 0;
    const id = newId();
    const row = askedRefresh({ id, integrationId, datasetId: settings.datasetId!, state, askedById: null, now });
    await tx.commit([insert(PowerBiRefresh, row), ...enqueue([startRefresh(integrationId, id)], now, newId)]);
    return 1;
  });
}

/** Holds the connection, so that two workers do not ask at once. */
const lockedConnection = (integrationId: string): Query<void> =>
  sql('select id from integration where tenant_id = $1 and id = $2 for update', [integrationId], () => undefined);

/** A refresh that was asked for, by somebody or by the model. */
export function askedRefresh(of: {
  readonly id: string;
  readonly integrationId: string;
  readonly datasetId: string;
  readonly state: string | null;
  readonly askedById: string | null;
  readonly now: Date;
}): Omit<PowerBiRefresh, 'tenantId'> {
  const { id, integrationId, datasetId, state, askedById, now } = of;
  return {
    id,
    integrationId,
    datasetId,
    cause: askedById === null ? RefreshCause.MODEL : RefreshCause.PERSON,
    askedById,
    askedAt: now,
    modelState: state,
    status: RefreshStatus.ASKED,
    requestId: null,
    startedAt: null,
    endedAt: null,
    reason: null,
    remedy: null,
  };
}

/** Refreshes of a connection that have not ended. */
export const openRefreshes = (integrationId: string): Query<PowerBiRefresh[]> =>
  select(PowerBiRefresh, { integrationId, status: OPEN_REFRESH });
