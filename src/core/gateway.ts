import type pg from 'pg';
import { AppError, DatabaseUnreachable } from './error.js';
import { type Part, readAnswers, resultsOfEach, send, sendTogether } from './flush.js';
import { type Lane, limitsOn, openLane, STATEMENT_MS } from './lane.js';
import { PRIMARY_POSITION, type Replica } from './replica/replica.js';
import type { Result, Sending } from './round-trip.js';
import { isConnectionLoss, isStatementError } from './sql-error.js';
import { type Answers, areBrief, type Queries, type Row, type Statement } from './statement.js';
import { StatementNames } from './statement-names.js';
import { type PoolFigures, UNWATCHED, type Watch } from './telemetry/telemetry.js';

const READ_ONLY = 'begin isolation level repeatable read read only';
/** The name in which those wait for a connection of whom it is not known yet who they are: no tenant has it. */
const STRANGERS = 'strangers';
/** The name in which trips that several share wait for a connection: no tenant has it. */
const TRIPS = 'trips';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface GatewayOptions {
  readonly url: string;
  /** Connections; two to four per core of the database (performance 4). */
  readonly poolSize: number;
  /** Names of prepared statements; off behind a pooler in transaction mode below PgBouncer 1.21. */
  readonly prepare: boolean;
  /** Told every statement that is sent: the tests count them. */
  readonly onStatement?: (text: string) => void;
  readonly onError?: (error: Error) => void;
  /** Told every flush of work that names no watch of its own. */
  readonly watch?: Watch;
  /** A standby that reads may go to; the API's processes alone have one. */
  readonly replica?: Replica;
  /** The present for every statement of a transaction, in place of the database's clock (PRESENT): tests alone. */
  readonly present?: () => Date;
}

/** Runs statements inside one open transaction of one tenant. */
export interface Transaction {
  /** One flush: everything is sent before the first answer is awaited. */
  flush<Q extends Queries>(queries: Q): Promise<Answers<Q>>;
  /** The last flush: the writes and COMMIT together. A COMMIT that answers ROLLBACK is an error. */
  commit(writes: readonly Statement[]): Promise<void>;
  /** The last flush with questions about the rows as they stand after the writes, answered once they are committed. */
  commitAndAsk<Q extends Queries>(writes: readonly Statement[], asked: Q): Promise<Answers<Q>>;
  rollback(): Promise<void>;
}

/** The only holder of the connection pools, for reads as for writes (design 3). */
export class Gateway {
  private readonly primary: Lane;
  private readonly standby: Lane | null;
  private readonly names = new StatementNames();
  /** Told of work that names no watch of its own. */
  readonly watch: Watch;

  constructor(private readonly options: GatewayOptions) {
    const { url, replica } = options;
    this.watch = options.watch ?? UNWATCHED;
    this.primary = openLane({ connectionString: url, connectionTimeoutMillis: 5000 }, options);
    // A standby that is silent must not hold up what the primary can answer.
    const patience = { ...options, silentMs: STATEMENT_MS + 1000 };
    this.standby = replica
      ? openLane({ connectionString: replica.options.url, connectionTimeoutMillis: 1000 }, patience)
      : null;
    replica?.follow(async () => String((await this.global(PRIMARY_POSITION))[0]?.position));
  }

  /**
   * Reads of one tenant in one round trip, in one read-only transaction: on the replica where that shows everything of
   * the tenant that this process knows of, else on the primary.
   */
  async read<Q extends Queries>(tenantId: string, queries: Q, watch: Watch = this.watch): Promise<Answers<Q>> {
    return this.readInLine(tenantId, tenantId, queries, watch);
  }

  /**
   * The same for somebody who says that they belong to the tenant and has not shown it yet: all of them wait in one line of
   * their own, whatever tenants they name.
   */
  async readForStranger<Q extends Queries>(tenantId: string, queries: Q): Promise<Answers<Q>> {
    const leave = await this.primary.strangers.enter(STRANGERS);
    try {
      return await this.readInLine(STRANGERS, tenantId, queries, this.watch);
    } finally {
      leave();
    }
  }

