import fc from 'fast-check';
import { pageSlices, type Slice, SLICE_ROWS } from '../../src/odata/pages.js';
import type { FeedStatement, Position } from '../../src/odata/query/statement.js';

/** Rows of one column, in order, read as the database would be; every question is noted. */
function rowsOf(keys: readonly number[], asked: { after: Position | null; limit: number }[] = []) {
  const statement = { positionOf: (row: { key: number }) => [String(row.key)] } as unknown as FeedStatement;
  const ask = async (
    _of: FeedStatement,
    { after, skip, limit }: { after: Position | null; skip: number; limit: number },
  ) => {
    asked.push({ after, limit });
    const rest = keys.filter((key) => after === null || key > Number(after[0]));
    return rest.slice(skip, skip + limit).map((key) => ({ key }));
  };
  return { statement, ask };
}

async function all(slices: AsyncGenerator<Slice>): Promise<{ keys: number[]; next: Position | null; slices: number }> {
  const keys: number[] = [];
  let next: Position | null = null;
  let count = 0;
  for await (const slice of slices) {
    keys.push(...slice.rows.map((row) => row.key as number));
    next = slice.next;
    count++;
  }
  return { keys, next, slices: count };
}

describe('a page', () => {
  it('has the rows that were asked for, and leads to the next where there is one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3 * SLICE_ROWS),
        fc.oneof(
          fc.nat(3 * SLICE_ROWS),
          fc.constantFrom(0, 1, SLICE_ROWS - 1, SLICE_ROWS, SLICE_ROWS + 1, 2 * SLICE_ROWS),
        ),
        fc.nat(50),
        fc.boolean(),
        async (count, size, skip, mayFollow) => {
          const keys = Array.from({ length: count }, (_, n) => n);
          const rest = keys.slice(skip);
          const of = rowsOf(keys);
          const found = await all(pageSlices({ ...of, after: null, skip, size, mayFollow: mayFollow && size > 0 }));
          expect(found.keys).toEqual(rest.slice(0, size));
          const follows = mayFollow && size > 0 && rest.length > size;
          expect(found.next).toEqual(follows ? [String(rest[size - 1])] : null);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('asks for a slice when the one before was taken, and never for more than a slice', async () => {
    const asked: { after: Position | null; limit: number }[] = [];
    const keys = Array.from({ length: 10_000 }, (_, n) => n);
    const slices = pageSlices({ ...rowsOf(keys, asked), after: null, skip: 0, size: 5_000, mayFollow: true });
    for (let n = 1; n <= 3; n++) {
      await slices.next();
      expect(asked).toHaveLength(n);
    }
    await slices.return(undefined);
    expect(asked).toHaveLength(3);
    expect(asked.every(({ limit }) => limit <= SLICE_ROWS)).toBe(true);
  });
});
