import type pg from 'pg';
import { type Result, roundTrip, type Sending } from './round-trip.js';
import type { Answers, Queries, Row } from './statement.js';
import type { Watch } from './telemetry/telemetry.js';

/** The rows of what was read. */
const READ: readonly Row[] = [];

/** Sends a flush and tells the watch; its first failure is thrown, after which nothing of it was done. */
export async function send(client: pg.ClientBase, sent: readonly Sending[], watch: Watch): Promise<readonly Result[]> {
  const since = performance.now();
  const told = (rows: number, isFailed: boolean): void =>
    watch.flushed({ statements: sent.length, rows, ms: performance.now() - since, isFailed });
  try {
    const results = await roundTrip(client, sent);
    told(
      results.reduce((sum, { rowCount }) => sum + rowCount, 0),
      false,
    );
    return results;
  } catch (error) {
    told(0, true);
    throw error;
  }
}

/** The statements of one of several who share a round trip, and whoever is told of it. */
export interface Part {
  readonly sent: readonly Sending[];
  readonly watch: Watch;
  /** Since when it has waited for a connection, by performance.now(). */
  readonly since: number;
}

/**
 * Sends parts in one round trip, between what opens and what ends their transaction, and answers the results of each. Its
 * watch is told of each part, with opening and end, as if it had travelled alone.
 */
export async function sendTogether(
  client: pg.ClientBase,
  opening: readonly Sending[],
  parts: readonly Part[],
  end: Sending,
): Promise<readonly (readonly Result[])[]> {
  const since = performance.now();
  for (const part of parts) part.watch.waited(since - part.since);
  const told = ({ sent, watch }: Part, results: readonly Result[], isFailed: boolean): void => {
    const rows = results.reduce((sum, { rowCount }) => sum + rowCount, 0);
    const statements = opening.length + sent.length + 1;
    watch.flushed({ statements, rows, ms: performance.now() - since, isFailed });
  };
  try {
    const results = await roundTrip(client, [...opening, ...parts.flatMap(({ sent }) => sent), end]);
    const each = resultsOfEach(
      results.slice(opening.length),
      parts.map(({ sent }) => sent),
    );
    parts.forEach((part, at) => told(part, each[at]!, false));
    return each;
  } catch (error) {
    for (const part of parts) told(part, [], true);
    throw error;
  }
}

/** The results of statements that were sent one group behind the other, group by group. */
export function resultsOfEach(
  results: readonly Result[],
  groups: readonly (readonly Sending[])[],
): readonly (readonly Result[])[] {
  let at = 0;
  return groups.map(({ length }) => results.slice(at, (at += length)));
}

/**
 * The answers of the queries of a flush, in their order. Each lets go of the rows that it was read from: promises hold the
 * results for longer.
 */
export function readAnswers<Q extends Queries>(queries: Q, results: readonly Result[]): Answers<Q> {
  const answers: Record<string, unknown> = {};
  Object.entries(queries).forEach(([key, query], index) => {
    const result = results[index];
    answers[key] = query.read(result?.rows ?? []);
    if (result) result.rows = READ;
  });
  return answers as Answers<Q>;
}
