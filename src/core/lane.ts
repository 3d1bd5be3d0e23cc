import type { Socket } from 'node:net';
import pg from 'pg';
import { AppError } from './error.js';
import { FairShare } from './fair-share.js';
import type { Part } from './flush.js';
import type { Result } from './round-trip.js';
import { SharedTrips } from './shared-trips.js';
import { isConnectionLoss } from './sql-error.js';

const INT8 = 20;
const DATE = 1082;

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') => {
    if (oid === INT8) return BigInt;
    if (oid === DATE) return pg.types.getTypeParser(pg.types.builtins.TEXT);
    return pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** What of the connections one tenant may hold at the same time; the rest is always there for the others. */
const TENANT_SHARE = 0.6;
/** How many statements' senders of one tenant wait for a connection, and how long, in milliseconds. */
const LINE = 500;
const PATIENCE = 5000;
/** What of the connections all those may hold together of whom it is not known yet who they are, and how many of them wait. */
const STRANGERS_SHARE = 0.2;
const STRANGERS_LINE = 200;

/** How many brief reads travel in one round trip. */
const TOGETHER = 8;
/** With so many of the connections under way for them, others wait for company; a connection carries eight as fast as one. */
const TRIPS_SHARE = 0.3;

/** How long a statement may last, in milliseconds (reliability 7). */
export const STATEMENT_MS = 5000;

/**
 * How long nothing may pass on a connection that is in use, in milliseconds, before it is given up: a server that went
 * away without a word, as at a failover, ends no statement. Limits of the server hold for each statement; no flush has
 * four that need all of theirs.
 */
const SILENT_MS = 4 * STATEMENT_MS;

/** After how long a connection on which nothing passes is probed, in milliseconds: the system's own are two hours. */
export const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * How long a statement, a wait for a lock and an idle transaction may last (reliability 7), in milliseconds. No compiling
 * to machine code: a page's statement looks costly enough for it, and it costs a hundred times the page.
 */
const LIMITS = [
  `statement_timeout = ${STATEMENT_MS}`,
  'lock_timeout = 2000',
  'idle_in_transaction_session_timeout = 10000',
  'jit = off',
];
const LOCAL_LIMITS = LIMITS.map((limit) => `set local ${limit}`);
const SESSION_LIMITS = LIMITS.map((limit) => `set ${limit}`).join('; ');

/** Connections whose session is theirs alone, and has the limits. */
const limited = new WeakSet<object>();

/** What a transaction on this connection still has to set beside its tenant: behind a pooler, where sessions are shared. */
export const limitsOn = (client: object): readonly string[] => (limited.has(client) ? [] : LOCAL_LIMITS);

/** Sets the limits once, where the server that answers is the one that was connected to: a pooler gives another number. */
async function limit(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  if (rows[0]?.pid !== (client as unknown as { readonly processID: number }).processID) return;
  await client.query(SESSION_LIMITS);
  limited.add(client);
}

const streamOf = (client: pg.ClientBase): Socket =>
  (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;

/**
 * Gives a connection up on which nothing has passed for so long while somebody waits for an answer, and with it those on
 * which nobody waits: they lead to the same server. The socket's own clock: one of the driver's for each query keeps every
 * request's objects beyond the collections of the young generation.
 */
function giveUpSilent(client: pg.ClientBase, silentMs: number, idle: ReadonlySet<pg.ClientBase>): void {
  const stream = streamOf(client).setTimeout(silentMs);
  stream.on('timeout', () => {
    if (idle.has(client)) return;
    const error = new Error(`The database has not answered for ${silentMs / 1000} seconds`);
    Object.assign(error, { code: 'ETIMEDOUT' });
    for (const silent of [client, ...idle]) streamOf(silent).destroy(error);
  });
}

/** Connections to one server, and how tenants share them. */
export interface Lane {
  readonly pool: pg.Pool;
  readonly share: FairShare;
  /** Round trips that brief reads share. */
  readonly trips: SharedTrips<Part, readonly Result[]>;
  /** How tenants share the seats of these trips. */
  readonly seats: FairShare;
  /** How those share them of whom it is not known yet who they are: in one line, before they wait as one tenant does. */
  readonly strangers: FairShare;
}

export interface LaneOptions {
  /** Connections; two to four per core of the database (performance 4). */
  readonly poolSize: number;
  /** How long nothing may pass while somebody waits for an answer, in milliseconds; 20 seconds when left out. */
  readonly silentMs?: number;
  readonly onError?: (error: Error) => void;
}

/** Opens connections to the server at this address; they connect when they are first needed. */
export function openLane(addressed: pg.PoolConfig, { poolSize, silentMs = SILENT_MS, onError }: LaneOptions): Lane {
  const idle = new Set<pg.ClientBase>();
  const prepare = (client: pg.ClientBase): Promise<void> => {
    giveUpSilent(client, silentMs, idle);
    return limit(client);
  };
  // The pool waits for `onConnect` before it hands the connection out, which its type does not say.
  const config: Omit<pg.PoolConfig, 'onConnect'> & { onConnect: typeof prepare } = {
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    ...addressed,
    max: poolSize,
    // Whoever comes after a quiet spell finds connections that have their statements planned.
    idleTimeoutMillis: 0,
    types,
    // PGAPPNAME of the process's environment tells its sessions from those of others.
    fallback_application_name: 'countersign',
    onConnect: prepare,
  };
  const pool = new pg.Pool(config);
  pool.on('release', (error, client) => void (error || idle.add(client)));
  pool.on('acquire', (client) => void idle.delete(client));
  pool.on('remove', (client) => void idle.delete(client));
  pool.on('error', (error) => onError?.(error));
  // The pool listens to idle connections only: one that is cut in mid-use would end the process.
  pool.on('connect', (client) => void client.on('error', (error) => onError?.(error)));
  const shared = (places: number): FairShare =>
    new FairShare({
      what: 'statements of your organisation',
      places,
      share: Math.max(1, Math.floor(places * TENANT_SHARE)),
      line: LINE,
      patience: PATIENCE,
    });
  const trips = new SharedTrips<Part, readonly Result[]>({
    few: Math.max(1, Math.floor(poolSize * TRIPS_SHARE)),
    most: TOGETHER,
    isOfOne: (error) => !isConnectionLoss(error) && !(error instanceof AppError),
  });
  const most = Math.max(1, Math.floor(poolSize * STRANGERS_SHARE));
  const strangers = new FairShare({
    what: 'sign-ins with keys that were not seen before',
    places: most,
    share: most,
    line: STRANGERS_LINE,
    patience: PATIENCE,
  });
  return { pool, share: shared(poolSize), trips, seats: shared(poolSize * TOGETHER), strangers };
}
