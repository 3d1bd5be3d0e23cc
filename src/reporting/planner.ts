import type { Logger } from 'pino';
import { Rounds } from '../core/outbox/rounds.js';
import type { Gateway } from '../core/gateway.js';
import { Reporter } from './reporter.js';

/** Every tenant is looked at this often, whether or not somebody says that its ledger has grown, in milliseconds. */
const SWEEP_MS = 30_000;
/** Tenants at the same time: the rows of one are computed while another's are written. Each holds a connection of the pool meanwhile. */
const MOST_VISITS = 2;
/** How long one tenant is worked on while others wait, in milliseconds: a rebuild takes many turns. */
const TURN_MS = 2000;
/** When to come again to a tenant that another worker projects, in milliseconds. */
const BUSY_MS = 1000;

export interface ReportingPlannerOptions {
  readonly gateway: Gateway;
  /** The active tenants. */
  readonly tenants: () => Promise<readonly string[]>;
  /** Every tenant is looked at least this often, in milliseconds. */
  readonly sweepMs?: number;
  readonly log: Logger;
}

/** Keeps the facts of every active tenant current while a worker runs; one tenant's fault keeps no other waiting. */
export class ReportingPlanner {
  private readonly rounds: Rounds;
  private readonly reporter: Reporter;
  private stopping = false;

  constructor({ gateway, tenants, sweepMs = SWEEP_MS, log }: ReportingPlannerOptions) {
    this.reporter = new Reporter(gateway);
    this.rounds = new Rounds({
      tenants,
      visit: (tenantId) => this.visit(tenantId),
      sweepMs,
      most: MOST_VISITS,
      onError: (error, tenantId) =>
        log.warn({ err: error, tenantId }, 'reports could not be brought up to date; the next visit tries again'),
    });
  }

  /** Works until stopped. */
  start(): void {
    this.rounds.start();
  }

  /** Entries of this tenant have just been sealed. */
  readonly wake = (tenantId: string): void => this.rounds.wake(tenantId);

  /** Finishes the transaction in hand. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.rounds.stop();
  }

  private async visit(tenantId: string): Promise<number | null> {
    const until = performance.now() + TURN_MS;
    while (!this.stopping) {
      const { isMore, isBusy } = await this.reporter.step(tenantId);
      if (isBusy) return BUSY_MS;
      if (!isMore) return null;
      if (performance.now() > until) return 0;
    }
    return null;
  }
}
