import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Gateway } from '../gateway.js';
import { type Lag, sealLag } from '../ledger/sounding.js';
import { type OutboxSounding, outboxSounding } from '../outbox/sounding.js';
import type { Query } from '../statement.js';
import type { Soundings, Telemetry } from './telemetry.js';

/** How often a worker sounds every tenant, in milliseconds. */
const EVERY_MS = 60_000;
/** Tenants that one round trip asks. */
const CHUNK = 25;

export interface SounderOptions {
  readonly gateway: Pick<Gateway, 'readEach'>;
  /** The active tenants. */
  readonly tenants: () => Promise<readonly string[]>;
  /** What the reporting model of a tenant does not have yet. */
  readonly reporting: () => Query<Lag>;
  readonly telemetry: Telemetry;
  readonly log: Logger;
}

/**
 * Asks every tenant what waits there, many a round trip, and tells the sum: three statements by small indexes a tenant and
 * minute, and none at all while nobody looks. Every worker sounds the whole, so that any of them may be asked.
 */
export class Sounder {
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: SounderOptions) {}

  /** Works until stopped; at once for the first time. */
  start(everyMs = EVERY_MS): void {
    if (this.options.telemetry.wantsSoundings) this.running = this.loop(everyMs);
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  /** One sounding; tenants that cannot be asked are left out and logged. */
  async pass(): Promise<Soundings> {
    const { gateway, tenants, reporting, log } = this.options;
    const asked = { outbox: outboxSounding(), ledger: sealLag(), reporting: reporting() };
    const all = await tenants();
    let sum = NOTHING;
    for (let at = 0; at < all.length && !this.ending.signal.aborted; at += CHUNK) {
      try {
        for (const [, found] of await gateway.readEach(all.slice(at, at + CHUNK), asked)) sum = plus(sum, found);
      } catch (error) {
        log.warn({ err: error }, 'tenants could not be sounded; their figures are missing for a minute');
      }
    }
    return sum;
  }

  private async loop(everyMs: number): Promise<void> {
    while (!this.ending.signal.aborted) {
      try {
        const found = await this.pass();
        if (!this.ending.signal.aborted) this.options.telemetry.sounded(found);
      } catch (error) {
        this.options.log.warn({ err: error }, 'the tenants could not be sounded; the next minute tries again');
      }
      await sleep(everyMs, undefined, { signal: this.ending.signal, ref: false }).catch(() => undefined);
    }
  }
}

interface Found {
  readonly outbox: OutboxSounding;
  readonly ledger: Lag;
  readonly reporting: Lag;
}

const NOTHING: Soundings = {
  effects: {},
  oldestEffectSeconds: 0,
  unsealedEntries: 0,
  oldestUnsealedSeconds: 0,
  unreportedEntries: 0,
  oldestUnreportedSeconds: 0,
  tenants: 0,
};

/** Counts are added up; of ages the oldest stays. */
function plus(sum: Soundings, { outbox, ledger, reporting }: Found): Soundings {
  const states = Object.entries(outbox.effects).map(([state, count]) => [state, count + (sum.effects[state] ?? 0)]);
  return {
    effects: Object.fromEntries(states) as Record<string, number>,
    oldestEffectSeconds: Math.max(sum.oldestEffectSeconds, outbox.oldestSeconds),
    unsealedEntries: sum.unsealedEntries + ledger.entries,
    oldestUnsealedSeconds: Math.max(sum.oldestUnsealedSeconds, ledger.oldestSeconds),
    unreportedEntries: sum.unreportedEntries + reporting.entries,
    oldestUnreportedSeconds: Math.max(sum.oldestUnreportedSeconds, reporting.oldestSeconds),
    tenants: sum.tenants + 1,
  };
}
