interface Turn {
  /** When the tenant is to be visited, on the monotonic clock, in milliseconds. */
  at: number;
  isVisited: boolean;
  /** A wake that came during a visit: whoever was there may have looked too early. */
  isWoken: boolean;
}

export interface RoundsOptions {
  /** The tenants to visit; asked again every few seconds, and when an unknown one wakes. */
  readonly tenants: () => Promise<readonly string[]>;
  /** Does what is due; in how many milliseconds to come again, or null for the next sweep. */
  readonly visit: (tenantId: string) => Promise<number | null>;
  /** Every tenant is visited at least this often: the net under lost hints, in milliseconds. */
  readonly sweepMs: number;
  /** Visits at the same time. */
  readonly most: number;
  readonly onError: (error: unknown, tenantId: string | null) => void;
}

const TENANTS_EVERY_MS = 5000;
const TICK_MS = 25;

/**
 * Whom to visit when: the longest waiting first, so that no tenant waits for another's backlog; a tenant without work
 * costs one visit a sweep, not one a tick. Knows no database: hints and visits say when a tenant is due.
 */
export class Rounds {
  private readonly turns = new Map<string, Turn>();
  private visiting = 0;
  private stopping = false;
  private asked = -Infinity;
  /** Before this nobody is due: so long nobody is asked. */
  private soonest = -Infinity;
  private running: Promise<void> = Promise.resolve();
  private readonly visits = new Set<Promise<void>>();

  constructor(private readonly options: RoundsOptions) {}

  start(): void {
    this.running = this.loop();
  }

  /** Begins no visit any more and waits for those under way. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    await Promise.all(this.visits);
  }

  /** There may be something to do for this tenant now. */
  wake(tenantId: string): void {
    const turn = this.turns.get(tenantId);
    if (!turn) {
      this.asked = Math.min(this.asked, performance.now() - TENANTS_EVERY_MS + 250);
      return;
    }
    if (turn.isVisited) turn.isWoken = true;
    else this.dueAt(turn, Math.min(turn.at, performance.now()));
  }

  /** Everyone is due: after hints may have been missed. */
  wakeAll(): void {
    for (const tenantId of this.turns.keys()) this.wake(tenantId);
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      await this.refresh();
      for (const tenantId of this.due()) this.begin(tenantId);
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  private async refresh(): Promise<void> {
    if (performance.now() - this.asked < TENANTS_EVERY_MS) return;
    this.asked = performance.now();
    try {
      const tenants = new Set(await this.options.tenants());
      for (const tenantId of this.turns.keys()) if (!tenants.has(tenantId)) this.turns.delete(tenantId);
      for (const tenantId of tenants)
        if (!this.turns.has(tenantId)) {
          this.turns.set(tenantId, { at: this.asked, isVisited: false, isWoken: false });
          this.soonest = -Infinity;
        }
    } catch (error) {
      this.options.onError(error, null);
    }
  }

  private due(): string[] {
    const now = performance.now();
    if (this.visiting >= this.options.most || this.soonest > now) return [];
    const free = [...this.turns].filter(([, turn]) => !turn.isVisited);
    const due = free.filter(([, turn]) => turn.at <= now);
    if (due.length === 0) this.soonest = Math.min(...free.map(([, turn]) => turn.at));
    return due
      .toSorted(([, a], [, b]) => a.at - b.at)
      .slice(0, this.options.most - this.visiting)
      .map(([tenantId]) => tenantId);
  }

  private begin(tenantId: string): void {
    const turn = this.turns.get(tenantId)!;
    Object.assign(turn, { isVisited: true, isWoken: false });
    this.visiting += 1;
    const visit = this.visit(tenantId, turn).finally(() => {
      this.visiting -= 1;
      this.visits.delete(visit);
    });
    this.visits.add(visit);
  }

  private async visit(tenantId: string, turn: Turn): Promise<void> {
    const { visit, sweepMs, onError } = this.options;
    let again: number | null = null;
    try {
      again = await visit(tenantId);
    } catch (error) {
      onError(error, tenantId);
      again = 1000;
    }
    // Sweeps of many tenants drift apart instead of coming all at once.
    const sweep = sweepMs * (0.75 + 0.25 * Math.random());
    this.dueAt(turn, performance.now() + (turn.isWoken ? 0 : Math.min(again ?? sweep, sweep)));
    turn.isVisited = false;
  }

  private dueAt(turn: Turn, at: number): void {
    turn.at = at;
    this.soonest = Math.min(this.soonest, at);
  }
}
