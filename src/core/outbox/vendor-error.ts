/**
 * What went wrong at a vendor, as the dispatcher needs to know it:
 * - RETRY: certainly not done (not sent, or a 503 that says so); done again after a growing pause.
 * - BUSY: certainly not done, for the sake of this one item (a file that somebody has locked, a mailbox that greylists):
 *   its effect alone is done again after a growing pause, and dead after a day; the vendor's others go on.
 * - THROTTLED: 429 or 503 with Retry-After; the tenant's whole vendor waits that long.
 * - REFUSED: a 4xx that no repetition changes; dead at once.
 * - UNKNOWN_OUTCOME: sent and no (whole) answer: timeout, reset, 5xx. Never repeated blindly.
 * - DISCONNECTED: the credentials are not valid any more; the vendor waits until somebody reconnects it.
 */
export type VendorFault = 'RETRY' | 'BUSY' | 'THROTTLED' | 'REFUSED' | 'UNKNOWN_OUTCOME' | 'DISCONNECTED';

export interface VendorErrorDetails {
  /** Machine code, such as HALOPSA_FIELD_DROPPED. */
  readonly code: string;
  /** Short, redacted, safe to show to an administrator; never a body, a header or an address with a query. */
  readonly message: string;
  /** What an administrator can do. */
  readonly remedy: string;
  /** How long the vendor asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
}

/** Thrown by a handler; anything else that it throws counts as our own fault. */
export class VendorError extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly retryAfterMs: number | null;
  readonly status: number | null;

  constructor(
    readonly kind: VendorFault,
    { code, message, remedy, retryAfterMs, status }: VendorErrorDetails,
  ) {
    super(message);
    this.name = 'VendorError';
    this.code = code;
    this.remedy = remedy;
    this.retryAfterMs = retryAfterMs ?? null;
    this.status = status ?? null;
  }
}