  private async readInLine<Q extends Queries>(
    line: string,
    tenantId: string,
    queries: Q,
    watch: Watch,
  ): Promise<Answers<Q>> {
    const { replica } = this.options;
    if (this.standby && replica?.serves(tenantId)) {
      try {
        return await this.readOn(this.standby, line, tenantId, queries, watch);
      } catch (error) {
        if (!replica.failed(error)) throw error;
      }
    }
    return this.readOn(this.primary, line, tenantId, queries, watch);
  }

  /**
   * From now on the tenant is read on the primary, until the replica shows everything that is committed by now: for whoever
   * knows of a change that the replica may lack. False without a replica, where every read is of the primary.
   */
  turnToPrimary(tenantId: string): boolean {
    this.options.replica?.noticed(tenantId);
    return this.standby !== null;
  }

  private async readOn<Q extends Queries>(
    lane: Lane,
    line: string,
    tenantId: string,
    queries: Q,
    watch: Watch,
  ): Promise<Answers<Q>> {
    const part = { sent: this.readsOf(tenantId, queries), watch, since: performance.now() };
    const isAlone = line === STRANGERS || !areBrief(queries);
    const [, ...results] = isAlone
      ? (await this.readTogether(lane, line, [part]))[0]!
      : await this.readInCompany(lane, line, part);
    return readAnswers(queries, results);
  }

  /** Reads that are brief take a seat of their line, and share round trips with those of other lines. */
  private async readInCompany(lane: Lane, line: string, part: Part): Promise<readonly Result[]> {
    const leave = await lane.seats.enter(line);
    try {
      return await lane.trips.join(part, (parts) => this.readTogether(lane, TRIPS, parts));
    } finally {
      leave();
    }
  }

  /** Each part under the setting of its own tenant, all in one read-only transaction and one round trip. */
  private async readTogether(
    lane: Lane,
    line: string,
    parts: readonly Part[],
  ): Promise<readonly (readonly Result[])[]> {
    return this.inTurn(lane, line, (client) =>
      this.orRollback(client, sendTogether(client, this.openingToRead(client), parts, this.sending('commit'))),
    );
  }

  /**
   * The same reads of many tenants, each under its own setting, in one round trip: for sweeps of the worker alone.
   */
  async readEach<Q extends Queries>(tenantIds: readonly string[], queries: Q): Promise<[string, Answers<Q>][]> {
    if (tenantIds.length === 0) return [];
    return this.withClient(async (client) => {
      const opening = this.openingToRead(client);
      const each = tenantIds.map((tenantId) => this.readsOf(tenantId, queries));
      const sent = [...opening, ...each.flat(), this.sending('commit')];
      const results = await this.orRollback(client, send(client, sent, this.watch));
      return resultsOfEach(results.slice(opening.length), each).map(([, ...answers], index) => [
        tenantIds[index]!,
        readAnswers(queries, answers),
      ]);
    });
  }

  /** Opens a transaction for the pipeline: BEGIN travels with its first flush. */
  async transaction<T>(tenantId: string, work: (tx: Transaction) => Promise<T>, watch: Watch = this.watch): Promise<T> {
    const { replica } = this.options;
    const since = performance.now();
    return this.inTurn(this.primary, tenantId, async (client) => {
      watch.waited(performance.now() - since);
      let opened = false;
      let ended = false;
      const open = (): readonly Sending[] => {
        if (opened) return [];
        opened = true;
        return [this.sending('begin'), this.setting(tenantId), ...this.settings(client)];
      };
      const tx: Transaction = {
        flush: async (queries) => {
          const begun = open();
          const results = await send(client, [...begun, ...this.sendings(tenantId, queries)], watch);
          return readAnswers(queries, results.slice(begun.length));
        },
        commit: async (writes) => void (await tx.commitAndAsk(writes, {})),
        commitAndAsk: async (writes, asked) => {
          const begun = open();
          const before = [
            ...begun,
            ...writes.map((write) => this.sending(write.text, [tenantId, ...write.values])),
            ...this.sendings(tenantId, asked),
          ];
          const place = replica ? [{ ...this.sending(PRIMARY_POSITION), mayFail: true }] : [];
          const results = await send(client, [...before, this.sending('commit'), ...place], watch).catch((error) => {
            // Whether it was committed is not known: the replica may not show it.
            if (isConnectionLoss(error)) replica?.wrote(tenantId, undefined);
            throw error;
          });
          ended = true;
          if (results[before.length]!.command !== 'COMMIT') throw new Error('COMMIT was answered by a rollback');
          // From there on the replica shows what was committed.
          replica?.wrote(tenantId, results[before.length + 1]?.rows[0]?.position as string | undefined);
          return readAnswers(asked, results.slice(begun.length + writes.length, before.length));
        },
        rollback: async () => {
          if (opened && !ended) await send(client, [this.sending('rollback')], watch);
          ended = true;
        },
      };
      try {
        const answer = await work(tx);
        await tx.rollback();
        return answer;
      } catch (error) {
        // A rollback that fails as well must not hide why; on a lost connection it would only wait.
        if (!isConnectionLoss(error)) await tx.rollback().catch(() => undefined);
        throw error;
      }
    });
  }

