import { VendorError } from '../../core/outbox/vendor-error.js';

/** How much may be asked of one instance of a vendor, by all of this process. */
export interface Budget {
  /** Names the instance: its host, and the tenant where the vendor counts per tenant. */
  readonly instance: string;
  readonly perMinute: number;
  /** Requests that may go out at once after a quiet time. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was right, on the monotonic clock. */
  at: number;
  /** Nothing goes out before this, whatever the tokens say: the vendor asked for it. */
  closedUntil: number;
}

/** Waiting longer than this belongs into the outbox, where it holds nobody up. */
const LONGEST_WAIT_MS = 3000;
const MOST_BUCKETS = 10_000;

/**
 * Token buckets by instance. A request waits a moment for its token; where the wait would be long it is THROTTLED
 * before it is sent. Counts this process alone: with several workers give each its share, and the vendor's own 429
 * says the rest.
 */
export class Budgets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly clock: () => number = () => performance.now()) {}

  /** Takes a token; resolves when the request may go out. */
  async spend(budget: Budget, signal?: AbortSignal): Promise<void> {
    const bucket = this.filled(budget);
    const perMs = budget.perMinute / 60_000;
    const wait = Math.max(bucket.closedUntil - this.clock(), bucket.tokens >= 1 ? 0 : (1 - bucket.tokens) / perMs);
    if (wait > LONGEST_WAIT_MS) {
      throw new VendorError('THROTTLED', {
        code: 'BUDGET_SPENT',
        message: 'Our own budget of requests to this vendor is spent; nothing was sent.',
        remedy: 'It goes on by itself; lower the number of handoffs at once if it happens often.',
        retryAfterMs: Math.ceil(wait),
      });
    }
    // Taken at once, so that those who wait stand in line.
    bucket.tokens -= 1;
    if (wait > 0) await pause(wait, signal);
  }

  /** The vendor says that nothing more is allowed for this long. */
  close(budget: Budget, ms: number): void {
    const bucket = this.filled(budget);
    bucket.closedUntil = Math.max(bucket.closedUntil, this.clock() + ms);
  }

  private filled({ instance, perMinute, burst }: Budget): Bucket {
    const now = this.clock();
    const bucket = this.buckets.get(instance) ?? { tokens: burst, at: now, closedUntil: 0 };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * perMinute) / 60_000);
    bucket.at = now;
    this.buckets.delete(instance);
    this.buckets.set(instance, bucket);
    const [oldest] = this.buckets.keys();
    if (this.buckets.size > MOST_BUCKETS && oldest !== undefined) this.buckets.delete(oldest);
    return bucket;
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(
          new VendorError('RETRY', {
            code: 'STOPPED',
            message: 'Stopped before anything was sent.',
            remedy: 'It is tried again by itself.',
          }),
        );
      },
      { once: true },
    );
  });
}
