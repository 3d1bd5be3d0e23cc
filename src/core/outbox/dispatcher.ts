import { newId } from '../id.js';
import { IdempotencyRecord } from '../idempotency.js';
import type { Statement } from '../statement.js';
import { tableOf } from '../table.js';
import { attempt, type AttemptOptions, logged } from './attempt.js';
import { AttemptOutcome, type VendorPause } from './attempt.entity.js';
import { lease, type Leased, LEASE_MS, nextDue, release, vendorPauses } from './lease.js';
import { Rounds } from './rounds.js';

export interface DispatcherOptions extends Omit<AttemptOptions, 'random' | 'leaseMs'> {
  /** The active tenants. */
  readonly tenants: () => Promise<readonly string[]>;
  /** From 0 up to 1; Math.random when left out. */
  readonly random?: () => number;
  /** How long a lease lasts, in milliseconds; half a minute when left out. */
  readonly leaseMs?: number;
  /** Every tenant is looked at least this often, in milliseconds. */
  readonly sweepMs?: number;
  /** Effects of this tenant were done, or failed. */
  readonly onDone?: (tenantId: string) => void;
}

/** Effects that one visit takes: nobody waits behind more of one tenant and vendor. */
const BATCH = 10;
/** Tenants whose rows are being leased at the same time; each holds a connection of the pool meanwhile. */
const MOST_VISITS = 4;
/** Effects on the way at the same time in this process, and of them to one vendor: a slow one leaves room for others. */
const MOST_LANES = 48;
const MOST_LANES_A_VENDOR = 24;
const SWEEP_MS = 30_000;
const KEEP_KEYS_MS = 48 * 3_600_000;
const CROWDED_MS = 250;

/** One vendor's effects of one visit, in order. The vendor '' is our own work. */
interface Lane {
  readonly vendor: string;
  readonly leased: readonly Leased[];
  readonly pause: VendorPause | null;
}

interface Visit {
  readonly lanes: readonly Lane[];
  /** In how many milliseconds there is something to do again; null when nothing is known. */
  readonly again: number | null;
}

/**
 * Does what the outbox asks: leases one tenant's due effects at a time with a fencing token, does those of one vendor
 * one after the other and those of different tenants and vendors side by side, retries with growing pauses.
 */
export class Dispatcher {
  private stopping = false;
  private readonly attempts: AttemptOptions;
  /** The vendors that each tenant's effects are on the way to. */
  private readonly busy = new Map<string, Set<string>>();
  private readonly lanes = new Set<Promise<void>>();
  private readonly lanesOf = new Map<string, number>();
  private readonly rounds: Rounds;

  constructor(private readonly options: DispatcherOptions) {
    this.attempts = { random: Math.random, leaseMs: LEASE_MS, ...options };
    this.rounds = new Rounds({
      tenants: options.tenants,
      visit: (tenantId) => this.visitInTurn(tenantId),
      sweepMs: options.sweepMs ?? SWEEP_MS,
      most: MOST_VISITS,
      onError: (error, tenantId) =>
        options.log.warn({ err: error, tenantId }, 'a visit of the worker failed; it goes on'),
    });
  }

  /** Works until stopped. */
  start(): void {
    this.rounds.start();
  }

  /** There may be something to do for this tenant. */
  wake(tenantId: string): void {
    this.rounds.wake(tenantId);
  }

  /** Hints may have been missed: looks at every tenant. */
  wakeAll(): void {
    this.rounds.wakeAll();
  }

  /** Finishes the effects in hand and gives back the rest. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.rounds.stop();
    await Promise.all(this.lanes);
  }

  /** One visit to every tenant, one after the other; how many effects were taken. */
  async pass(): Promise<number> {
    let taken = 0;
    for (const tenantId of await this.options.tenants()) {
      if (this.stopping) break;
      const { lanes } = await this.take(tenantId, []);
      taken += lanes.reduce((sum, { leased }) => sum + leased.length, 0);
      await Promise.all(lanes.map((lane) => this.walk(tenantId, lane)));
    }
    return taken;
  }

