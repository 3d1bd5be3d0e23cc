/** Somebody who is present: their verified token came with a request a moment ago. */
export interface Present {
  readonly tenantId: string;
  readonly personId: string;
  /** The directory of the token (`tid`). */
  readonly tid: string;
  /** Their token for this API. In this process's memory alone: never stored, never logged. */
  readonly token: string;
  /** When it ends. */
  readonly expiresAt: Date;
}

interface Seen extends Present {
  readonly seenAt: number;
}

/** Whoever has asked nothing for longer is not here any more, in milliseconds. */
const PRESENT_MS = 120_000;
const MOST = 2000;

/**
 * Who is present in this process, by their latest token: what posting in their name takes (on-behalf-of). Bounded by
 * number and age; nothing of it outlives the process.
 */
export class Presence {
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly clock: () => number = Date.now) {}

  /** A request of a person has come with this token. */
  note(present: Present): void {
    const key = keyOf(present.tenantId, present.personId);
    this.seen.delete(key);
    this.seen.set(key, { ...present, seenAt: this.clock() });
    for (const [oldest, { seenAt }] of this.seen) {
      if (this.seen.size <= MOST && this.clock() - seenAt < PRESENT_MS) break;
      this.seen.delete(oldest);
    }
  }

  /** A person with a token that is good for now; null when they are not here. */
  of(tenantId: string, personId: string): Present | null {
    const found = this.seen.get(keyOf(tenantId, personId));
    const now = this.clock();
    const isHere = found !== undefined && now - found.seenAt < PRESENT_MS && found.expiresAt.getTime() > now;
    return isHere ? found : null;
  }
}

const keyOf = (tenantId: string, personId: string): string => `${tenantId}/${personId}`;
