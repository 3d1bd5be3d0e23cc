import fc from 'fast-check';
import { dayAfter, daysBetween } from '../../src/core/local-day.js';
import { kpiByKey } from '../../src/kpi/kpi.definitions.js';
import { KpiDirection, KpiForm } from '../../src/kpi/kpi.words.js';
import {
  checkpointsFrom,
  improvementBps,
  KpiStep,
  KpiTargetState,
  MOST_STEPS,
  stepsOf,
  targetState,
} from '../../src/reporting/kpi-figure.js';

const MAY = { fromOn: '2026-05-01', toOn: '2026-05-31' };
const of = (numerator: number, denominator: number, period = MAY) => ({
  ...period,
  numerator: BigInt(numerator),
  denominator: BigInt(denominator),
});
const TODAY = '2026-06-01';

describe('the steps of a trend', () => {
  it('are calendar weeks from Monday on, and calendar months, cut off at both ends', () => {
    expect(stepsOf({ fromOn: '2026-11-18', toOn: '2026-11-30' }, KpiStep.WEEK)).toEqual([
      { fromOn: '2026-11-18', toOn: '2026-11-22' },
      { fromOn: '2026-11-23', toOn: '2026-11-29' },
      { fromOn: '2026-11-30', toOn: '2026-11-30' },
    ]);
    expect(stepsOf({ fromOn: '2028-01-31', toOn: '2028-03-01' }, KpiStep.MONTH)).toEqual([
      { fromOn: '2028-01-31', toOn: '2028-01-31' },
      { fromOn: '2028-02-01', toOn: '2028-02-29' },
      { fromOn: '2028-03-01', toOn: '2028-03-01' },
    ]);
  });

  it('hold every day of the period once, whatever it is', () => {
    const day = fc.integer({ min: 0, max: 2_000 }).map((days) => dayAfter('2025-01-01', days));
    fc.assert(
      fc.property(
        day,
        fc.integer({ min: 0, max: 600 }),
        fc.constantFrom(...Object.values(KpiStep)),
        (from, days, step) => {
          const steps = stepsOf({ fromOn: from, toOn: dayAfter(from, days) }, step);
          expect(steps[0]!.fromOn).toBe(from);
          expect(steps.at(-1)!.toOn).toBe(dayAfter(from, days));
          steps.slice(1).forEach((one, index) => expect(one.fromOn).toBe(dayAfter(steps[index]!.toOn, 1)));
          expect(steps.every(({ fromOn, toOn }) => daysBetween(fromOn, toOn) <= (step === KpiStep.WEEK ? 6 : 30))).toBe(
            true,
          );
        },
      ),
    );
  });

  it('are no more than a chart shows', () => {
    expect(stepsOf({ fromOn: '2020-01-01', toOn: '2026-12-31' }, KpiStep.WEEK)).toHaveLength(MOST_STEPS);
  });
});

