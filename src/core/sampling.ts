import { randomBytes } from 'node:crypto';
import { sha256Hex } from './canonical.js';

/** A seed that nobody could have chosen to their liking: 128 random bits, hex. */
export const makeSeed = (): string => randomBytes(16).toString('hex');

/**
 * Draws rows: all in the ascending order of SHA-256, in lower-case hex, over the UTF-8 text of seed and row id put
 * together; the first `size` of them. So the same seed draws the same rows of the same population, in whatever order they
 * come, and a larger sample begins with the smaller one.
 */
export function draw<T extends { readonly id: string }>(rows: readonly T[], size: number, seed: string): T[] {
  return rows
    .map((row) => ({ row, key: sha256Hex(seed + row.id) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, size)
    .map(({ row }) => row);
}

/** SHA-256 of the ids of a population, sorted, each with a line feed: which rows there were, without naming them. */
export function idsDigest(rows: readonly { readonly id: string }[]): string {
  return sha256Hex(
    rows
      .map(({ id }) => `${id}\n`)
      .toSorted()
      .join(''),
  );
}

/** A row that somebody is to look at, and who may. */
export interface Assignable {
  readonly id: string;
  readonly able: readonly string[];
}

/**
 * Who looks at what: each as many as the others as far as that goes. Rows that fewest can look at come first; of those
 * who have least so far, the one with the least SHA-256 of row id and person id: the same facts give the same people.
 * Null where nobody may.
 */
export function assignEvenly(rows: readonly Assignable[]): ReadonlyMap<string, string | null> {
  const load = new Map(rows.flatMap(({ able }) => able).map((person) => [person, 0]));
  const assigned = new Map<string, string | null>();
  for (const { id, able } of rows.toSorted((a, b) => a.able.length - b.able.length || (a.id < b.id ? -1 : 1))) {
    const [next = null] = able.toSorted(
      (a, b) => load.get(a)! - load.get(b)! || (sha256Hex(id + a) < sha256Hex(id + b) ? -1 : 1),
    );
    if (next !== null) load.set(next, load.get(next)! + 1);
    assigned.set(id, next);
  }
  return assigned;
}
