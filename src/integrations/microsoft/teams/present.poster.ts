import type { Logger } from 'pino';
import type { Actor } from '../../../core/actor.js';
import { attempt, type AttemptOptions } from '../../../core/outbox/attempt.js';
import { leaseAhead } from '../../../core/outbox/lease-ahead.js';
import { type Query, sql } from '../../../core/statement.js';
import type { Presence } from './presence.js';
import type { TeamsPlanner } from './teams.planner.js';
import { TEAMS_CARD } from './teams.plan.js';

export interface PresentPosterOptions extends AttemptOptions {
  readonly presence: Presence;
  readonly planner: Pick<TeamsPlanner, 'plan'>;
  readonly log: Logger;
}

/** Whoever would wait behind more is served by the worker. */
const MOST_WAITING = 50;
/** For how long a tenant without such a channel is not asked about again, in milliseconds. */
const NONE_FOR_MS = 30_000;

/**
 * Posts the cards of what somebody has just done, in their name, in the process in which they did it: the only one that
 * has their token. It takes each card from the outbox under a lease, ahead of the worker, which waits some seconds for it
 * (HAND_OVER_MS) and posts by the webhook whatever was left. A card that was begun here and whose process ended is in
 * doubt like any other.
 */
export class PresentPoster {
  private readonly waiting = new Set<string>();
  private readonly none = new Map<string, number>();
  private running: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(private readonly options: PresentPosterOptions) {}

  /** Somebody's change was committed. Returns at once. */
  readonly acted = (actor: Actor): void => {
    const { kind, tenantId, id } = actor;
    const key = `${tenantId}/${id}`;
    if (kind !== 'PERSON' || this.stopping || this.waiting.has(key) || this.waiting.size >= MOST_WAITING) return;
    if (!this.options.presence.of(tenantId, id) || this.hasNone(tenantId)) return;
    this.waiting.add(key);
    this.running = this.running
      .then(() => {
        this.waiting.delete(key);
        return this.post(tenantId, id);
      })
      .catch((error: unknown) => this.options.log.warn({ err: error, tenantId }, 'cards were left to the worker'));
  };

  /** Begins nothing any more and finishes what is in hand. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.settled();
  }

  /** Resolves when what was asked for so far is done. */
  async settled(): Promise<void> {
    await this.running;
  }

  private hasNone(tenantId: string): boolean {
    const until = this.none.get(tenantId);
    if (until === undefined) return false;
    if (performance.now() < until) return true;
    this.none.delete(tenantId);
    return false;
  }

  private async post(tenantId: string, personId: string): Promise<void> {
    const { gateway, planner, clock, leaseMs } = this.options;
    const { isAsked } = await gateway.read(tenantId, { isAsked: hasDelegatedChannel() });
    if (!isAsked) {
      this.none.set(tenantId, performance.now() + NONE_FOR_MS);
      return;
    }
    await planner.plan(tenantId);
    const { left } = await gateway.read(tenantId, { left: leftFor(personId) });
    for (const effectId of left) {
      if (this.stopping) return;
      const leased = await gateway.transaction(tenantId, async (tx) => {
        const { now } = await tx.flush({ now: clock.now() });
        const { taken } = await tx.flush({ taken: leaseAhead(effectId, now, leaseMs) });
        await tx.commit([]);
        return taken;
      });
      if (leased) await attempt(this.options, tenantId, leased, null);
    }
  }
}

/** Whether the tenant has a channel in which people post in their own name. */
function hasDelegatedChannel(): Query<boolean> {
  return sql(
    `select 1 from integration where tenant_id = $1 and vendor = 'TEAMS' and state <> 'DISCONNECTED'
       and settings::json ->> 'delegated' = 'ON' limit 1`,
    [],
    (rows) => rows.length > 0,
  );
}

/** The effects of the cards that tell what this person did and that the worker leaves to them, the oldest first. */
function leftFor(personId: string): Query<string[]> {
  return sql(
    `select e.id from teams_card c
     join outbox_effect e on e.tenant_id = $1 and e.effect_key = '${TEAMS_CARD}/' || c.id
     where c.tenant_id = $1 and c.actor_id = $2 and c.state = 'ASKED' and e.state = 'PENDING' and e.not_before is not null
     order by e.id`,
    [personId],
    (rows) => rows.map(({ id }) => id as string),
  );
}
