/** What a sweep has found about a tenant: whether anything is open there that time alone may make due. */
export type Standing = 'OPEN' | 'DORMANT';

/** The longest time between two looks at a tenant in which nothing happens, in milliseconds. */
const LONGEST_PAUSE: Readonly<Record<Standing, number>> = {
  // What time makes due is noticed within the five minutes in which people are promised to be told.
  OPEN: 4 * 60_000,
  DORMANT: 15 * 60_000,
};

interface Turn {
  readonly lookedAt: number;
  readonly pause: number;
}

/** Who looks how often: one for each kind of look, such as a planner. */
export interface Looks {
  /** Whether it is this tenant's turn. */
  isTurn(tenantId: string): boolean;
  /** The tenant was looked at; `isBusy` says that there was something to do. */
  looked(tenantId: string, since: number, isBusy: boolean): void;
}

/**
 * Which tenants are worth looking at. Whatever happens in a tenant is told to the workers (outbox/hints.ts), so a tenant of
 * which nothing is heard is looked at ever more seldom: an installation of many tenants at which nobody does anything costs
 * next to nothing. While nothing can be heard, everyone is looked at as if something had happened.
 */
export class Attention {
  private readonly notedAt = new Map<string, number>();
  private readonly standings = new Map<string, Standing>();

  /** `hears`: whether what happens is heard now. */
  constructor(private readonly hears: () => boolean) {}

  /** Something has happened in this tenant. */
  readonly note = (tenantId: string): void => void this.notedAt.set(tenantId, performance.now());

  /** Something may have happened anywhere, unheard. */
  noteAll(): void {
    for (const tenantId of this.standings.keys()) this.note(tenantId);
  }

  /** What a sweep found. */
  found(tenantId: string, standing: Standing): void {
    this.standings.set(tenantId, standing);
  }

  /** A tenant that is there no longer. */
  forget(isThere: (tenantId: string) => boolean): void {
    for (const known of [this.notedAt, this.standings])
      for (const tenantId of known.keys()) if (!isThere(tenantId)) known.delete(tenantId);
  }

  /** The looks of one kind, at best every `everyMs` milliseconds. */
  looks(everyMs: number): Looks {
    const turns = new Map<string, Turn>();
    const longest = (tenantId: string): number =>
      this.hears() ? Math.max(everyMs, LONGEST_PAUSE[this.standings.get(tenantId) ?? 'OPEN']) : everyMs;
    return {
      isTurn: (tenantId) => {
        const turn = turns.get(tenantId);
        if (!turn || (this.notedAt.get(tenantId) ?? -Infinity) >= turn.lookedAt) return true;
        // Looks come in steps of `everyMs`, a little early or late: what is nearly due is due.
        return performance.now() >= turn.lookedAt + Math.min(turn.pause, longest(tenantId)) - everyMs / 2;
      },
      looked: (tenantId, since, isBusy) => {
        const before = turns.get(tenantId)?.pause ?? everyMs / 2;
        const isAwake = isBusy || (this.notedAt.get(tenantId) ?? -Infinity) >= (turns.get(tenantId)?.lookedAt ?? 0);
        turns.set(tenantId, { lookedAt: since, pause: isAwake ? everyMs : Math.min(before * 2, longest(tenantId)) });
      },
    };
  }
}
