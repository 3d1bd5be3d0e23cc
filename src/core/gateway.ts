import type { Socket } from 'node:net';
import pg from 'pg';
import { AppError } from './error.js';
import type { Answers, Queries, Row, Statement } from './statement.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INT8 = 20;
const DATE = 1082;

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') => {
    if (oid === INT8) return (text: string) => BigInt(text);
    if (oid === DATE) return (text: string) => text;
    return pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** Codes of a connection that is gone: the socket's, and the SQLSTATEs after which the server closes it. */
const LOST = /^(08...|57P..|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT)$/;

/** How long a statement, a wait for a lock and an idle transaction may last (reliability 7), in milliseconds. */
const LIMITS =
  'set local statement_timeout = 5000; set local lock_timeout = 2000; set local idle_in_transaction_session_timeout = 10000';

/** Statements that open a transaction: BEGIN, the tenant, the settings. */
const HEAD = 3;

export interface GatewayOptions {
  readonly url: string;
  /** Connections; two to four per core of the database (performance 4). */
  readonly poolSize: number;
  /** Names of prepared statements; off behind a pooler in transaction mode below PgBouncer 1.21. */
  readonly prepare: boolean;
  /** Told every statement that is sent: the tests count them. */
  readonly onStatement?: (text: string) => void;
  readonly onError?: (error: Error) => void;
  /** The present for every statement of a transaction, in place of the database's clock (PRESENT): tests alone. */
  readonly present?: () => Date;
}

/** Runs statements inside one open transaction of one tenant. */
export interface Transaction {
  /** One flush: everything is sent before the first answer is awaited. */
  flush<Q extends Queries>(queries: Q): Promise<Answers<Q>>;
  /** The last flush: the writes and COMMIT together. A COMMIT that answers ROLLBACK is an error. */
  commit(writes: readonly Statement[]): Promise<void>;
  rollback(): Promise<void>;
}

/** The only holder of the connection pool, for reads as for writes (design 3). */
export class Gateway {
  private readonly pool: pg.Pool;
  private readonly names = new Map<string, string>();

  constructor(private readonly options: GatewayOptions) {
    const config: pg.PoolConfig & { pipeline: boolean } = {
      connectionString: options.url,
      max: options.poolSize,
      connectionTimeoutMillis: 5000,
      types,
      pipeline: true,
      // PGAPPNAME of the process's environment tells its sessions from those of others.
      fallback_application_name: 'countersign',
    };
    this.pool = new pg.Pool(config);
    this.pool.on('error', (error) => options.onError?.(error));
    // The pool listens to idle connections only: one that is cut in mid-use would end the process.
    this.pool.on('connect', (client) => void client.on('error', (error) => options.onError?.(error)));
  }

  /** Reads of one tenant in one round trip, in one read-only transaction. */
  async read<Q extends Queries>(tenantId: string, queries: Q): Promise<Answers<Q>> {
    return this.withClient(async (client) => {
      const head = ['begin isolation level repeatable read read only', setTenant(tenantId), this.settings()];
      const sent = inOneWrite(client, () => [
        ...head.map((text) => this.send(client, text)),
        ...this.sendAll(client, tenantId, queries),
        this.send(client, 'commit'),
      ]);
      const results = await settle(sent);
      return readAnswers(queries, results.slice(head.length, -1));
    });
  }

