import { brief, sql, type Query } from './statement.js';

/**
 * Time comes from the database (one clock for all processes) or, in tests, from the test. It is read as the last
 * statement of a command's first flush, after its locks are held, so that a deadline is judged when the decision is made.
 */
export interface Clock {
  /** The moment, at millisecond precision: every column is timestamptz(3). */
  now(): Query<Date>;
}

/**
 * The present as an SQL expression, at millisecond precision: the database's clock, or the instant that the gateway was
 * given (tests alone give one). Every statement that compares with the present uses it, so that all of a transaction
 * follows one clock.
 */
export const PRESENT =
  "coalesce(nullif(current_setting('app.now', true), '')::timestamptz, date_trunc('milliseconds', clock_timestamp()))";

/**
 * The same for what an UPDATE sets: Citus refuses a volatile function there, and the time at which the statement arrived
 * is stable. Earlier than PRESENT by as long as the statement waits for a lock.
 */
export const PRESENT_OF_STATEMENT =
  "coalesce(nullif(current_setting('app.now', true), '')::timestamptz, date_trunc('milliseconds', statement_timestamp()))";

const readNow = (rows: readonly Readonly<Record<string, unknown>>[]): Date => rows[0]?.now as Date;

/** The database's own clock. `$1` is named so that the statement has the tenant like every other. */
export const databaseClock: Clock = {
  now: () => brief(sql(`select ${PRESENT} as now where $1::uuid is not null`, [], readNow)),
};

/** A clock that a test moves; it answers through the database all the same, so that the flushes stay alike. */
export class SettableClock implements Clock {
  constructor(public at: Date) {}

  now(): Query<Date> {
    return brief(sql('select $2::timestamptz as now where $1::uuid is not null', [this.at.toISOString()], readNow));
  }

  /** Moves the clock on by so many hours. */
  advanceHours(hours: number): void {
    this.at = new Date(this.at.getTime() + hours * 3_600_000);
  }
}
