import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Replica } from './replica.js';

/** How far the client has seen its tenant's changes: sent with an answer, and back with the next request. */
export const PLACE_HEADER = 'x-countersign-lsn';

/**
 * Read-your-writes across processes: an answer says how far the tenant was written here, and a client that sends that
 * back reads no older state from any other process. Within one process nobody has to send anything.
 */
export class PlaceHeader {
  private readonly tenants = new WeakMap<FastifyRequest, string>();

  constructor(private readonly replica: Replica) {}

  /** The request is of this tenant's: what it has seen holds from now on. */
  take(request: FastifyRequest, tenantId: string): void {
    this.tenants.set(request, tenantId);
    const text = request.headers[PLACE_HEADER];
    if (typeof text === 'string') this.replica.observed(tenantId, text);
  }

  /** Puts the header on every answer of a tenant that this process has written for. */
  mount(listener: FastifyInstance): void {
    listener.addHook('onSend', async (request, reply) => {
      const tenantId = this.tenants.get(request);
      const place = tenantId === undefined ? null : this.replica.placeOf(tenantId);
      if (place !== null) reply.header(PLACE_HEADER, place);
    });
  }
}