  /** Opens a transaction for the pipeline. `first` travels in the same flush as BEGIN. */
  async transaction<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.withClient(async (client) => {
      let opened = false;
      let ended = false;
      const open = (): Promise<pg.QueryResult>[] => {
        if (opened) return [];
        opened = true;
        return ['begin', setTenant(tenantId), this.settings()].map((text) => this.send(client, text));
      };
      const tx: Transaction = {
        flush: async (queries) => {
          const first = opened ? 0 : HEAD;
          const sent = inOneWrite(client, () => [...open(), ...this.sendAll(client, tenantId, queries)]);
          return readAnswers(queries, (await settle(sent)).slice(first));
        },
        commit: async (writes) => {
          const sent = inOneWrite(client, () => [
            ...open(),
            ...writes.map((write) => this.send(client, write.text, [tenantId, ...write.values])),
            this.send(client, 'commit'),
          ]);
          ended = true;
          const results = await settle(sent);
          if (results.at(-1)?.command !== 'COMMIT') throw new Error('COMMIT was answered by a rollback');
        },
        rollback: async () => {
          if (opened && !ended) await this.send(client, 'rollback');
          ended = true;
        },
      };
      try {
        const answer = await work(tx);
        await tx.rollback();
        return answer;
      } catch (error) {
        // A rollback that fails as well must not hide why.
        await tx.rollback().catch(() => undefined);
        throw error;
      }
    });
  }

  /** A statement on the global registry, outside of any tenant: only identity's registry and start-up checks. */
  async global(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.withClient(async (client) => (await this.send(client, text, values)).rows as Row[]);
  }

  /** Ends the pool after the running work. */
  async end(): Promise<void> {
    await this.pool.end();
  }

  private async withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    let client: pg.PoolClient;
    try {
      client = await this.pool.connect();
    } catch {
      throw new AppError('UNAVAILABLE', 'The database cannot be reached.', { remedy: 'Try again in a moment.' });
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

  /** What every transaction sets for itself, beside its tenant. */
  private settings(): string {
    const { present } = this.options;
    return present ? `${LIMITS}; set local app.now = '${present().toISOString()}'` : LIMITS;
  }

  private sendAll(client: pg.PoolClient, tenantId: string, queries: Queries): Promise<pg.QueryResult>[] {
    return Object.values(queries).map((query) =>
      this.send(client, query.text, [tenantId, ...query.values], query.isOneOff),
    );
  }

  private send(
    client: pg.PoolClient,
    text: string,
    values?: readonly unknown[],
    isOneOff = false,
  ): Promise<pg.QueryResult> {
    this.options.onStatement?.(text);
    if (!values) return client.query(text);
    const name = this.options.prepare && !isOneOff ? this.nameOf(text) : undefined;
    return client.query({ text, values: [...values], ...(name ? { name } : {}) });
  }

  private nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known) return known;
    // Statements with a varying number of rows are many: only so many are worth a plan.
    if (this.names.size >= 500) return undefined;
    const name = `s${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}

/**
 * Lets a flush leave as one write: the driver writes statement by statement, which costs the server and us a system call
 * and a wake-up each. Its socket is no part of its types.
 */
function inOneWrite<T>(client: pg.PoolClient, send: () => T): T {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}

/** `SET LOCAL` takes no parameter, so the literal is validated; `set_config()` does not travel to Citus workers. */
function setTenant(tenantId: string): string {
  if (!UUID.test(tenantId)) throw new Error('The tenant is not a lower-case uuid');
  return `set local app.tenant_id = '${tenantId}'`;
}

/** Awaits every promise of a flush, then reports the first failure: later ones only say "aborted". */
async function settle(sent: readonly Promise<pg.QueryResult>[]): Promise<pg.QueryResult[]> {
  const settled = await Promise.allSettled(sent);
  const failed = settled.find((s) => s.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.map((s) => (s as PromiseFulfilledResult<pg.QueryResult>).value);
}

function readAnswers<Q extends Queries>(queries: Q, results: readonly pg.QueryResult[]): Answers<Q> {
  const answers: Record<string, unknown> = {};
  Object.entries(queries).forEach(([key, query], index) => {
    answers[key] = query.read((results[index]?.rows ?? []) as Row[]);
  });
  return answers as Answers<Q>;
}

/** A database error that carries an SQLSTATE: the connection itself is sound. */
export function isStatementError(error: unknown): error is Error & { code: string; constraint?: string } {
  return /^[0-9A-Z]{5}$/.test(codeOf(error));
}

/** The connection was lost: whatever was sent last may or may not have been done. */
export function isConnectionLoss(error: unknown): boolean {
  const { message = '' } = (error ?? {}) as { message?: string };
  return LOST.test(codeOf(error)) || /^Connection terminated|^Client has encountered a connection error/.test(message);
}

/** SQLSTATEs of a value that PostgreSQL cannot read as its type: bad input that no scalar has refused. */
export function isMalformedValue(code: string): boolean {
  return ['22P02', '22007', '22008', '22021', '22P05', '22003'].includes(code);
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