  /** A statement on the global registry, outside of any tenant: only identity's registry and start-up checks. */
  async global(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.withClient(async (client) => {
      const [result] = await send(client, [this.sending(text, values)], this.watch);
      return result!.rows;
    });
  }

  /** How the pool stands now. */
  connections(): PoolFigures {
    const { pool, share, seats, strangers } = this.primary;
    const { totalCount, idleCount, waitingCount } = pool;
    return {
      inUse: totalCount - idleCount,
      idle: idleCount,
      waiting: waitingCount + share.waiting + seats.waiting + strangers.waiting,
      most: this.options.poolSize,
    };
  }

  /** Ends the pool after the running work. */
  async end(): Promise<void> {
    await Promise.all([this.primary.pool.end(), this.standby?.pool.end(), this.options.replica?.end()]);
  }

  /** A connection of the share of a line: a tenant's, or that of strangers. */
  private async inTurn<T>(
    { pool, share }: Lane,
    line: string,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    const leave = await share.enter(line);
    try {
      return await this.withClient(work, pool);
    } finally {
      leave();
    }
  }

  private async withClient<T>(
    work: (client: pg.PoolClient) => Promise<T>,
    pool: pg.Pool = this.primary.pool,
  ): Promise<T> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch {
      throw new DatabaseUnreachable();
    }
    try {
      const answer = await work(client);
      client.release();
      return answer;
    } catch (error) {
      // A connection whose state is not certain must not serve another tenant.
      client.release(isConnectionLoss(error) || (!isStatementError(error) && !(error instanceof AppError)));
      throw error;
    }
  }

  /** A transaction in one round trip: one that fails is ended by another, which must not hide why. */
  private async orRollback<T>(client: pg.PoolClient, whole: Promise<T>): Promise<T> {
    try {
      return await whole;
    } catch (error) {
      if (!isConnectionLoss(error)) await send(client, [this.sending('rollback')], this.watch).catch(() => undefined);
      throw error;
    }
  }

  /** What a transaction sets beside the tenant. */
  private settings(client: pg.PoolClient): readonly Sending[] {
    const { present } = this.options;
    const now = present ? [`set local app.now = '${present().toISOString()}'`] : [];
    return [...limitsOn(client), ...now].map((text) => this.sending(text, [], true));
  }

  /** What opens a transaction that reads, of one tenant or several. */
  private openingToRead(client: pg.PoolClient): readonly Sending[] {
    return [this.sending(READ_ONLY), ...this.settings(client)];
  }

  /** What reads of one tenant: its setting, and the queries. */
  private readsOf(tenantId: string, queries: Queries): readonly Sending[] {
    return [this.setting(tenantId), ...this.sendings(tenantId, queries)];
  }

  private sendings(tenantId: string, queries: Queries): readonly Sending[] {
    return Object.values(queries).map(({ text, values, ofTenant, isOneOff }) =>
      this.sending(text, [tenantId, ...values, ...(ofTenant ? [ofTenant(tenantId)] : [])], isOneOff),
    );
  }

  private sending(text: string, values: readonly unknown[] = [], isOneOff = false): Sending {
    this.options.onStatement?.(text);
    return { text, values, name: this.options.prepare && !isOneOff ? this.names.of(text) : undefined };
  }

  /** `SET LOCAL` takes no parameter, so the literal is validated; `set_config()` does not travel to Citus workers. */
  private setting(tenantId: string): Sending {
    if (!UUID.test(tenantId)) throw new Error('The tenant is not a lower-case uuid');
    return this.sending(`set local app.tenant_id = '${tenantId}'`, [], true);
  }
}
