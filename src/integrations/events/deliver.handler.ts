import type { EffectTools, PerformEffect } from '../../core/outbox/handler.js';
import { VendorPause } from '../../core/outbox/attempt.entity.js';
import { pauseVendor } from '../../core/outbox/lease.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { selectFirst, type Statement, update } from '../../core/statement.js';
import type { Vault } from '../../core/vault.js';
import type { VendorHttp } from '../http/client.js';
import { attemptMessage, laneOf } from './delivery.plan.js';
import { DeliveryState, EventDelivery } from './delivery.entity.js';
import { type AfterAttempt, afterAttempt, answered, type Attempted, faulted } from './delivery.rules.js';
import { EndpointState, EventEndpoint, type EventSecret } from './endpoint.entity.js';
import { disableFailingEndpoint } from './failing.commands.js';
import { payloadOf } from './event.rules.js';
import { countFailure, forgetFailures, secretsOf } from './event.queries.js';
import { openEventSecret, signedHeaders } from './event.secret.js';
import type { Slots } from './slots.js';

/** How long an endpoint may take (Standard Webhooks: 15 to 30 seconds), in milliseconds. */
export const WITHIN_MS = 15_000;

/** Read of an answer before the connection is given up, in bytes; whatever it says is dropped. */
const ANSWER_BYTES = 65_536;

/** What a delivery goes out with. */
export interface Delivering {
  /** The way out to any public address; never the one that is held to the vendors' hosts. */
  readonly http: VendorHttp;
  readonly vault: Vault;
  readonly slots: Slots;
  /** Until the whole answer is here, in milliseconds; WITHIN_MS when left out. */
  readonly withinMs?: number;
}

/**
 * Makes one attempt at a delivery. Whatever the endpoint answers, the effect is done: its delivery says how it went, and
 * the next attempt is an effect of its own, so that the schedule is ours and never the outbox's. Sent twice after a
 * crash it has the same id.
 */
export function deliverHandler(delivering: Delivering): PerformEffect {
  return async ({ payload }, tools) => {
    const { deliveryId = '', endpointId = '' } = payload;
    const { delivery, endpoint, secrets, pause } = await tools.read({
      delivery: selectFirst(EventDelivery, { id: deliveryId }),
      endpoint: selectFirst(EventEndpoint, { id: endpointId }),
      secrets: secretsOf(endpointId),
      pause: selectFirst(VendorPause, { vendor: laneOf(endpointId) }),
    });
    if (delivery?.state !== DeliveryState.PENDING || endpoint?.state !== EndpointState.ACTIVE)
      return { receipt: 'NOT_NEEDED', writes: [] };
    if (pause?.until && pause.until > tools.now) throw resting(pause.until, tools.now);
    const attempted = await attempt(delivering, delivery, endpoint, secrets, tools);
    const after = afterAttempt(delivery, endpoint, attempted, tools.now);
    if (after.disabled) await tools.run(disableFailingEndpoint, { endpointId, reason: after.disabled });
    const next = attemptMessage({ ...delivery, attempts: delivery.attempts + 1 }, after.nextAt);
    return {
      receipt: attempted.status === null ? attempted.reason! : `HTTP ${attempted.status}`,
      writes: writesOf(delivery, endpoint, attempted, after, tools.now),
      messages: after.nextAt ? [next] : [],
    };
  };
}

async function attempt(
  { http, vault, slots, withinMs = WITHIN_MS }: Delivering,
  delivery: EventDelivery,
  { url }: EventEndpoint,
  secrets: readonly EventSecret[],
  { tenantId, now, signal }: EffectTools,
): Promise<Attempted> {
  const live = secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  const body = payloadOf(tenantId, delivery);
  const signed = signedHeaders(
    live.map((secret) => openEventSecret(vault, secret)),
    delivery.eventId,
    body,
    now,
  );
  const free = slots.take(tenantId);
  try {
    // Not said to be repeatable, though it is: it would be sent again at once, and the schedule is ours.
    const { status } = await http.send({
      vendor: 'The endpoint',
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...signed },
      body,
      signal,
      withinMs,
      atMostBytes: ANSWER_BYTES,
    });
    return answered(status);
  } catch (error) {
    // Our own lease or process ended, so that it says nothing of the endpoint.
    if (signal.aborted || !(error instanceof VendorError)) throw error;
    return faulted(error);
  } finally {
    free();
  }
}

/** The attempt before this one, of the same batch, failed: nothing goes out before the endpoint has had its rest. */
function resting(until: Date, now: Date): VendorError {
  return new VendorError('THROTTLED', {
    code: 'ENDPOINT_RESTS',
    message: 'The endpoint rests after a failure; nothing was sent.',
    remedy: 'It goes on by itself; see eventDeliveries of this endpoint for what it answered.',
    retryAfterMs: until.getTime() - now.getTime(),
  });
}

/** The endpoint comes before the delivery, as in every command: two who lock both never wait for each other. */
function writesOf(
  { id }: EventDelivery,
  { id: endpointId, failures, failingSince }: EventEndpoint,
  { isDelivered, reason }: Attempted,
  { delivery, pausedUntil }: AfterAttempt,
  now: Date,
): Statement[] {
  const saved = update(EventDelivery, { id }, delivery);
  if (isDelivered) return [...(failures > 0 ? [forgetFailures(endpointId)] : []), saved];
  const rest =
    pausedUntil &&
    pauseVendor({
      vendor: laneOf(endpointId),
      until: pausedUntil,
      reason: reason === 'THROTTLED' ? 'THROTTLED' : 'UNAVAILABLE',
      failures: failures + 1,
      since: failingSince ?? now,
      remedy: 'See eventDeliveries of this endpoint for what it answered; it is tried again by itself.',
    });
  return [countFailure(endpointId, now), saved, ...(rest ? [rest] : [])];
}
