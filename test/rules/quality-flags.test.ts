import fc from 'fast-check';
import { DEFAULT_RED_FLAGS } from '../../src/catalogue/quality.rules.js';
import { DEFAULT_THRESHOLDS } from '../../src/catalogue/rollout.rules.js';
import { standingOf } from '../../src/approval/standing.rules.js';
import { checkpointsIn, type ClosedDeal, monthFlags, type Touch, weekFlags } from '../../src/quality/flag.rules.js';
import type { Eligible } from '../../src/identity/identity.queries.js';
import { Role } from '../../src/identity/roles.js';
import { scoreItems } from '../../src/quality/item.rules.js';
import { ReviewTopic } from '../../src/quality/review.entity.js';
import type { CountedScore } from '../../src/quality/score.queries.js';
import { drawForReps, drawnOf } from '../../src/quality/spot-check.rules.js';
import { ScoredBy } from '../../src/quality/quality.input.js';
import { statisticsOf, tenthsText } from '../../src/quality/statistic.rules.js';

const day = (n: number): Date => new Date(Date.UTC(2026, 9, 1 + n));
const span = { from: day(21), to: day(28) };

/** So many deals closed on a day, so many of them complete. */
const deals = (on: number, count: number, complete: number, escalated = 0): ClosedDeal[] =>
  Array.from({ length: count }, (_, index) => ({
    handoffId: `h${on}-${index}`,
    closedAt: day(on),
    isComplete: index < complete,
    isEscalated: index < escalated,
  }));

const week = (facts: Partial<Parameters<typeof weekFlags>[0]>) =>
  weekFlags(
    { period: '2026-W44', span, deals: [], checkpoints: [], touches: [], openExceptions: [], ...facts },
    DEFAULT_RED_FLAGS,
  ).map(({ code, period, numerator, denominator }) => `${code} ${period} ${numerator}/${denominator}`);

describe('checkpoints of hypercare', () => {
  const normalSince = day(0);
  const at = (to: number) => checkpointsIn(normalSince, DEFAULT_THRESHOLDS, { from: day(to - 7), to: day(to) });

  it.each([
    { to: 7, codes: ['COMPLETION_WEEK_1'] },
    { to: 14, codes: [] },
    { to: 28, codes: ['COMPLETION_WEEK_4', 'COMPLETION_EXTEND'] },
    { to: 91, codes: ['COMPLETION_MATURE'] },
  ])('by day $to: $codes', ({ to, codes }) => expect(at(to).map(({ code }) => code)).toEqual(codes));

  it('come once, whatever the weeks begin with, and never without a rollout', () => {
    expect(checkpointsIn(null, DEFAULT_THRESHOLDS, { from: day(0), to: day(200) })).toEqual([]);
    fc.assert(
      fc.property(fc.integer({ min: -6, max: 0 }), (shift) => {
        const found = Array.from({ length: 20 }, (_, index) => {
          const from = shift + 7 * index;
          return checkpointsIn(normalSince, DEFAULT_THRESHOLDS, { from: day(from), to: day(from + 7) });
        }).flat();
        expect(found.map(({ code }) => code)).toEqual([
          'COMPLETION_WEEK_1',
          'COMPLETION_WEEK_4',
          'COMPLETION_EXTEND',
          'COMPLETION_MATURE',
        ]);
      }),
    );
  });

  it.each([
    { complete: 16, flags: [] },
    { complete: 15, flags: ['COMPLETION_WEEK_4 ROLLOUT-W4 15/20'] },
    { complete: 14, flags: ['COMPLETION_WEEK_4 ROLLOUT-W4 14/20'] },
    { complete: 13, flags: ['COMPLETION_WEEK_4 ROLLOUT-W4 13/20', 'COMPLETION_EXTEND ROLLOUT-W4 13/20'] },
  ])('$complete of 20 in week 4 raise $flags', ({ complete, flags }) => {
    expect(week({ checkpoints: at(28), deals: deals(22, 20, complete) })).toEqual(flags);
  });
});

describe('first touch', () => {
  const touch = (won: number, hours: number | null, withdrawnAfter: number | null = null): Touch => {
    const after = (count: number | null) => (count === null ? null : new Date(day(won).getTime() + count * 3_600_000));
    return { handoffId: `t${won}`, wonAt: day(won), contactAt: after(hours), withdrawnAt: after(withdrawnAfter) };
  };

  it.each([
    { what: 'three late in a row', touches: [touch(19, 1), touch(20, 49), touch(21, 60), touch(22, null)], flags: 1 },
    { what: 'exactly 48 hours', touches: [touch(20, 48), touch(21, 49), touch(22, 49)], flags: 0 },
    { what: 'one withdrawn in time', touches: [touch(20, 49), touch(21, null, 48), touch(22, 49)], flags: 0 },
    { what: 'one withdrawn too late', touches: [touch(20, 49), touch(21, null, 49), touch(22, 49)], flags: 1 },
    { what: 'two late', touches: [touch(21, 49), touch(22, 49)], flags: 0 },
    { what: 'one in time after them', touches: [touch(20, 49), touch(21, 49), touch(22, 49), touch(23, 1)], flags: 0 },
    { what: 'a row that an earlier week told of', touches: [touch(10, 49), touch(11, 49), touch(12, 49)], flags: 0 },
    { what: 'one not known yet', touches: [touch(20, 49), touch(21, 49), touch(27, null)], flags: 0 },
  ])('$what: $flags', ({ touches, flags }) => expect(week({ touches })).toHaveLength(flags));
});

