import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.js';
import type { Gateway } from '../../core/gateway.js';
import { newId } from '../../core/id.js';
import { Rounds } from '../../core/outbox/rounds.js';
import { select, update } from '../../core/statement.js';
import { kept, owed } from './delivery.plan.js';
import { EndpointState, EventEndpoint } from './endpoint.entity.js';
import { isBehind, sealedEntries, sealedUpTo } from './event.queries.js';

/** Entries of the ledger that one transaction goes through. */
const BATCH = 200;
const SWEEP_MS = 30_000;
/** Tenants at the same time; each holds a connection of the pool meanwhile. */
const MOST_VISITS = 2;

export interface EventRelayOptions {
  readonly gateway: Gateway;
  readonly clock: Clock;
  /** The active tenants. */
  readonly tenants: () => Promise<readonly string[]>;
  /** There are deliveries to make for this tenant. */
  readonly wake?: (tenantId: string) => void;
  /** Every tenant is looked at least this often, in milliseconds. */
  readonly sweepMs?: number;
  readonly log: Logger;
}

/**
 * Turns sealed entries of the ledger into deliveries, from each endpoint's own number on. The seal gives every entry its
 * number without gaps, in the order of commits, however late a transaction commits: whatever is above the number was not
 * relayed, whatever is below was, and no mutation does anything for it. Deliveries, their first attempts and the number
 * are written in one transaction under the endpoints' locks, so that a crash repeats nothing and a second worker waits.
 */
export class EventRelay {
  private readonly rounds: Rounds;

  constructor(private readonly options: EventRelayOptions) {
    const { tenants, log, sweepMs = SWEEP_MS } = options;
    this.rounds = new Rounds({
      tenants,
      visit: (tenantId) => this.visit(tenantId),
      sweepMs,
      most: MOST_VISITS,
      onError: (error, tenantId) =>
        log.warn({ err: error, tenantId }, 'events could not be relayed; the next visit tries again'),
    });
  }

  /** Works until stopped. */
  start(): void {
    this.rounds.start();
  }

  /** Entries of this tenant have just been sealed. */
  readonly wake = (tenantId: string): void => this.rounds.wake(tenantId);

  /** Finishes the visits in hand. */
  async stop(): Promise<void> {
    await this.rounds.stop();
  }

  /** Relays everything that is sealed of one tenant; how many deliveries were asked for. */
  async pass(tenantId: string): Promise<number> {
    let asked = 0;
    for (;;) {
      const { isBehind: isDue } = await this.options.gateway.read(tenantId, { isBehind: isBehind() });
      if (!isDue) return asked;
      asked += await this.step(tenantId);
    }
  }

  private async visit(tenantId: string): Promise<null> {
    const asked = await this.pass(tenantId);
    if (asked > 0) this.options.wake?.(tenantId);
    return null;
  }

  private step(tenantId: string): Promise<number> {
    const { gateway, clock } = this.options;
    return gateway.transaction(tenantId, async (tx) => {
      const { endpoints, sealed, now } = await tx.flush({
        endpoints: select(EventEndpoint, { state: EndpointState.ACTIVE }, { orderBy: ['id'], lock: 'UPDATE' }),
        sealed: sealedUpTo(),
        now: clock.now(),
      });
      const after = Math.min(...endpoints.map(({ relayedSeq }) => relayedSeq), sealed);
      const upTo = Math.min(sealed, after + BATCH);
      const { entries } = await tx.flush({ entries: sealedEntries(after, upTo) });
      const deliveries = owed(entries, endpoints, { now, newId });
      const behind = endpoints.filter(({ relayedSeq }) => relayedSeq < upTo).map(({ id }) => id);
      await tx.commit([
        ...kept(deliveries, { now, newId }),
        ...(behind.length > 0 ? [update(EventEndpoint, { id: behind }, { relayedSeq: upTo })] : []),
      ]);
      return deliveries.length;
    });
  }
}
