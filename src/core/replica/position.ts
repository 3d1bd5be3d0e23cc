const POSITION = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/;

/** A place in the write-ahead log as PostgreSQL writes it (pg_lsn), such as `16/B374D848`; null when it is none. */
export function readPosition(text: string): bigint | null {
  const parts = POSITION.exec(text.toUpperCase());
  return parts && (BigInt(`0x${parts[1]}`) << 32n) + BigInt(`0x${parts[2]}`);
}

/** The same as text. */
export function positionText(position: bigint): string {
  return `${(position >> 32n).toString(16)}/${(position & 0xffffffffn).toString(16)}`.toUpperCase();
}

/**
 * What is known of a replica: how far it has replayed the primary's log, how far each tenant must have been replayed
 * before it may be read there, and since when the replica lacks nothing that the primary had. Pure: told, never asks.
 */
export class Replay {
  private replayed = 0n;
  /** The newest place of the primary that is known. */
  private newest = 0n;
  /** Up to this moment everything of the primary is replayed. */
  private wholeUntil = Number.NEGATIVE_INFINITY;
  /** Where the primary stood when, oldest first, of what is not replayed yet. */
  private samples: { readonly at: number; readonly position: bigint }[] = [];
  private readonly written = new Map<string, bigint>();
  /**
   * Tenants of which something was written, nobody knows where, each with the number of its last notice: they are read on
   * the primary until a place is known that was asked for after it.
   */
  private readonly owed = new Map<string, number>();
  private notices = 0;

  /** @param lagMs how old the replica's last known whole state may be. */
  constructor(private readonly lagMs: number) {}

  /** Something of the tenant was committed before this place. */
  wrote(tenantId: string, position: bigint): void {
    if (position > (this.written.get(tenantId) ?? 0n)) this.written.set(tenantId, position);
    if (position > this.newest) this.newest = position;
  }

  /** Something of the tenant was committed elsewhere; where is asked of the primary. */
  noticed(tenantId: string): void {
    this.owed.set(tenantId, ++this.notices);
  }

  /** A reader has seen this place elsewhere. One that the primary has not reached, as far as is known, is asked for. */
  observed(tenantId: string, position: bigint): void {
    if (position > this.newest) this.noticed(tenantId);
    else this.wrote(tenantId, position);
  }

  /** The number of the last notice: hand it to `sampled` with a place that was asked for after this. */
  get lastNotice(): number {
    return this.notices;
  }

  /** At this moment, in milliseconds, or after it the primary stood there; it was asked after this notice. */
  sampled(at: number, position: bigint, notice: number): void {
    for (const [tenantId, number] of this.owed) {
      if (number > notice) continue;
      this.wrote(tenantId, position);
      this.owed.delete(tenantId);
    }
    if (position > this.newest) this.newest = position;
    this.samples.push({ at, position });
  }

  /** The replica has replayed so far. */
  reached(position: bigint): void {
    // A replica that was built anew may stand earlier than the one before it.
    this.replayed = position;
    while (this.samples[0] && this.samples[0].position <= position) this.wholeUntil = this.samples.shift()!.at;
    // Of a long wait the ends say enough.
    if (this.samples.length > 1000) this.samples = this.samples.filter((_, index) => index % 2 === 0);
  }

  /** The replica is not to be asked until it was reached again. */
  forget(): void {
    this.replayed = 0n;
    this.wholeUntil = Number.NEGATIVE_INFINITY;
    this.samples = [];
  }

  /** Whether the tenant may be read there now: it shows everything that was told of, and lags within its bound. */
  serves(tenantId: string, now: number): boolean {
    return this.isFresh(now) && !this.owed.has(tenantId) && (this.written.get(tenantId) ?? 0n) <= this.replayed;
  }

  isFresh(now: number): boolean {
    return now - this.wholeUntil <= this.lagMs;
  }

  /** The newest place that concerns the tenant, for whoever asks another process next; null when nothing was written here. */
  placeOf(tenantId: string): bigint | null {
    return this.written.get(tenantId) ?? null;
  }
}
