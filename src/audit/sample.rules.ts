import { sha256Hex } from '../core/canonical.js';

/** The most rows that one sample has. */
export const LARGEST_SAMPLE = 100;

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
