import type pg from 'pg';
import { type Result, roundTrip, type Sending } from './round-trip.js';
import type { Answers, Queries } from './statement.js';
import type { Watch } from './telemetry/telemetry.js';

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

/** The answers of the queries of a flush, in their order. */
export function readAnswers<Q extends Queries>(queries: Q, results: readonly Result[]): Answers<Q> {
  const answers: Record<string, unknown> = {};
  Object.entries(queries).forEach(([key, query], index) => {
    answers[key] = query.read(results[index]?.rows ?? []);
  });
  return answers as Answers<Q>;
}
