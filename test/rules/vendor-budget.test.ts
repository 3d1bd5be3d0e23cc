import fc from 'fast-check';
import { type BudgetLevel, chunkOf, take } from '../../src/integrations/http/budget.rules.js';

const START = Date.parse('2026-11-23T14:00:00.000Z');
const budget = fc.record({ perMinute: fc.integer({ min: 1, max: 1200 }), burst: fc.integer({ min: 1, max: 200 }) });

/** What is taken, and how many milliseconds later than the one before; a clock that goes back among them. */
const takes = fc.array(
  fc.record({ wanted: fc.integer({ min: 0, max: 50 }), afterMs: fc.integer({ min: -2000, max: 120_000 }) }),
  { maxLength: 60 },
);

function run(limits: { perMinute: number; burst: number }, asked: readonly { wanted: number; afterMs: number }[]) {
  let level: BudgetLevel | null = null;
  let at = START;
  let latest = Number.NEGATIVE_INFINITY;
  const granted: { at: number; count: number }[] = [];
  for (const { wanted, afterMs } of asked) {
    at += afterMs;
    latest = Math.max(latest, at);
    const allowance = take(level, limits, wanted, new Date(at));
    level = allowance.level;
    granted.push({ at: latest, count: allowance.granted });
  }
  return { level, granted };
}

test('over any time no more is granted than a burst and what is refilled', () => {
  fc.assert(
    fc.property(budget, takes, (limits, asked) => {
      const { granted } = run(limits, asked);
      granted.forEach((first, from) => {
        let sum = 0;
        for (const { at, count } of granted.slice(from)) {
          sum += count;
          const allowed = limits.burst + ((at - first.at) * limits.perMinute) / 60_000;
          expect(sum).toBeLessThanOrEqual(Math.ceil(allowed));
        }
      });
    }),
    {
      examples: [
        [
          { perMinute: 115, burst: 1 },
          [
            { wanted: 1, afterMs: -522 },
            { wanted: 1, afterMs: 522 },
          ],
        ],
      ],
    },
  );
});

test('700 in five minutes are never exceeded by what HaloPSA is asked', () => {
  const limits = { perMinute: 120, burst: 60 };
  const asked = Array.from({ length: 3000 }, () => ({ wanted: chunkOf(limits), afterMs: 100 }));
  const { granted } = run(limits, asked);
  const sum = granted.reduce((all, { count }) => all + count, 0);
  expect(sum).toBeGreaterThan(640);
  expect(sum).toBeLessThanOrEqual(660);
});

test('whoever waits as long as he is told gets something', () => {
  fc.assert(
    fc.property(budget, takes, (limits, asked) => {
      const { level, granted } = run(limits, asked);
      const now = granted.at(-1)?.at ?? START;
      const empty = take(level, limits, limits.burst, new Date(now));
      const { waitMs } = take(empty.level, limits, 1, new Date(now));
      expect(take(empty.level, limits, 1, new Date(now + waitMs)).granted).toBe(1);
    }),
  );
});

test('nothing is granted while the vendor wants silence', () => {
  const closedUntil = new Date(START + 30_000);
  const level = { tokens: 5, filledAt: new Date(START), closedUntil };
  const limits = { perMinute: 60, burst: 10 };
  expect(take(level, limits, 3, new Date(START + 10_000))).toMatchObject({ granted: 0, waitMs: 20_000 });
  expect(take(level, limits, 3, closedUntil)).toMatchObject({ granted: 3, level: { closedUntil: null } });
});
