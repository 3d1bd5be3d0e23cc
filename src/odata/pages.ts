import type { Row } from '../core/statement.js';
import type { FeedStatement, Position } from './query/statement.js';

/** Rows that are read, and held in memory, at a time. */
export const SLICE_ROWS = 1_000;

/** A part of a page; the last one says where the next page begins, null when there is none. */
export interface Slice {
  readonly rows: readonly Row[];
  readonly next: Position | null;
}

interface PageAsk {
  readonly statement: FeedStatement;
  readonly after: Position | null;
  readonly skip: number;
  /** Rows of this page at most. */
  readonly size: number;
  /** Whether another page may follow; not when $top ends with this one. */
  readonly mayFollow: boolean;
  readonly ask: (statement: FeedStatement, slice: Parameters<FeedStatement['rows']>[0]) => Promise<readonly Row[]>;
}

/**
 * The rows of one page in slices, each asked for when the one before has been taken: whatever the page's size and however
 * slow the reader, one slice is in memory. Each slice begins behind the last row of the one before (keyset), so that rows
 * that are written meanwhile move nothing.
 */
export async function* pageSlices({ statement, after, skip, size, mayFollow, ask }: PageAsk): AsyncGenerator<Slice> {
  let position = after;
  let left = size;
  for (let offset = skip; ; offset = 0) {
    // One row beyond the page tells whether another follows.
    const limit = Math.min(SLICE_ROWS, mayFollow ? left + 1 : left);
    const rows = limit === 0 ? [] : await ask(statement, { after: position, skip: offset, limit });
    const taken = rows.slice(0, left);
    left -= taken.length;
    const last = taken.at(-1);
    if (last) position = statement.positionOf(last);
    const isOver = rows.length < limit || rows.length > taken.length || limit === 0 || (left === 0 && !mayFollow);
    yield { rows: taken, next: rows.length > taken.length ? position : null };
    if (isOver) return;
  }
}
