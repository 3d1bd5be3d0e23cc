import { type Claim, Doorkeeper } from '../core/doorkeeper.js';
import { AppError } from '../core/error.js';
import type { Gateway } from '../core/gateway.js';
import { isMalformedValue, isStatementError, STATEMENT_TIMEOUT } from '../core/sql-error.js';
import type { Answers, Queries, Query } from '../core/statement.js';
import { feedSigning, makeFeedSigning } from './keys/feed-key.queries.js';
import { badRequest, ODataError } from './odata.error.js';
import { Slots } from './slots.js';

/** As many tenants' signing secrets are remembered; they never change. */
const MOST_REMEMBERED = 10_000;

/**
 * The feed's way to the database: each question is a short transaction of its own, a slice of rows at most, so that a
 * reader who is slow or has gone away holds no connection. At most half of the process's connections serve the feed.
 */
export class FeedDatabase {
  private readonly places: Slots;
  private readonly secrets = new Map<string, Buffer>();
  private readonly doorkeeper: Doorkeeper;

  constructor(
    private readonly gateway: Gateway,
    poolSize: number,
  ) {
    this.places = new Slots(Math.max(1, Math.trunc(poolSize / 2)), 200, 20_000);
    this.doorkeeper = new Doorkeeper(gateway);
  }

  /** Whom the query finds by what they show, or null: before that nobody takes a place of those who read. */
  async find<T>(claim: Claim, query: Query<T | null>): Promise<T | null> {
    try {
      return await this.doorkeeper.find(claim, query);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** The answers of queries of one tenant; 503 when the database takes too long, 400 for a value that it cannot read. */
  async ask<Q extends Queries>(tenantId: string, queries: Q): Promise<Answers<Q>> {
    const release = await this.places.take('all');
    try {
      return await this.gateway.read(tenantId, queries);
    } catch (error) {
      throw refusalOf(error);
    } finally {
      release();
    }
  }

  /** The secret by which the tenant's $skiptokens are signed, made when it is first needed. */
  async signingSecret(tenantId: string): Promise<Buffer> {
    const known = this.secrets.get(tenantId);
    if (known) return known;
    const { secret } = await this.ask(tenantId, { secret: feedSigning(tenantId) });
    const found = secret ?? (await this.makeSecret(tenantId));
    if (this.secrets.size >= MOST_REMEMBERED) this.secrets.clear();
    this.secrets.set(tenantId, found);
    return found;
  }

  private async makeSecret(tenantId: string): Promise<Buffer> {
    await this.gateway.transaction(tenantId, (tx) => tx.commit([makeFeedSigning(tenantId)]));
    const { secret } = await this.ask(tenantId, { secret: feedSigning(tenantId) });
    if (!secret) throw new Error('The signing secret of a tenant was not kept');
    return secret;
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof AppError && error.code === 'UNAVAILABLE')
    return new ODataError(503, 'The database cannot be reached.', { retryAfter: 10 });
  if (!isStatementError(error)) return error;
  if (error.code === STATEMENT_TIMEOUT)
    return new ODataError(503, 'The database took too long: ask for less, or filter by an instant.', {
      retryAfter: 30,
    });
  return isMalformedValue(error.code) ? badRequest('A value of the request is not one of its type') : error;
}
