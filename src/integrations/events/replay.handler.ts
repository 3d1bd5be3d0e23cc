import { newId } from '../../core/id.js';
import type { PerformEffect } from '../../core/outbox/handler.js';
import { selectFirst } from '../../core/statement.js';
import { freshDelivery, kept, wants } from './delivery.plan.js';
import { EndpointState, EventEndpoint } from './endpoint.entity.js';
import { eventsOf } from './event.rules.js';
import { sealedEntries } from './event.queries.js';
import { REPLAY_PART, replayMessage, replayOf } from './replay.plan.js';

/**
 * Goes through one part of the sealed ledger and asks for the deliveries of a replay, then for the next part. The ledger
 * is where every event comes from, so that a replay also finds what happened while the endpoint was disabled.
 */
export const replayHandler: PerformEffect = async ({ aggregateId, payload }, { read, now }) => {
  const replay = replayOf(payload, aggregateId);
  const { endpointId, replayId, since, until, after, upTo } = replay;
  const last = Math.min(upTo, after + REPLAY_PART);
  const { endpoint, entries } = await read({
    endpoint: selectFirst(EventEndpoint, { id: endpointId }),
    entries: sealedEntries(after, last),
  });
  if (endpoint?.state !== EndpointState.ACTIVE) return { receipt: 'ENDPOINT_ENDED', writes: [] };
  const deliveries = entries
    .filter(({ at }) => at >= since && at < until)
    .flatMap((entry) => eventsOf(entry))
    .filter((event) => wants(endpoint, event))
    .map((event) => freshDelivery(event, endpointId, replayId, { now, newId }));
  return {
    receipt: `${deliveries.length} events of entries ${after + 1} to ${last}`,
    writes: kept(deliveries, { now, newId }),
    messages: last < upTo ? [replayMessage({ ...replay, after: last })] : [],
  };
};
