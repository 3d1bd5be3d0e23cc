import type { EffectHandler } from '../../core/outbox/handler.js';
import { recordConnectionCheck } from '../connection/connection.commands.js';
import { opened, probed, type ConnectionProbes } from '../connection/connection.handler.js';
import type { Connections } from '../connection/connection.secret.js';
import { alertReviewOverdue, openIntegrationReview } from './review.commands.js';

/** Asks the vendor what the connection of an effect `integration.review` may do, and opens its review with the answer. */
export function reviewHandler(connections: Connections, probes: ConnectionProbes): EffectHandler {
  return async ({ aggregateId: integrationId, payload, fencingToken: attempt }, tools) => {
    const connection = await opened(connections, tools, integrationId);
    if (!connection) return { receipt: 'DISCONNECTED', writes: [] };
    const { secretVersion, vendor } = connection;
    const { checks, reason } = await probed(probes[vendor], connection, tools.signal);
    await tools.run(recordConnectionCheck, { integrationId, secretVersion, checks, reason, attempt });
    const found = { integrationId, period: payload.period ?? '', secretVersion, checks, reason, checkedAt: tools.now };
    const result = await tools.run(openIntegrationReview, found);
    return { receipt: result.kind === 'done' ? result.id : 'REFUSED', writes: [] };
  };
}

/** Looks whether the review of an effect `integration.review.overdue` was closed in time. */
export const reviewOverdueHandler: EffectHandler = async ({ payload }, { run }) => {
  const reviewId = payload.reviewId ?? '';
  await run(alertReviewOverdue, { reviewId });
  return { receipt: reviewId, writes: [] };
};
