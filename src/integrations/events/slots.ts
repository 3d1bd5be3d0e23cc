import { VendorError } from '../../core/outbox/vendor-error.js';

/** How many deliveries may be on the way at once. */
export interface SlotLimits {
  /** In this process. */
  readonly most: number;
  /** Of one tenant in this process. */
  readonly mostATenant: number;
}

const LIMITS: SlotLimits = { most: 24, mostATenant: 8 };
const COME_AGAIN_MS = 1000;

/**
 * Keeps deliveries from taking all of the worker's lanes: endpoints that hang, of one tenant or of many, leave room for
 * everybody's other work (the dispatcher has 48). Whoever finds no place comes again in a second.
 */
export class Slots {
  private readonly taken = new Map<string, number>();
  private all = 0;

  constructor(private readonly limits: SlotLimits = LIMITS) {}

  /** Takes a place; give it back by calling what is answered. VendorError THROTTLED when there is none. */
  take(tenantId: string): () => void {
    const own = this.taken.get(tenantId) ?? 0;
    if (this.all >= this.limits.most || own >= this.limits.mostATenant)
      throw new VendorError('THROTTLED', {
        code: 'DELIVERIES_CROWDED',
        message: 'Too many deliveries are on the way; nothing was sent.',
        remedy: 'It goes on by itself; look for endpoints that take long to answer.',
        retryAfterMs: COME_AGAIN_MS,
      });
    this.all += 1;
    this.taken.set(tenantId, own + 1);
    return () => this.give(tenantId);
  }

  private give(tenantId: string): void {
    this.all -= 1;
    const left = this.taken.get(tenantId)! - 1;
    if (left === 0) this.taken.delete(tenantId);
    else this.taken.set(tenantId, left);
  }
}
