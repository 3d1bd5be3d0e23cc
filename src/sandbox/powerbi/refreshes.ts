import type { Answer } from '../microsoft/exchange.js';
import { datasetOf, type PowerBiCall, type PowerBiRoute, workspaceOf } from './call.js';
import type { PowerBiRefreshRecord } from './records.js';
import { invalidRequest } from './refusal.js';
import { REFRESH } from './schemas.js';

const DAY = 86_400_000;
/** Refreshes a day, scheduled ones included. */
const MOST = { SHARED: 8, PREMIUM: 48 } as const;

/** Refreshes of import models. */
export const REFRESH_ROUTES: readonly PowerBiRoute[] = [
  {
    operation: 'powerbi.refresh.start',
    method: 'POST',
    path: '/groups/:group/datasets/:dataset/refreshes',
    schema: REFRESH,
    run: started,
  },
  { operation: 'powerbi.refresh.list', method: 'GET', path: '/groups/:group/datasets/:dataset/refreshes', run: listed },
];

function started(call: PowerBiCall): Answer {
  const { world } = call;
  const { capacity } = workspaceOf(call);
  const dataset = datasetOf(call);
  if (dataset.isPush) throw invalidRequest('A push dataset cannot be refreshed.');
  const { notifyOption, ...enhanced } = (call.body ?? {}) as Record<string, unknown>;
  const isEnhanced = Object.keys(enhanced).length > 0;
  if (isEnhanced && notifyOption !== undefined) throw invalidRequest('notifyOption is not for an enhanced refresh.');
  if (isEnhanced && capacity === 'SHARED') throw invalidRequest('An enhanced refresh needs a capacity.');
  if (notifyOption !== undefined && notifyOption !== 'NoNotification')
    throw invalidRequest('A service principal can notify nobody.');
  const all = world.store.all('powerBiRefresh').filter(({ datasetId }) => datasetId === dataset.id);
  const now = world.now();
  if (all.some(({ endTime }) => new Date(endTime) > now))
    throw invalidRequest('Another refresh request is already executing.');
  // The body of a refusal for the day's limit is UNVERIFIED.
  if (all.filter(({ startTime }) => now.getTime() - Date.parse(startTime) < DAY).length >= MOST[capacity])
    throw invalidRequest(`Skipped: at most ${MOST[capacity]} refreshes a day.`);
  const id = world.newGuid();
  world.store.put('powerBiRefresh', {
    id,
    datasetId: dataset.id,
    refreshType: isEnhanced ? 'ViaEnhancedApi' : 'ViaApi',
    startTime: now.toISOString(),
    endTime: new Date(now.getTime() + world.settings.refreshSeconds * 1000).toISOString(),
    outcome: dataset.refreshOutcome,
  });
  world.did('powerbi.refresh.started', id);
  const path = `/groups/${dataset.workspaceId}/datasets/${dataset.id}/refreshes/${id}`;
  return {
    status: 202,
    headers: { location: `https://api.powerbi.com/v1.0/myorg${path}`, 'x-ms-request-id': id },
  };
}

function listed(call: PowerBiCall): Answer {
  const dataset = datasetOf(call);
  const { world, exchange } = call;
  const top = Number(exchange.query.get('$top') ?? 60);
  const all = world.store.all('powerBiRefresh').filter(({ datasetId }) => datasetId === dataset.id);
  const value = all
    .toReversed()
    .slice(0, top)
    .map((one) => view(one, world.now()));
  return { status: 200, body: { value } };
}

function view({ id, refreshType, startTime, endTime, outcome }: PowerBiRefreshRecord, now: Date): object {
  const isOver = new Date(endTime) <= now;
  const over = isOver ? { endTime, status: outcome } : { status: 'Unknown' };
  const exception =
    isOver && outcome === 'Failed' ? { serviceExceptionJson: '{"errorCode":"ModelRefreshFailed"}' } : {};
  return { requestId: id, refreshType, startTime, ...over, ...exception };
}
