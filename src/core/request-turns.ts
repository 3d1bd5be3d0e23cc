import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from './error.js';
import { FairShare, type Leave } from './fair-share.js';

/**
 * Requests that are answered at once in a process, and of them for one tenant: a little more than the connections that it
 * may hold (gateway.ts), since a request that is not at the database is at the one processor of this process.
 */
const PLACES = 64;
const SHARE = 8;
/** Requests of one tenant that wait for a place, and for how long, in milliseconds: as long as a statement may last. */
const LINE = 200;
const PATIENCE = 5000;

/** A client that takes nothing of its answer for so long is cut off, in milliseconds: its answer fills our memory. */
const STALLED_AFTER = 20_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How long a client of this route may take nothing of its answer, in milliseconds; as on every route when left out. */
    readonly stalledAfter?: number;
  }
}

/**
 * Whose request is answered next: a tenant's place is taken once it is known who asks and given back when the answer has
 * left, so that neither a flood of costly requests nor clients that stop reading cost other tenants more than a share.
 */
export class RequestTurns {
  private readonly share = new FairShare({
    what: 'requests of your organisation',
    places: PLACES,
    share: SHARE,
    line: LINE,
    patience: PATIENCE,
  });
  private readonly leaves = new WeakMap<FastifyRequest, Leave>();

  constructor(private readonly stalledAfter = STALLED_AFTER) {}

  /** Requests that are being answered now. */
  get inUse(): number {
    return this.share.inUse;
  }

  /** Gives places back, and cuts off who stops reading, on every route of the listener. */
  watch(listener: FastifyInstance): void {
    listener.addHook('onSend', async (request, reply) => {
      const { stalledAfter = this.stalledAfter } = request.routeOptions.config;
      // Nothing passes either while the answer is still being made: that is no fault of the client's.
      reply.raw.setTimeout(stalledAfter, () => reply.raw.writableLength > 0 && reply.raw.destroy());
    });
    // `onResponse` is not called for an answer whose client went away; the response closes in every case.
    listener.addHook('onRequest', async (request, reply) => {
      reply.raw.once('close', () => this.leaves.get(request)?.());
    });
  }

  /** Waits for a place of the tenant; BUSY when there are too many before it. */
  async enter(request: FastifyRequest, tenantId: string): Promise<void> {
    if (this.leaves.has(request)) return;
    const leave = await this.share.enter(tenantId);
    // Whoever went while waiting: the answer's end, which gives the place back, may have been before.
    if (request.raw.socket.destroyed) {
      leave();
      throw new AppError('BUSY', 'The client did not wait.', { field: 'request', remedy: 'Send it again.' });
    }
    this.leaves.set(request, leave);
  }
}