describe('improvement', () => {
  const falling = { form: KpiForm.SHARE, direction: KpiDirection.LOWER_IS_BETTER };
  const rising = { form: KpiForm.SHARE, direction: KpiDirection.HIGHER_IS_BETTER };

  it.each([
    { what: 'a rate that should fall and fell by a quarter', kpi: falling, was: of(8, 20), is: of(6, 20), bps: 2_500 },
    { what: 'the same rate when it rose', kpi: falling, was: of(8, 20), is: of(10, 20), bps: -2_500 },
    { what: 'a rate that should rise and rose', kpi: rising, was: of(8, 20), is: of(10, 20), bps: 2_500 },
    {
      what: 'something that cannot be had exactly, rounded down',
      kpi: rising,
      was: of(3, 10),
      is: of(4, 10),
      bps: 3_333,
    },
    { what: 'a loss, rounded down as well', kpi: rising, was: of(3, 10), is: of(2, 10), bps: -3_334 },
    {
      what: 'a baseline below 0, by its size',
      kpi: { ...falling, form: KpiForm.MEAN },
      was: of(-100, 1),
      is: of(-150, 1),
      bps: 5_000,
    },
    { what: 'no baseline', kpi: falling, was: null, is: of(1, 2), bps: null },
    { what: 'a baseline without a case', kpi: falling, was: of(0, 0), is: of(1, 2), bps: null },
    { what: 'a baseline of 0', kpi: falling, was: of(0, 9), is: of(1, 2), bps: null },
    { what: 'no case', kpi: falling, was: of(1, 2), is: of(0, 0), bps: null },
  ])('of $what is $bps', ({ kpi, was, is, bps }) => {
    expect(improvementBps(kpi, was, is, TODAY)).toBe(bps);
  });

  it('of a total compares rates a day, up to today', () => {
    const total = { form: KpiForm.TOTAL, direction: KpiDirection.LOWER_IS_BETTER };
    const quarter = { fromOn: '2026-02-01', toOn: '2026-04-30' };
    const week = { fromOn: '2026-05-04', toOn: '2026-05-10' };
    expect(improvementBps(total, of(89, 100, quarter), of(7, 9, week), TODAY)).toBe(0);
    // Two of its days have passed: one a day again, not two in seven.
    expect(improvementBps(total, of(89, 100, quarter), of(2, 9, week), '2026-05-05')).toBe(0);
  });

  it('turns its sign with the direction, up to the rounding', () => {
    const figure = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }));
    fc.assert(
      fc.property(figure, figure, ([a, b], [c, d]) => {
        const up = improvementBps(rising, of(a, b), of(c, d), TODAY)!;
        const down = improvementBps(falling, of(a, b), of(c, d), TODAY)!;
        expect([0, -1]).toContain(up + down);
        expect(Math.sign(c * b - a * d)).toBe(up === 0 ? Math.sign(Math.max(0, c * b - a * d)) : Math.sign(up));
      }),
    );
  });
});

describe('the target', () => {
  const state = (key: string, is: ReturnType<typeof of>, was: ReturnType<typeof of> | null = null) =>
    targetState(kpiByKey(key)!, was, is, TODAY);

  it.each([
    { what: 'a share of exactly 80 %', key: 'COMPLETION_RATE', is: of(4, 5), expected: KpiTargetState.MET },
    { what: 'a share just below', key: 'COMPLETION_RATE', is: of(79_999, 100_000), expected: KpiTargetState.MISSED },
    { what: 'nothing at all', key: 'COMPLETION_RATE', is: of(0, 0), expected: KpiTargetState.NO_CASES },
    { what: 'a mean of 80 points', key: 'QUALITY_SCORE', is: of(240, 3), expected: KpiTargetState.MET },
    { what: 'a median of 48 hours', key: 'TIME_TO_FIRST_TOUCH', is: of(2_880, 7), expected: KpiTargetState.MET },
    { what: 'a minute more', key: 'TIME_TO_FIRST_TOUCH', is: of(2_881, 7), expected: KpiTargetState.MISSED },
    { what: 'a KPI without a target', key: 'OVERRIDE_RATE', is: of(1, 7), expected: KpiTargetState.NO_TARGET },
  ])('of $what is $expected', ({ key, is, expected }) => expect(state(key, is)).toBe(expected));

  it('of an improvement is its near end, against the baseline', () => {
    expect(state('KICKOFF_DELAY_RATE', of(9, 20), of(10, 20))).toBe(KpiTargetState.MET);
    expect(state('KICKOFF_DELAY_RATE', of(91, 200), of(10, 20))).toBe(KpiTargetState.MISSED);
    expect(state('KICKOFF_DELAY_RATE', of(1, 20))).toBe(KpiTargetState.NO_BASELINE);
  });
});

it('compares four weeks up to week 4, four up to week 8, and ninety days', () => {
  expect(checkpointsFrom('2026-11-23')).toEqual({
    weekFour: { fromOn: '2026-11-23', toOn: '2026-12-20' },
    weekEight: { fromOn: '2026-12-21', toOn: '2027-01-17' },
    quarter: { fromOn: '2026-11-23', toOn: '2027-02-20' },
  });
});
