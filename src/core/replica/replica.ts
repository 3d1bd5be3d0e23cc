import pg from 'pg';
import type { Logger } from 'pino';
import { AppError } from '../error.js';
import { isConnectionLoss, isStatementError } from '../sql-error.js';
import { positionText, readPosition, Replay } from './position.js';
import type { ReplicaSettings } from './settings.js';

/** The place after everything that was committed before it was asked for. */
export const PRIMARY_POSITION = 'select pg_current_wal_insert_lsn()::text as position';

/** How often the replica is asked how far it is, while there is anybody to read, in milliseconds. */
const ASK_EVERY = 100;
/** How long it may take to say so. */
const ANSWERS_WITHIN = 1000;
/** How long it is left alone after it has failed. */
const REST = 2000;

/**
 * Errors of a statement that the primary would not have made: a conflict with replay, and a table or column that a
 * migration has made there already.
 */
const OF_THE_REPLICA = ['40001', '40P01', '42P01', '42703', '25006'];

export interface ReplicaOptions extends ReplicaSettings {
  readonly log: Logger;
}

/**
 * A standby that answers the API's reads. A tenant is read there only when it shows every change of the tenant that this
 * process has made or was told of, and when it lags no further than its bound; else the primary answers. It is asked how
 * far it is while somebody reads, and not otherwise.
 */
export class Replica {
  private readonly replay: Replay;
  private readonly probe: pg.Pool;
  private asking = false;
  private askedAt = Number.NEGATIVE_INFINITY;
  private restsUntil = Number.NEGATIVE_INFINITY;
  private isTold = false;
  private primary: () => Promise<string> = () => Promise.reject(new Error('No primary yet'));

  constructor(readonly options: ReplicaOptions) {
    this.replay = new Replay(options.lagMs);
    this.probe = new pg.Pool({
      connectionString: options.url,
      max: 1,
      connectionTimeoutMillis: ANSWERS_WITHIN,
      query_timeout: ANSWERS_WITHIN,
      application_name: 'countersign-replay',
    });
    this.probe.on('error', () => undefined);
    this.probe.on('connect', (client) => void client.on('error', () => undefined));
  }

  /** Whose place it is compared with; the gateway says so. */
  follow(primary: () => Promise<string>): void {
    this.primary = primary;
  }

  /** Whether the tenant is read there now. */
  serves(tenantId: string): boolean {
    const now = performance.now();
    if (now < this.restsUntil) return false;
    if (now - this.askedAt > ASK_EVERY && !this.asking) void this.ask(now);
    return this.replay.serves(tenantId, now);
  }

  /** A change of the tenant was committed by this process, before this place. */
  wrote(tenantId: string, position: string | undefined): void {
    const place = position === undefined ? null : readPosition(position);
    if (place === null) this.replay.noticed(tenantId);
    else this.replay.wrote(tenantId, place);
  }

  /** A change of the tenant was committed by another process. */
  noticed(tenantId: string): void {
    this.replay.noticed(tenantId);
  }

  /** A client says how far it has seen the tenant, such as by the answer of another process; what is no place is ignored. */
  observed(tenantId: string, text: string): void {
    const place = readPosition(text);
    if (place !== null) this.replay.observed(tenantId, place);
  }

  /** What a client sends to the process that it asks next; null when this one has written nothing of the tenant. */
  placeOf(tenantId: string): string | null {
    const place = this.replay.placeOf(tenantId);
    return place === null ? null : positionText(place);
  }

  /** A read there has failed: whether the primary is to answer it. */
  failed(error: unknown): boolean {
    const isOut = isConnectionLoss(error) || (error instanceof AppError && error.code === 'UNAVAILABLE');
    if (isOut) this.rest(error);
    return isOut || (isStatementError(error) && OF_THE_REPLICA.includes(error.code));
  }

  async end(): Promise<void> {
    await this.probe.end();
  }

  private async ask(now: number): Promise<void> {
    this.asking = true;
    const notice = this.replay.lastNotice;
    try {
      this.replay.sampled(now, positionOf(await this.primary()), notice);
    } catch {
      // Whoever reads finds out for themselves that the primary is away.
    }
    try {
      const { rows } = await this.probe.query<{ position: string | null }>(
        'select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end as position',
      );
      const position = rows[0]?.position;
      if (!position) throw new Error('The replica is none: it was promoted, or never followed anybody');
      this.replay.reached(positionOf(position));
      this.tell(this.replay.isFresh(performance.now()) ? null : new Error('The replica lags behind its bound'));
    } catch (error) {
      this.rest(error);
    } finally {
      this.askedAt = performance.now();
      this.asking = false;
    }
  }

  private rest(error: unknown): void {
    this.replay.forget();
    this.restsUntil = performance.now() + REST;
    this.tell(error);
  }

  /** Once when it stops answering, and once when it answers again. */
  private tell(error: unknown): void {
    if (this.isTold === (error !== null)) return;
    this.isTold = error !== null;
    if (error === null) this.options.log.info('the read replica answers again');
    else this.options.log.warn({ err: error }, 'the read replica does not serve: the primary answers its reads');
  }
}

function positionOf(text: string): bigint {
  const position = readPosition(text);
  if (position === null) throw new Error(`Not a place in the log: ${text}`);
  return position;
}
