import * as fc from 'fast-check';
import { marginBelowFloor, marginBps, marginMeetsFloor, marginShortfall } from '../../src/core/basis-points.js';

const amounts = fc.bigInt(-(10n ** 15n), 10n ** 15n);
const positive = fc.bigInt(1n, 10n ** 15n);
const floors = fc.integer({ min: 0, max: 10_000 });

describe('margin against floor', () => {
  test.each([
    ['exactly at the floor', 10_000n, 7_000n, 3_000, true],
    ['one minor unit of cost above', 10_000n, 7_001n, 3_000, false],
    ['a rounded percentage would pass', 1_000_000n, 700_001n, 3_000, false],
    ['a third', 3n, 2n, 3_333, true],
    ['a third, one point more', 3n, 2n, 3_334, false],
    ['nothing sold at no cost', 0n, 0n, 3_000, true],
    ['nothing sold at a cost', 0n, 1n, 0, false],
    ['nothing sold, a refund of cost', 0n, -1n, 10_000, true],
    ['a credit', -100n, 0n, 3_000, false],
    ['a credit with a larger refund of cost', -100n, -200n, 0, false],
    ['a loss against a floor of zero', 100n, 101n, 0, false],
    ['break-even against a floor of zero', 100n, 100n, 0, true],
    ['a floor of 100 % at no cost', 100n, 0n, 10_000, true],
    ['beyond 2^53', 9_007_199_254_740_993n, 6_305_039_478_318_695n, 3_000, true],
    ['beyond 2^53, one more', 9_007_199_254_740_993n, 6_305_039_478_318_696n, 3_000, false],
  ])('%s', (_name, revenue, cost, floor, meets) => {
    expect(marginMeetsFloor(revenue, cost, floor)).toBe(meets);
    expect(marginBelowFloor(revenue, cost, floor)).toBe(!meets);
  });

  test.each([Number.NaN, Infinity, 30.5, -1, 10_001])('a floor of %d is no floor', (floor) => {
    expect(() => marginMeetsFloor(100n, 0n, floor)).toThrow(RangeError);
  });

  test('agrees with the exact rational margin', () => {
    fc.assert(
      fc.property(positive, amounts, floors, (revenue, cost, floor) => {
        // margin/revenue >= floor/10000, cross-multiplied the other way round
        const meets = revenue * (10_000n - BigInt(floor)) >= cost * 10_000n;
        expect(marginMeetsFloor(revenue, cost, floor)).toBe(meets);
      }),
    );
  });

  test('near the floor, where a float would err', () => {
    fc.assert(
      fc.property(positive, floors, fc.bigInt(-2n, 2n), (revenue, floor, nudge) => {
        const limit = (revenue * (10_000n - BigInt(floor))) / 10_000n;
        expect(marginMeetsFloor(revenue, limit + nudge, floor)).toBe(nudge <= 0n);
      }),
    );
  });

  test('the displayed rate is rounded down and never hides a shortfall', () => {
    expect(marginBps(1_000_000n, 700_001n)).toBe(2_999);
    expect(marginBps(3n, 4n)).toBe(-3_334);
    expect(marginBps(0n, 5n)).toBeNull();
    expect(marginBps(-5n, 5n)).toBeNull();
    expect(marginBps(1n, 10n ** 30n)).toBe(-2_000_000_000);
    fc.assert(
      fc.property(positive, fc.bigInt(0n, 10n ** 15n), floors, (revenue, cost, floor) => {
        const bps = marginBps(revenue, cost) ?? Number.NaN;
        if (bps > -2_000_000_000) expect(marginMeetsFloor(revenue, cost, floor)).toBe(bps >= floor);
      }),
    );
  });
});

describe('shortfall', () => {
  test.each([
    [10_000n, 7_500n, 3_000, { costMinor: 500n, revenueMinor: 715n, bps: 500 }],
    [10_000n, 7_000n, 3_000, { costMinor: 0n, revenueMinor: 0n, bps: 0 }],
    [0n, 700n, 3_000, { costMinor: 700n, revenueMinor: 1_000n, bps: null }],
    [-100n, 0n, 3_000, { costMinor: null, revenueMinor: 100n, bps: null }],
    [100n, 1n, 10_000, { costMinor: 1n, revenueMinor: null, bps: 100 }],
  ])('revenue %i, cost %i, floor %i', (revenue, cost, floor, expected) => {
    expect(marginShortfall(revenue, cost, floor)).toEqual(expected);
  });

  test('is the least change that meets the floor', () => {
    fc.assert(
      fc.property(amounts, amounts, floors, (revenue, cost, floor) => {
        const short = marginShortfall(revenue, cost, floor);
        const meets = marginMeetsFloor(revenue, cost, floor);
        if (short.costMinor !== null) {
          expect(marginMeetsFloor(revenue, cost - short.costMinor, floor)).toBe(true);
          if (!meets) expect(marginMeetsFloor(revenue, cost - short.costMinor + 1n, floor)).toBe(false);
        }
        if (short.revenueMinor === null) expect(floor).toBe(10_000);
        else {
          expect(marginMeetsFloor(revenue + short.revenueMinor, cost, floor)).toBe(true);
          if (!meets) expect(marginMeetsFloor(revenue + short.revenueMinor - 1n, cost, floor)).toBe(false);
        }
        if (!meets && revenue > 0n) expect(short.bps).toBeGreaterThan(0);
      }),
    );
  });
});
