import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Gateway } from './gateway.js';
import type { Query } from './statement.js';

export interface SweepOptions<T> {
  readonly gateway: Pick<Gateway, 'readEach'>;
  /** Every tenant, whatever its state. */
  readonly tenants: () => Promise<readonly string[]>;
  /** What is to be known of a tenant: one statement, by indexes alone. */
  readonly glance: Query<T>;
  readonly found: (tenantId: string, found: T) => void;
  /** Every tenant is glanced at once in so long, in milliseconds. */
  readonly everyMs: number;
  readonly log: Logger;
}

/** Tenants that one round trip glances at. */
const CHUNK = 50;

/**
 * The net under lost hints: a glance at every tenant from time to time, many tenants a round trip, spread over the time.
 * What a process did not tell that ended right after its commit, and what a worker left that ended, is found here.
 */
export class Sweep<T> {
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: SweepOptions<T>) {}

  /** Works until stopped. */
  start(): void {
    this.running = this.loop();
  }

  /** Finishes the glance in hand. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  /** Glances at every tenant once; `pauseOf` is waited between two round trips. */
  async pass(pauseOf: (chunks: number) => Promise<void> = () => Promise.resolve()): Promise<void> {
    const { gateway, tenants, glance, found, log } = this.options;
    const all = await tenants();
    const chunks = Math.max(1, Math.ceil(all.length / CHUNK));
    for (let at = 0; at < chunks && !this.ending.signal.aborted; at++) {
      const some = all.slice(at * CHUNK, (at + 1) * CHUNK);
      try {
        for (const [tenantId, { glance: seen }] of await gateway.readEach(some, { glance })) found(tenantId, seen);
      } catch (error) {
        log.warn({ err: error }, 'tenants could not be glanced at; the next sweep tries again');
      }
      await pauseOf(chunks);
    }
  }

  private async loop(): Promise<void> {
    const { signal } = this.ending;
    const rest = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      try {
        await this.pass((chunks) => rest(this.options.everyMs / chunks));
      } catch (error) {
        this.options.log.warn({ err: error }, 'a sweep failed; it goes on');
        await rest(1000);
      }
    }
  }
}
