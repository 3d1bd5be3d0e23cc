import type { Actor } from '../actor.js';
import { ActorChanged, confirming, type Standing } from '../assumed-actor.js';
import type { Gateway } from '../gateway.js';
import { type Answers, asRows, type Queries, type Query, readRows } from '../statement.js';
import type { OperationWatch } from '../telemetry/operation-watch.js';

/** The name of the confirmation among a flush's queries: no query of a caller has it. */
const ACTOR = 'the actor of now';

/**
 * What is certain of the actor of an operation. One who is only assumed is confirmed by the first flush; once they were
 * found to be another, nothing more is read or run for them. Apart from its context, which the server copies.
 */
export class Confirmation<T> {
  /** What confirms the actor, while they are only assumed. */
  private assumed: Query<Actor | null> | null;
  private changed: ActorChanged | null = null;
  private hasActed = false;

  /** @param standing null for an actor who was read just now and is not read again, as for one look of a subscription. */
  constructor(
    private readonly actor: Actor,
    private readonly gateway: Gateway,
    private readonly standing: Standing<T> | null,
    private readonly watch: OperationWatch | undefined,
  ) {
    this.assumed = standing?.assumed ?? null;
  }

  /** Whether a command is to be refused when its actor has changed since the operation began. */
  get isWatched(): boolean {
    return this.standing !== null;
  }

  /**
   * Whether the operation has to begin again. One that has acted already is not: what was left of it was refused, and
   * what it did was done by the actor of then. One that has begun again already is not either.
   */
  get mustBeginAgain(): boolean {
    return this.changed !== null && !this.hasActed && this.standing?.renew !== null;
  }

  /** Reads in one flush and one snapshot; the first time with the actor, whose answer is judged before all others. */
  async read<Q extends Queries>(queries: Q): Promise<Answers<Q>> {
    if (this.changed) throw this.changed;
    const { actor, assumed, watch } = this;
    if (!assumed) return this.gateway.read(actor.tenantId, queries, watch);
    const confirmation = confirming(actor, assumed);
    return this.begun(async () => {
      const asked = asRows({ [ACTOR]: confirmation, ...queries });
      const rows = await this.gateway.read(actor.tenantId, asked, watch);
      confirmation.read(rows[ACTOR]!);
      this.confirmed();
      return readRows(queries, rows);
    });
  }

  /** Runs a command whose transaction reads the actor. */
  async run<R>(work: () => Promise<R>): Promise<R> {
    if (this.changed) throw this.changed;
    const result = await this.begun(work);
    this.confirmed();
    this.hasActed = true;
    return result;
  }

  /** Confirms an assumed actor by a flush of its own, when no other has done it; throws ActorChanged. */
  async confirm(): Promise<void> {
    if (this.assumed) await this.read({});
  }

  /** Confirms the actor before a change is denied to them: where changes are judged, on the primary; throws ActorChanged. */
  async confirmDenied(): Promise<void> {
    if (this.standing && this.gateway.turnToPrimary(this.actor.tenantId)) this.assumed = this.standing.current;
    await this.confirm();
  }

  /** Signs in from the beginning. */
  async renew(): Promise<T> {
    if (!this.standing?.renew) throw new Error('The actor of this operation is not looked at again');
    return this.standing.renew();
  }

  private async begun<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ActorChanged) this.changed = error;
      throw error;
    }
  }

  private confirmed(): void {
    if (this.assumed) this.standing?.confirmed?.();
    this.assumed = null;
  }
}