it.each([
  { open: 3, flags: [] },
  { open: 4, flags: ['OPEN_EXCEPTIONS 2026-W44 4/4'] },
])('$open exceptions that wait raise $flags', ({ open, flags }) => {
  expect(week({ openExceptions: Array.from({ length: open }, (_, n) => `r${n}`) })).toEqual(flags);
});

describe('a month', () => {
  const month = (all: readonly ClosedDeal[]) =>
    monthFlags({ period: '2026-10', span: { from: day(0), to: day(31) }, before: day(-30), deals: all }, 8_500, {
      escalatedBps: 2_000,
    }).map(({ code, numerator, denominator }) => `${code} ${numerator}/${denominator}`);

  it.each([
    { what: 'below in both', all: [...deals(-5, 20, 16), ...deals(5, 20, 16)], flags: ['COMPLETION_MONTHLY 16/20'] },
    { what: 'below in this one alone', all: [...deals(-5, 20, 17), ...deals(5, 20, 16)], flags: [] },
    { what: 'nothing the month before', all: deals(5, 20, 16), flags: [] },
    { what: 'a fifth escalated', all: deals(5, 20, 20, 4), flags: [] },
    { what: 'more than a fifth escalated', all: deals(5, 20, 20, 5), flags: ['ESCALATED_SHARE 5/20'] },
    { what: 'nothing', all: [], flags: [] },
  ])('$what: $flags', ({ all, flags }) => expect(month(all)).toEqual(flags));
});

const score = (id: string, points: number, rest: Partial<CountedScore> = {}): CountedScore => ({
  id,
  handoffId: `h-${id}`,
  ownerId: 'rep',
  deliveryManagerId: 'dm',
  serviceTemplate: 'managed-network',
  tier: 'STANDARD',
  scoredAt: day(3),
  criteria: [{ criterion: 'SUMMARY', points, most: 100, reasons: [] }],
  ...rest,
});

it('shows the worst and the best of a week, none as both', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100), { maxLength: 12 }), (points) => {
      const items = scoreItems(points.map((one, index) => score(String(index).padStart(2, '0'), one)));
      const of = (topic: ReviewTopic) =>
        items.filter((item) => item.topic === topic).map(({ figures }) => figures.total!);
      const [worst, best] = [of(ReviewTopic.WORST_SCORE), of(ReviewTopic.BEST_SCORE)];
      const order = points.toSorted((a, b) => a - b);
      expect(new Set(items.map(({ subjectId }) => subjectId)).size).toBe(items.length);
      expect(best).toEqual(order.toReversed().slice(0, best.length));
      expect(worst).toEqual(order.slice(0, worst.length));
      expect(items).toHaveLength(Math.min(6, points.length));
    }),
  );
});

it('gathers scores with their counts, averages rounded down, beside the period before', () => {
  const now = [score('a', 90), score('b', 85), score('c', 40, { ownerId: 'other' })];
  expect(statisticsOf(ScoredBy.REP, now, [score('d', 88)])).toEqual([
    {
      key: 'other',
      count: 1,
      averageTenths: 400,
      bands: { EXCELLENT: 0, GOOD: 0, ACCEPTABLE: 0, SUBSTANDARD: 1 },
      previousCount: 0,
      previousTenths: null,
    },
    {
      key: 'rep',
      count: 2,
      averageTenths: 875,
      bands: { EXCELLENT: 1, GOOD: 1, ACCEPTABLE: 0, SUBSTANDARD: 0 },
      previousCount: 1,
      previousTenths: 880,
    },
  ]);
  expect([tenthsText(875), tenthsText(-5), tenthsText(0)]).toEqual(['87.5', '-0.5', '0.0']);
});

describe('the 10 % sample', () => {
  it.each([
    { rows: 1, size: 1 },
    { rows: 10, size: 1 },
    { rows: 11, size: 2 },
    { rows: 100, size: 10 },
  ])('of $rows is $size', ({ rows, size }) => expect(drawnOf(rows, 1_000)).toBe(size));

  it('is drawn by the seed, per rep at least one, and checked by nobody who sold or delivers it', () => {
    const person = fc.constantFrom('p0', 'p1', 'p2', 'p3', 'p4');
    const handoffs = fc.uniqueArray(
      fc.record({ handoffId: fc.uuid(), ownerId: person, deliveryManagerId: fc.option(person) }),
      { selector: ({ handoffId }) => handoffId, maxLength: 40 },
    );
    const people = ['p0', 'p1', 'p2'].map((personId) => ({ personId, role: Role.SALES_MANAGER }) as Eligible);
    fc.assert(
      fc.property(handoffs, fc.string({ minLength: 1 }), (rows, seed) => {
        const { canonicalOf } = standingOf(people, new Map());
        const draws = drawForReps(rows, 1_000, people, { canonicalOf }, () => seed);
        const again = drawForReps(rows.toReversed(), 1_000, people, { canonicalOf }, () => seed);
        expect(again.map(({ drawn }) => drawn.map(({ handoffId }) => handoffId))).toEqual(
          draws.map(({ drawn }) => drawn.map(({ handoffId }) => handoffId)),
        );
        expect(draws.map(({ ownerId }) => ownerId)).toEqual(
          [...new Set(rows.map(({ ownerId }) => ownerId))].toSorted(),
        );
        for (const { drawn, rows: all, ownerId } of draws) {
          expect(drawn).toHaveLength(drawnOf(all, 1_000));
          for (const { reviewerId, deliveryManagerId, ownerId: rep } of drawn) {
            expect(rep).toBe(ownerId);
            if (reviewerId !== null) expect([rep, deliveryManagerId]).not.toContain(reviewerId);
            else expect(['p0', 'p1', 'p2'].every((one) => one === rep || one === deliveryManagerId)).toBe(true);
          }
        }
      }),
    );
  });
});
