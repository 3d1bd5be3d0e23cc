import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { Gateway } from './gateway.js';
import { IdempotencyRecord } from './idempotency.js';
import { OutboxEffect } from './outbox.js';
import { type Answers, type Queries, sql, type Statement, update } from './statement.js';
import { hydrate, tableOf } from './table.js';

/** What a handler may use while it does an effect: reading, and the time of the lease. */
export interface EffectTools {
  readonly tenantId: string;
  readonly read: <Q extends Queries>(queries: Q) => Promise<Answers<Q>>;
  readonly now: Date;
}

/** Does one kind of effect outside of any transaction; its writes are committed with the completion. */
export type EffectHandler = (
  effect: OutboxEffect,
  tools: EffectTools,
) => Promise<{ receipt: string; writes: readonly Statement[] }>;

export interface DispatcherOptions {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly handlers: Readonly<Record<string, EffectHandler>>;
  /** The active tenants, taken in turn so that none waits for another's backlog. */
  readonly tenants: () => Promise<readonly string[]>;
  readonly log: Logger;
}

const LEASE_MS = 30_000;
const BATCH = 10;
const MOST_ATTEMPTS = 8;
const KEEP_KEYS_MS = 48 * 3_600_000;

/** Does what the outbox asks, one tenant at a time: leases with a fencing token, retries with growing pauses. */
export class Dispatcher {
  private stopping = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: DispatcherOptions) {}

  /** Works until stopped, looking again after `pauseMs` when there was nothing to do. */
  start(pauseMs = 500): void {
    this.running = this.loop(pauseMs);
  }

  /** Finishes the effect in hand and leaves the rest. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  /** One pass over all tenants; how many effects were done or failed. */
  async pass(): Promise<number> {
    let worked = 0;
    for (const tenantId of await this.options.tenants()) {
      if (this.stopping) break;
      worked += await this.serve(tenantId);
    }
    return worked;
  }

  private async loop(pauseMs: number): Promise<void> {
    while (!this.stopping) {
      try {
        if ((await this.pass()) > 0) continue;
      } catch (error) {
        this.options.log.warn({ err: error }, 'a pass of the worker failed; it goes on');
      }
      for (let waited = 0; waited < pauseMs && !this.stopping; waited += 50)
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async serve(tenantId: string): Promise<number> {
    const since = performance.now();
    const { leased, now } = await this.lease(tenantId);
    for (const effect of leased) {
      // What a slow effect left too little of the lease for is another pass's, or another worker's.
      if (this.stopping || performance.now() - since > LEASE_MS / 2) break;
      await this.attempt(tenantId, effect, now);
    }
    return leased.length;
  }

  /** Takes due effects whose lease is free, oldest of each aggregate first, and drops keys past their time. */
  private async lease(tenantId: string): Promise<{ leased: OutboxEffect[]; now: Date }> {
    const { selection } = tableOf(OutboxEffect);
    return this.options.gateway.transaction(tenantId, async (tx) => {
      const { now } = await tx.flush({ now: this.options.clock.now() });
      const { leased } = await tx.flush({
        leased: sql(
          // As a sub-select of the update, the planner may run it once a row and so lease far more than a batch.
          `with due as materialized (
             select e.id from outbox_effect e
             where e.tenant_id = $1 and e.state = 'PENDING' and e.next_attempt_at <= $2
               and (e.leased_until is null or e.leased_until <= $2)
               and not exists (select 1 from outbox_effect o where o.tenant_id = $1 and o.state = 'PENDING'
                 and o.aggregate_id = e.aggregate_id and o.id < e.id)
             order by e.id limit ${BATCH} for update skip locked)
           update outbox_effect set leased_until = $3, fencing_token = fencing_token + 1, attempts = attempts + 1
           where tenant_id = $1 and id in (select id from due)
           returning ${selection}`,
          [now, new Date(now.getTime() + LEASE_MS)],
          (rows) => rows.map((row) => hydrate(OutboxEffect, row)),
        ),
      });
      const expired = {
        text: `delete from ${tableOf(IdempotencyRecord).name} where tenant_id = $1 and created_at < $2`,
        values: [new Date(now.getTime() - KEEP_KEYS_MS)],
      };
      await tx.commit([expired]);
      return { leased, now };
    });
  }

  private async attempt(tenantId: string, effect: OutboxEffect, now: Date): Promise<void> {
    const { gateway, handlers, log } = this.options;
    try {
      const handler = handlers[effect.kind];
      if (effect.attempts > MOST_ATTEMPTS) throw new Error('Every worker that took it ended before it was done');
      if (!handler) throw new Error(`No handler for ${effect.kind}`);
      const { receipt, writes } = await handler(effect, {
        tenantId,
        now,
        read: (queries) => gateway.read(tenantId, queries),
      });
      await this.settle(
        tenantId,
        effect,
        { state: 'DONE', receipt, doneAt: now, leasedUntil: null, lastError: null },
        writes,
      );
    } catch (error) {
      log.warn({ err: error, effect: effect.id, kind: effect.kind, attempts: effect.attempts }, 'an effect failed');
      const isDead = effect.attempts >= MOST_ATTEMPTS;
      const pause = Math.min(3_600_000, 1000 * 2 ** effect.attempts);
      const failure = {
        lastError: (error as Error).message.slice(0, 500),
        leasedUntil: null,
        nextAttemptAt: new Date(now.getTime() + pause),
      };
      await this.settle(tenantId, effect, { ...failure, state: isDead ? ('DEAD' as const) : ('PENDING' as const) }, []);
    }
  }

  /** Only the holder of the latest lease may complete: the token fences off a worker that was too slow. */
  private async settle(
    tenantId: string,
    effect: OutboxEffect,
    changes: Partial<OutboxEffect>,
    writes: readonly Statement[],
  ): Promise<void> {
    const { id, fencingToken } = effect;
    await this.options.gateway.transaction(tenantId, async (tx) => {
      const text = 'select 1 from outbox_effect where tenant_id = $1 and id = $2 and fencing_token = $3 for update';
      const { held } = await tx.flush({ held: sql(text, [id, fencingToken], (rows) => rows.length > 0) });
      await tx.commit(held ? [...writes, update(OutboxEffect, { id }, changes)] : []);
    });
  }
}
