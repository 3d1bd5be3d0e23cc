import { KeyError, type KeyRing, MemoryKeyRing } from './keys.js';

/** A key-encrypting key (KEK) as a key service has wrapped it; it may lie in a file, like any ciphertext. */
export interface WrappedKek {
  /** The identifier of the service's key, with its version. */
  readonly key: string;
  /** Base64url. */
  readonly wrapped: string;
}

/** A key service outside, such as Azure Key Vault. Its faults are a KeyServiceError. */
export interface KeyService {
  /** Wraps 32 bytes under the key that is set now. */
  wrap(kek: Buffer): Promise<WrappedKek>;
  /** The bytes again, by the key that the wrapped one names. */
  unwrap(wrapped: WrappedKek): Promise<Buffer>;
}

/** Why a key service gave nothing: one sentence with the remedy, safe to show to an operator. */
export class KeyServiceError extends Error {
  override readonly name = 'KeyServiceError';
}

/** A KEK of the ring: as it is, or by the service. */
export type Kek =
  { readonly kind: 'CLEAR'; readonly bytes: Buffer } | { readonly kind: 'WRAPPED'; readonly kek: WrappedKek };

export interface ServedKeyRingOptions {
  /** The first wraps, all unwrap. */
  readonly keks: readonly Kek[];
  readonly service: KeyService;
  /** Milliseconds on a monotonic clock. */
  readonly clock?: () => number;
  /** Told why a renewal failed. */
  readonly onFault?: (error: unknown) => void;
}

/** For how long an unwrapped KEK is used without the service, and how often it is asked again. */
const KEEP_MS = 600_000;
const RENEW_MS = 120_000;

/**
 * A ring whose keys a key service unwraps: asked at the start, and again every two minutes. Kept in memory for ten
 * minutes at most, so that a key that was disabled or an identity that lost its right ends everything that is sealed, and
 * a short outage ends nothing. Sealing and opening stay in memory: no service is asked between BEGIN and COMMIT.
 */
export class ServedKeyRing implements KeyRing {
  private ring: MemoryKeyRing | null = null;
  private keys: readonly Buffer[] = [];
  private id = '';
  private renewedAt = 0;
  private fault: string | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;
  private readonly clock: () => number;

  private constructor(private readonly options: ServedKeyRingOptions) {
    this.clock = options.clock ?? (() => performance.now());
  }

  /** Asks the service for every key; KeyServiceError when one is not to be had. */
  static async open(options: ServedKeyRingOptions): Promise<ServedKeyRing> {
    const ring = new ServedKeyRing(options);
    await ring.unwrapAll();
    ring.timer = setInterval(() => void ring.renew(), RENEW_MS);
    ring.timer.unref();
    return ring;
  }

  get currentId(): string {
    return this.id;
  }

  wrap(dataKey: Buffer): Buffer {
    return this.held().wrap(dataKey);
  }

  unwrap(wrapped: Buffer, kekId: string): Buffer {
    return this.held().unwrap(wrapped, kekId);
  }

  /** Why nothing sealed can be opened any more; null while it can. */
  reason(): string | null {
    return this.isHeld()
      ? null
      : `the key-encrypting key is not to be had (${this.fault ?? 'the key service is silent'})`;
  }

  /** Asks the service again; a fault is kept and told, and the keys are let go of when their time is over. */
  async renew(): Promise<void> {
    try {
      await this.unwrapAll();
    } catch (error) {
      this.fault = error instanceof KeyServiceError ? error.message : 'the key service failed';
      this.options.onFault?.(error);
      if (!this.isHeld()) this.forget();
    }
  }

  /** Ends the renewal and lets go of the keys. */
  close(): void {
    this.isClosed = true;
    if (this.timer) clearInterval(this.timer);
    this.forget();
  }

  private async unwrapAll(): Promise<void> {
    const { keks, service } = this.options;
    // Counted from the asking: what is answered late is not kept longer.
    const since = this.clock();
    const keys = await Promise.all(
      keks.map((kek) => (kek.kind === 'CLEAR' ? Promise.resolve(Buffer.from(kek.bytes)) : service.unwrap(kek.kek))),
    );
    if (this.isClosed) return;
    const ring = new MemoryKeyRing(keys);
    this.forget();
    Object.assign(this, { ring, keys, id: ring.currentId, renewedAt: since, fault: null });
  }

  private isHeld(): boolean {
    return this.ring !== null && this.clock() - this.renewedAt < KEEP_MS;
  }

  private held(): MemoryKeyRing {
    if (this.ring && this.isHeld()) return this.ring;
    throw new KeyError(
      'NO_KEK',
      'The key service gives the key-encrypting key no more, so what is sealed under it cannot be opened.',
      `See why in /readyz: ${this.fault ?? 'the key service is silent'}`,
    );
  }

  private forget(): void {
    for (const key of this.keys) key.fill(0);
    this.ring = null;
    this.keys = [];
  }
}
