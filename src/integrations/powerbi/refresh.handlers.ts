import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { EffectResult, EffectTools, PerformEffect, SteppedHandler } from '../../core/outbox/handler.js';
import { selectRequired, update } from '../../core/statement.js';
import { header } from '../http/retry-after.rules.js';
import { type PowerBiClient, type PowerBiRecord, textIn } from './powerbi.client.js';
import { PowerBiRefresh, RefreshStatus } from './powerbi.entity.js';
import { lookAtRefresh } from './powerbi.messages.js';
import type { PowerBiWays } from './push.context.js';

/** How often a running refresh is looked at, and for how long at most, in milliseconds. */
const LOOK_EVERY_MS = 120_000;
const LONGEST_MS = 86_400_000;
/** Clocks differ: a refresh that began a little before it was asked for is ours. */
const CLOCKS_MS = 120_000;

/** An enhanced refresh takes no notifyOption; on shared capacity nothing else is taken (learn.microsoft.com/power-bi/connect-data/asynchronous-refresh). */
const ENHANCED = {
  type: 'Full',
  commitMode: 'Transactional',
  maxParallelism: 2,
  retryCount: 2,
  applyRefreshPolicy: false,
};
const PLAIN = { notifyOption: 'NoNotification' };

interface Asked {
  readonly client: PowerBiClient;
  readonly refresh: PowerBiRefresh;
  readonly path: string;
}

/** Starts a refresh. One that was lost on the way is looked for in the model's history; a running one is waited for. */
export function startRefreshHandler(ways: PowerBiWays): SteppedHandler {
  return {
    perform: async (effect, tools) => {
      const asked = await askedOf(ways, effect, tools);
      const { client, path, refresh } = asked;
      const json = client.settings.isPremium ? ENHANCED : PLAIN;
      const answer = await client.call('POST', path, { json, accept: [400, 404, 409] });
      if (answer.status === 404) return ended(refresh, RefreshStatus.REFUSED, 'POWERBI_MODEL_MISSING', tools.now);
      if (answer.status < 300) {
        const place = header(answer.headers, 'location')?.split('/').at(-1)?.split('?')[0];
        return running(asked, place ?? header(answer.headers, 'requestid') ?? '', tools.now);
      }
      // A refresh that runs already brings what we wanted; else the day's number is used up.
      const current = (await history(asked)).find((entry) => statusOf(entry) === RefreshStatus.RUNNING);
      return current
        ? running(asked, textIn(current, 'requestId'), tools.now)
        : ended(refresh, RefreshStatus.REFUSED, 'POWERBI_REFRESH_REFUSED', tools.now);
    },
    lookup: async (effect, tools) => {
      const asked = await askedOf(ways, effect, tools);
      const since = asked.refresh.askedAt.getTime() - CLOCKS_MS;
      const own = (await history(asked)).find(
        (entry) => textIn(entry, 'refreshType').startsWith('Via') && Date.parse(textIn(entry, 'startTime')) >= since,
      );
      return own ? running(asked, textIn(own, 'requestId'), tools.now) : null;
    },
  };
}

/** Looks how a refresh is doing, until it has ended. */
export function lookAtRefreshHandler(ways: PowerBiWays): PerformEffect {
  return async (effect, tools) => {
    const asked = await askedOf(ways, effect, tools);
    const { refresh } = asked;
    const entry = (await history(asked)).find((one) => textIn(one, 'requestId') === refresh.requestId);
    const status = entry ? statusOf(entry) : RefreshStatus.RUNNING;
    const { now } = tools;
    if (status !== RefreshStatus.RUNNING)
      return ended(refresh, status, status === RefreshStatus.COMPLETED ? null : `POWERBI_REFRESH_${status}`, now);
    if (now.getTime() - refresh.askedAt.getTime() > LONGEST_MS)
      return ended(refresh, RefreshStatus.FAILED, 'POWERBI_REFRESH_LOST', now);
    const look = Number(effect.payload.look) + 1;
    const next = lookAtRefresh(refresh.integrationId, refresh.id, look, new Date(now.getTime() + LOOK_EVERY_MS));
    return { receipt: 'RUNNING', writes: [], messages: [next] };
  };
}

async function askedOf(ways: PowerBiWays, { payload }: OutboxEffect, tools: EffectTools): Promise<Asked> {
  const connection = await ways.connections.byId(tools, payload.integrationId!);
  const client = ways.powerBi.client(connection, tools.signal);
  const { refresh } = await tools.read({ refresh: selectRequired(PowerBiRefresh, payload.refreshId!) });
  return { client, refresh, path: client.group(`/datasets/${refresh.datasetId}/refreshes`) };
}

/** The last refreshes of the model, newest first. */
const history = ({ client, path }: Asked): Promise<readonly PowerBiRecord[]> => client.list(`${path}?$top=10`);

const STATUSES: Readonly<Record<string, RefreshStatus>> = {
  Completed: RefreshStatus.COMPLETED,
  Failed: RefreshStatus.FAILED,
  Cancelled: RefreshStatus.CANCELLED,
  Disabled: RefreshStatus.DISABLED,
};

/** `Unknown` is Power BI's word for a refresh that is under way. */
const statusOf = (entry: PowerBiRecord): RefreshStatus => STATUSES[textIn(entry, 'status')] ?? RefreshStatus.RUNNING;

function running({ refresh }: Asked, requestId: string, now: Date): EffectResult {
  const next = lookAtRefresh(refresh.integrationId, refresh.id, 1, new Date(now.getTime() + LOOK_EVERY_MS));
  return {
    receipt: requestId,
    writes: [update(PowerBiRefresh, { id: refresh.id }, { status: RefreshStatus.RUNNING, requestId, startedAt: now })],
    messages: [next],
  };
}

const REMEDIES: Readonly<Record<string, string>> = {
  POWERBI_MODEL_MISSING: 'Correct datasetId with updateIntegrationSettings, and let the app see the model.',
  POWERBI_REFRESH_REFUSED:
    'Shared capacity allows 8 refreshes a day, scheduled ones included: lower refreshesPerDay, or take refreshes off the schedule in Power BI.',
  POWERBI_REFRESH_FAILED: "Open the model's refresh history in Power BI: usually its credentials for the feed.",
  POWERBI_REFRESH_DISABLED:
    'Power BI switches a refresh off after failures in a row: mend the cause, then switch it on there.',
  POWERBI_REFRESH_CANCELLED: 'Somebody ended it in Power BI; the next one is asked for by itself.',
  POWERBI_REFRESH_LOST: "Power BI has said nothing for a day: look into the model's refresh history there.",
};

function ended({ id }: PowerBiRefresh, status: RefreshStatus, reason: string | null, now: Date): EffectResult {
  const remedy = reason === null ? null : (REMEDIES[reason] ?? null);
  return {
    receipt: reason ?? status,
    writes: [update(PowerBiRefresh, { id }, { status, reason, remedy, endedAt: now })],
  };
}
