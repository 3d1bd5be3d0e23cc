import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import {
  isKept,
  judged,
  pairedRatios,
  quantile,
  spread,
  tableIn,
  tableOf,
  TARGETS,
  withTable,
} from '../../bench/kit/figures.mjs';

const MARKED = 'Before\n\n<!-- bench: written by npm run bench -- --readme -->\nold\n<!-- /bench -->\n\nAfter\n';

const at = (round: number, server: string, rate: number) => ({ round, server, rate });

describe('quantile', () => {
  it.each([
    { values: [5], share: 0.25, is: 5 },
    { values: [3, 1, 2], share: 0.5, is: 2 },
    { values: [4, 1, 3, 2], share: 0.5, is: 2.5 },
    { values: [1, 2, 3, 4, 5], share: 0.25, is: 2 },
    { values: [10, 20], share: 0.75, is: 17.5 },
  ])('of $values at $share is $is', ({ values, share, is }) => expect(quantile(values, share)).toBe(is));

  it('of nothing is nothing', () => expect(spread([])).toEqual({ q1: null, median: null, q3: null }));

  it('lies between the values, in order, and leaves them alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1 }), (values) => {
        const before = [...values];
        const { q1, median, q3 } = spread(values);
        expect(Math.min(...values)).toBeLessThanOrEqual(q1!);
        expect(q1).toBeLessThanOrEqual(median!);
        expect(median).toBeLessThanOrEqual(q3!);
        expect(q3).toBeLessThanOrEqual(Math.max(...values));
        expect(values).toEqual(before);
      }),
    );
  });
});

describe('the ratio of paired slices', () => {
  it('is against the mean of the slices before and after it', () => {
    const slices = [at(1, 'limit', 100), at(1, 'ours', 90), at(1, 'limit', 200)];
    expect(pairedRatios(slices, 'ours', 'limit')).toEqual([0.6]);
  });

  it('is against the one that there is at the end of a round', () => {
    const slices = [at(1, 'ours', 90), at(1, 'limit', 100), at(1, 'ours', 50)];
    expect(pairedRatios(slices, 'ours', 'limit')).toEqual([0.9, 0.5]);
  });

  it('never looks into another round: the machine is another one by then', () => {
    const slices = [at(1, 'limit', 100), at(2, 'ours', 90), at(3, 'limit', 100)];
    expect(pairedRatios(slices, 'ours', 'limit')).toEqual([]);
  });

  it('does not divide by a slice that answered nothing', () => {
    expect(pairedRatios([at(1, 'limit', 0), at(1, 'ours', 90)], 'ours', 'limit')).toEqual([]);
  });

  it('does not see the speed of the machine', () => {
    const speeds = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(speeds, (rounds) => {
        const slices = rounds.flatMap((speed, round) => [
          at(round, 'limit', 100 * speed),
          at(round, 'ours', 80 * speed),
        ]);
        for (const ratio of pairedRatios(slices, 'ours', 'limit')) expect(ratio).toBeCloseTo(0.8);
      }),
    );
  });
});

describe('a target', () => {
  const target = { operation: 'page', server: 'ours', against: 'limit', atLeast: 0.85 };

  it.each([
    { q3: 0.85, kept: true },
    { q3: 0.84, kept: false },
    { q3: null, kept: false },
  ])('with the upper quartile $q3 is kept: $kept', ({ q3, kept }) =>
    expect(isKept(target, { q1: q3, median: q3, q3 })).toBe(kept),
  );

  it('is judged where both servers ran, and only there', () => {
    const judgements = judged({ page: [at(1, 'limit', 100), at(1, 'ours', 90)] });
    expect(judgements).toEqual([{ ...target, ratio: { q1: 0.9, median: 0.9, q3: 0.9 }, kept: true }]);
  });

  it('stands for everything that is promised', () => {
    expect(
      TARGETS.map(({ operation, server, against, atLeast }) => `${operation} ${server}/${against} ${atLeast}`),
    ).toEqual(
      expect.arrayContaining(['page ours/limit 0.85', 'one ours/postgraphile 4', 'submit-handoff ours/limit 0.6']),
    );
  });
});

describe("the README's table", () => {
  it('is put between its marks, and found there again', () => {
    const changed = withTable(MARKED, '| a |');
    expect(tableIn(changed)).toBe('| a |');
    expect(changed.startsWith('Before\n\n<!-- bench') && changed.endsWith('<!-- /bench -->\n\nAfter\n')).toBe(true);
  });

  it('is not written into a README without marks', () => {
    expect(() => withTable('Nothing here', '| a |')).toThrow(/README\.md has no line/);
  });

  it('is what the last whole run measured', () => {
    const results = resolve('bench/results/latest.json');
    const table = tableIn(readFileSync(resolve('README.md'), 'utf8'));
    if (!existsSync(results)) {
      expect(table ?? '').toBe('');
      return;
    }
    expect(table).toBe(tableOf(JSON.parse(readFileSync(results, 'utf8')) as Parameters<typeof tableOf>[0]));
  });
});
