import { VendorError } from '../../core/outbox/vendor-error.js';
import { type Budget, chunkOf } from './budget.rules.js';
import type { BudgetShare, SharedBudget } from './budget.share.js';

export type { Budget } from './budget.rules.js';

interface Bucket {
  tokens: number;
  /** When `tokens` was right, on the monotonic clock. */
  at: number;
  /** Nothing goes out before this, whatever the tokens say: the vendor asked for it. */
  closedUntil: number;
}

/** What this process has taken of a shared budget and not used yet. */
interface Chunk {
  left: number;
  /** Then it is forgotten, on the monotonic clock. */
  endsAt: number;
  /** Nothing is to be had before this. */
  emptyUntil: number;
  /** The shared row could not be had: until then the process counts for itself. */
  aloneUntil: number;
  /** One request for all who wait. */
  asked: Promise<void> | null;
}

/** Waiting longer than this belongs into the outbox, where it holds nobody up. */
const LONGEST_WAIT_MS = 3000;
const MOST_BUCKETS = 10_000;

/** What was taken and not used in this time runs out, so that no process hoards. */
const CHUNK_MS = 5000;

/** How long a process does without the shared row after it could not be had. */
const ALONE_MS = 5000;

/** What a process that counts for itself takes of the whole: four of them stay within it together. */
const ALONE_SHARE = 1 / 4;

/**
 * Token buckets by instance. A request waits a moment for its token; where the wait would be long it is THROTTLED before
 * it is sent. A budget of a tenant's instance is shared by all processes: taken in chunks from one row, so that it is
 * asked once in several requests. When that row cannot be had, the process goes on with its part of the whole.
 */
export class Budgets {
  private readonly buckets = new Map<string, Bucket>();
  private readonly chunks = new Map<string, Chunk>();

  /**
   * `clock` gives milliseconds and never goes back; `share` is what all processes count together: without it, and for
   * budgets of no tenant, each counts for itself.
   */
  constructor(
    private readonly clock: () => number = () => performance.now(),
    private readonly share: BudgetShare | null = null,
  ) {}

  /** Takes a token; resolves when the request may go out. */
  async spend(budget: Budget, signal?: AbortSignal): Promise<void> {
    if (!isShared(budget) || !this.share) return this.spendAlone(budget, signal);
    const until = this.clock() + LONGEST_WAIT_MS;
    const chunk = this.chunkOf(budget);
    for (;;) {
      const now = this.clock();
      if (chunk.left > 0 && chunk.endsAt > now) {
        chunk.left -= 1;
        return;
      }
      if (chunk.aloneUntil > now) return this.spendAlone(portion(budget), signal);
      if (chunk.emptyUntil > until) throw spent(chunk.emptyUntil - now);
      if (chunk.emptyUntil > now) await pause(chunk.emptyUntil - now, signal);
      else await (chunk.asked ??= this.ask(this.share, budget, chunk).finally(() => (chunk.asked = null)));
      if (this.clock() >= until && chunk.left === 0) throw spent(Math.max(1, chunk.emptyUntil - this.clock()));
    }
  }

  /** The vendor says that nothing more is allowed for this long. */
  close(budget: Budget, ms: number): void {
    const bucket = this.filled(budget);
    bucket.closedUntil = Math.max(bucket.closedUntil, this.clock() + ms);
    if (!isShared(budget) || !this.share) return;
    const chunk = this.chunkOf(budget);
    Object.assign(chunk, { left: 0, emptyUntil: Math.max(chunk.emptyUntil, this.clock() + ms) });
    // Others that do not hear of it are told by the vendor.
    void this.share.close(budget, ms).catch(() => undefined);
  }

  private async ask(share: BudgetShare, budget: SharedBudget, chunk: Chunk): Promise<void> {
    try {
      const { granted, waitMs } = await share.take(budget, chunkOf(budget));
      const now = this.clock();
      Object.assign(chunk, { left: granted, endsAt: now + CHUNK_MS, emptyUntil: now + waitMs });
    } catch {
      chunk.aloneUntil = this.clock() + ALONE_MS;
    }
  }

  private async spendAlone(budget: Budget, signal?: AbortSignal): Promise<void> {
    const bucket = this.filled(budget);
    const perMs = budget.perMinute / 60_000;
    const wait = Math.max(bucket.closedUntil - this.clock(), bucket.tokens >= 1 ? 0 : (1 - bucket.tokens) / perMs);
    if (wait > LONGEST_WAIT_MS) throw spent(wait);
    // Taken at once, so that those who wait stand in line.
    bucket.tokens -= 1;
    if (wait > 0) await pause(wait, signal);
  }

  private chunkOf({ tenantId, instance }: SharedBudget): Chunk {
    const key = `${tenantId}/${instance}`;
    const chunk = this.chunks.get(key) ?? { left: 0, endsAt: 0, emptyUntil: 0, aloneUntil: 0, asked: null };
    kept(this.chunks, key, chunk);
    return chunk;
  }

  private filled({ instance, perMinute, burst }: Budget): Bucket {
    const now = this.clock();
    const bucket = this.buckets.get(instance) ?? { tokens: burst, at: now, closedUntil: 0 };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * perMinute) / 60_000);
    bucket.at = now;
    kept(this.buckets, instance, bucket);
    return bucket;
  }
}

/** Keeps the latest used of a map. */
function kept<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST_BUCKETS && oldest !== undefined) map.delete(oldest);
}

const isShared = (budget: Budget): budget is SharedBudget => budget.tenantId !== undefined;

/** A process's own part of a budget. */
function portion({ instance, perMinute, burst }: Budget): Budget {
  return {
    instance,
    perMinute: Math.max(1, perMinute * ALONE_SHARE),
    burst: Math.max(1, Math.floor(burst * ALONE_SHARE)),
  };
}

function spent(waitMs: number): VendorError {
  return new VendorError('THROTTLED', {
    code: 'BUDGET_SPENT',
    message: 'Our own budget of requests to this vendor is spent; nothing was sent.',
    remedy: 'It goes on by itself; lower the number of handoffs at once if it happens often.',
    retryAfterMs: Math.ceil(waitMs),
  });
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // Whoever waits often in one attempt leaves nothing behind at its signal.
    const waited = new AbortController();
    const timer = setTimeout(() => {
      waited.abort();
      resolve();
    }, ms);
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
      { once: true, signal: waited.signal },
    );
  });
}
