import type { VendorError } from '../../core/outbox/vendor-error.js';
import { DeliveryState, type EventDelivery } from './delivery.entity.js';
import { DisabledReason, type EventEndpoint } from './endpoint.entity.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The pauses after the first, second ... attempt that failed, in milliseconds (the schedule that Standard Webhooks
 * gives); after the last of them an event is given up: ten attempts over three days.
 */
export const RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** An endpoint is disabled after so long without a success, and at least so many attempts. */
export const FAILING_DAYS = 5;
export const LEAST_FAILURES = 10;

/** Nobody is obeyed for longer than a day. */
const LONGEST_RETRY_AFTER_MS = DAY;
const LONGEST_PAUSE_MS = 5 * MINUTE;

/** What came of one attempt, as far as it is kept. */
export interface Attempted {
  readonly isDelivered: boolean;
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  /** Why it failed; null when it did not. */
  readonly reason: string | null;
  /** How long the endpoint asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
}

const isSuccess = (status: number | null): boolean => status !== null && status >= 200 && status < 300;

/** The attempt that an answer with this status was. */
export const answered = (status: number): Attempted => ({
  isDelivered: true,
  status,
  reason: null,
  retryAfterMs: null,
});

/** The attempt behind a fault. A success is one by its status, whatever its body is: nobody reads that. */
export function faulted({ status, code, retryAfterMs }: VendorError): Attempted {
  if (isSuccess(status)) return answered(status!);
  return { isDelivered: false, status, reason: reasonOf(status, code), retryAfterMs };
}

function reasonOf(status: number | null, code: string): string {
  if (status === null) return BY_CODE[code] ?? 'NO_ANSWER';
  if (status === 410) return 'GONE';
  if (status === 429) return 'THROTTLED';
  if (status >= 300 && status < 400) return 'REDIRECTED';
  return status < 500 ? 'REFUSED' : 'FAILED';
}

const BY_CODE: Readonly<Record<string, string>> = {
  ADDRESS_REFUSED: 'ADDRESS_REFUSED',
  VENDOR_UNREACHABLE: 'UNREACHABLE',
};

/** Why the deliveries of an endpoint that has ended were cancelled. */
export const ENDPOINT_ENDED = 'ENDPOINT_ENDED';

const REMEDIES: Readonly<Record<string, string>> = {
  ADDRESS_REFUSED: 'Its name leads to an address that is not public: correct its DNS, or the address of the endpoint.',
  UNREACHABLE: 'No connection came about: check its DNS, its certificate and its firewall.',
  NO_ANSWER: 'It did not answer within 15 seconds: answer 2xx at once, and do the work afterwards.',
  GONE: 'It answered 410 and was disabled: correct its address and enable it, or delete it.',
  THROTTLED: 'It asked to wait; it is tried again by itself.',
  REDIRECTED: 'Redirects are not followed: give the address that it leads to.',
  REFUSED: 'It answered 4xx: check its path, and that it verifies with the present secret.',
  FAILED: 'It answered 5xx: look into its own log at the time of the last attempt.',
  [ENDPOINT_ENDED]: 'Enable the endpoint, then replay the event.',
};

/** What to do about a delivery; null while there is nothing to do. */
export const deliveryRemedy = ({ reason }: EventDelivery): string | null => REMEDIES[reason ?? ''] ?? null;

/** What follows from an attempt. */
export interface AfterAttempt {
  readonly delivery: Partial<EventDelivery>;
  /** When the next attempt is due; null when there is none. */
  readonly nextAt: Date | null;
  /** Until when the endpoint is left alone; null when it is not. */
  readonly pausedUntil: Date | null;
  /** Why the endpoint is disabled now; null when it is not. */
  readonly disabled: DisabledReason | null;
}

/**
 * 2xx is delivered; 410 disables the endpoint at once; anything else is tried again by the schedule, and not before the
 * endpoint's own Retry-After. Meanwhile the whole endpoint rests for a growing moment, so that a thousand events do not
 * each wait for its time-out.
 */
export function afterAttempt(
  delivery: Pick<EventDelivery, 'attempts'>,
  endpoint: Pick<EventEndpoint, 'failures' | 'failingSince'>,
  attempted: Attempted,
  now: Date,
): AfterAttempt {
  const attempts = delivery.attempts + 1;
  const { isDelivered, status, reason, retryAfterMs } = attempted;
  const kept = { attempts, responseStatus: status, reason, lastAttemptAt: now };
  const none = { nextAt: null, pausedUntil: null, disabled: null };
  if (isDelivered) return { ...none, delivery: { ...kept, state: DeliveryState.DELIVERED, nextAttemptAt: null } };
  const disabled = disablingReason(endpoint, status, now);
  if (disabled)
    return { ...none, disabled, delivery: { ...kept, state: DeliveryState.CANCELLED, nextAttemptAt: null } };
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  const rest = Math.min(LONGEST_PAUSE_MS, SECOND * 2 ** Math.min(endpoint.failures, 20));
  const pausedUntil = new Date(now.getTime() + Math.max(asked, rest));
  const wait = RETRY_AFTER_MS[attempts - 1];
  if (wait === undefined)
    return { ...none, pausedUntil, delivery: { ...kept, state: DeliveryState.FAILED, nextAttemptAt: null } };
  const nextAt = new Date(now.getTime() + Math.max(wait, asked));
  return { ...none, nextAt, pausedUntil, delivery: { ...kept, state: DeliveryState.PENDING, nextAttemptAt: nextAt } };
}

function disablingReason(
  { failures, failingSince }: Pick<EventEndpoint, 'failures' | 'failingSince'>,
  status: number | null,
  now: Date,
): DisabledReason | null {
  if (status === 410) return DisabledReason.GONE;
  const isLong = failingSince !== null && now.getTime() - failingSince.getTime() >= FAILING_DAYS * DAY;
  return isLong && failures + 1 >= LEAST_FAILURES ? DisabledReason.FAILING : null;
}