  private async visitInTurn(tenantId: string): Promise<number | null> {
    if (this.lanes.size >= MOST_LANES) return CROWDED_MS;
    const crowded = [...this.lanesOf].filter(([, lanes]) => lanes >= MOST_LANES_A_VENDOR).map(([vendor]) => vendor);
    const busy = this.busy.get(tenantId) ?? new Set();
    const { lanes, again } = await this.take(tenantId, [...busy, ...crowded]);
    for (const lane of lanes) this.open(tenantId, lane);
    // A lane that ends wakes the tenant: what came behind it needs no look before.
    if (crowded.length > 0) return Math.min(CROWDED_MS, again ?? CROWDED_MS);
    return again;
  }

  private open(tenantId: string, lane: Lane): void {
    const busy = this.busy.get(tenantId) ?? new Set();
    this.busy.set(tenantId, busy.add(lane.vendor));
    this.lanesOf.set(lane.vendor, (this.lanesOf.get(lane.vendor) ?? 0) + 1);
    const walk = this.walk(tenantId, lane).finally(() => {
      this.lanes.delete(walk);
      this.lanesOf.set(lane.vendor, this.lanesOf.get(lane.vendor)! - 1);
      busy.delete(lane.vendor);
      if (busy.size === 0) this.busy.delete(tenantId);
      this.rounds.wake(tenantId);
      this.options.onDone?.(tenantId);
    });
    this.lanes.add(walk);
  }

  /** Leases what is due, notes the attempts that were lost on the way, and drops idempotency keys past their time. */
  private async take(tenantId: string, busy: readonly string[]): Promise<Visit> {
    const { gateway, clock } = this.options;
    return gateway.transaction(tenantId, async (tx) => {
      const { now } = await tx.flush({ now: clock.now() });
      const { leased, pauses, due } = await tx.flush({
        leased: lease(now, busy, BATCH, this.attempts.leaseMs),
        pauses: vendorPauses(),
        due: nextDue(now),
      });
      await tx.commit([...lost(leased, now), expiredKeys(now)]);
      const again = leased.length === BATCH ? 0 : due && due.getTime() - now.getTime();
      return { lanes: lanesFrom(leased, pauses), again };
    });
  }

  /** One vendor's effects in order; ends early when the vendor is paused, the lease grows old or the worker stops. */
  private async walk(tenantId: string, { leased, pause }: Lane): Promise<void> {
    const since = performance.now();
    const waiting = [...leased];
    try {
      while (waiting.length > 0 && !this.stopping && performance.now() - since < this.attempts.leaseMs / 2) {
        const end = await attempt(this.attempts, tenantId, waiting[0]!, pause);
        waiting.shift();
        if (end === 'PAUSED') break;
      }
      if (waiting.length === 0) return;
      await this.options.gateway.transaction(tenantId, (tx) => tx.commit(waiting.map(release)));
    } catch (error) {
      // The leases run out by themselves.
      this.options.log.warn({ err: error, tenantId }, 'effects were left to the next worker');
    }
  }
}

function lanesFrom(leased: readonly Leased[], pauses: readonly VendorPause[]): Lane[] {
  const vendors = new Set(leased.map(({ effect }) => effect.vendor ?? ''));
  return [...vendors].map((vendor) => ({
    vendor,
    leased: leased.filter(({ effect }) => (effect.vendor ?? '') === vendor),
    pause: pauses.find((pause) => pause.vendor === vendor) ?? null,
  }));
}

/** Attempts whose worker ended: known only when the next worker comes by. */
function lost(leased: readonly Leased[], now: Date): Statement[] {
  return leased
    .filter(({ wasLost }) => wasLost)
    .map(({ effect }) =>
      logged({
        id: newId(),
        effectId: effect.id,
        number: effect.attempts,
        fencingToken: effect.fencingToken - 1,
        phase: 'PERFORM',
        outcome: AttemptOutcome.LOST,
        startedAt: null,
        endedAt: now,
        code: 'WORKER_LOST',
        status: null,
        error: null,
        receipt: null,
      }),
    );
}

function expiredKeys(now: Date): Statement {
  const { name } = tableOf(IdempotencyRecord);
  return {
    text: `delete from ${name} where tenant_id = $1 and created_at < $2`,
    values: [new Date(now.getTime() - KEEP_KEYS_MS)],
  };
}
