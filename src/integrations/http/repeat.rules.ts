import { VendorError } from '../../core/outbox/vendor-error.js';
import { type Headers, retryAfterMs } from './retry-after.rules.js';

/** A request is sent so many times in all before its fault is the effect's. */
export const MOST_SENT = 3;

/** A first pause before a request is sent again, in milliseconds; the next ones double. */
const FIRST_PAUSE_MS = 250;
/** What took longer than this, such as a vendor that hangs, is not asked for again in the same attempt. */
const QUICK_MS = 5000;
/** A vendor that asks for a longer wait than this parks its effects in place of holding one up. */
const LONGEST_WAIT_MS = 3000;

const PASSING: readonly number[] = [500, 502, 503, 504];
const LOST: readonly string[] = ['VENDOR_NO_ANSWER', 'VENDOR_UNREACHABLE'];

/** What came of a request: an answer, or a fault on the way. */
export type Sent = { readonly status: number; readonly headers: Headers } | { readonly error: unknown };

/**
 * In how many milliseconds a request is sent again, in the same attempt; null when what came of it is final. An effect
 * of thirty requests would hardly ever end at a vendor that fails one in fifteen, if each fault began it anew: so what
 * is harmless is sent again at once, and what was throttled for a moment waits for that moment. Whatever may have been
 * done and is not harmless is never repeated here. `sent` counts from 1.
 */
export function repeatAfterMs(
  outcome: Sent,
  isHarmless: boolean,
  sent: number,
  tookMs: number,
  now: Date,
): number | null {
  if (sent >= MOST_SENT || tookMs > QUICK_MS) return null;
  const pause = FIRST_PAUSE_MS * 2 ** (sent - 1);
  if ('error' in outcome) {
    const { error } = outcome;
    // Matched by its code: a fault of the way is one whose request was not answered, and not one that we refused to send.
    return isHarmless && error instanceof VendorError && LOST.includes(error.code) ? pause : null;
  }
  const wait = retryAfterMs(outcome.headers, now);
  if (outcome.status === 429) return wait !== null && wait <= LONGEST_WAIT_MS ? wait : null;
  return isHarmless && PASSING.includes(outcome.status) && wait === null ? pause : null;
}
