import fc from 'fast-check';
import { ActualsMarkKind } from '../../src/actuals/actuals.entity.js';
import { businessDaysAfter, firstDeliverable, minutesToTouch } from '../../src/actuals/deliverable.rules.js';
import { erosionOf, forecastOf, minutesOf } from '../../src/actuals/forecast.rules.js';
import { type ActualsReading, isNewer, readingDigest, readingStep } from '../../src/actuals/reading.rules.js';
import { addBusinessDays } from '../../src/catalogue/calendar.rules.js';
import { MilestoneState, type ProjectMilestone } from '../../src/project/project.entity.js';
import { sampleConfiguration } from '../kit/suite.js';

const line = (budgetType: string, hours: string, costMinor: bigint | null, priceMinor = 0n) => ({
  budgetType,
  hours,
  costMinor,
  priceMinor,
});
const spent = (budgetTypes: string[], actualMinutes: number, remainingMinutes: number) => ({
  budgetTypes,
  actualMinutes,
  remainingMinutes,
  actualCostMinor: null as bigint | null,
});

const labour = line('engineering', '80', 400_000n, 720_000n);
const goods = line('equipment', '0', 1_000_000n, 1_200_000n);

describe('the forecast', () => {
  it.each([
    { what: 'nothing was booked', actual: 0, left: 4800, minutes: 4800, cost: 1_400_000n },
    { what: 'half is booked', actual: 2400, left: 2400, minutes: 4800, cost: 1_400_000n },
    { what: 'more remains than was planned', actual: 2400, left: 3600, minutes: 6000, cost: 1_500_000n },
    { what: 'more was booked than budgeted', actual: 6000, left: -1200, minutes: 6000, cost: 1_500_000n },
    { what: 'a minute costs a fraction, rounded up', actual: 4801, left: 0, minutes: 4801, cost: 1_400_084n },
  ])('is actual plus remaining when $what', ({ actual, left, minutes, cost }) => {
    const forecast = forecastOf([labour, goods], [spent(['engineering'], actual, left)], false);
    expect(forecast).toMatchObject({ forecastMinutes: minutes, costMinor: cost, unknown: null });
  });

  it('of a closed project is what was realised', () => {
    const forecast = forecastOf([labour, goods], [spent(['engineering'], 2400, 2400)], true);
    expect(forecast).toMatchObject({ remainingMinutes: 0, forecastMinutes: 2400, costMinor: 1_200_000n });
  });

  it('guesses no cost: none in the baseline, or time where no hours are budgeted', () => {
    const missing = forecastOf([line('engineering', '80', null)], [spent(['engineering'], 60, 0)], false);
    expect(missing).toMatchObject({ costMinor: null, unknown: 'COST_MISSING' });
    const elsewhere = forecastOf([labour, goods], [spent(['equipment'], 60, 0)], false);
    expect(elsewhere).toMatchObject({ costMinor: null, unknown: 'RATE_MISSING' });
    const unplanned = forecastOf([labour], [spent([], 60, 0)], false);
    expect(unplanned).toMatchObject({ costMinor: null, unknown: 'RATE_MISSING' });
  });

  it('takes the cost that the system says for what was booked', () => {
    const said = { ...spent(['engineering'], 2400, 2400), actualCostMinor: 250_000n };
    expect(forecastOf([labour, goods], [said], false).costMinor).toBe(1_450_000n);
  });

  it('answers for several budget types that the system keeps as one', () => {
    const both = forecastOf([labour, goods], [spent(['engineering', 'equipment'], 2400, 2400)], false);
    expect(both).toMatchObject({ baselineMinutes: 4800, costMinor: 1_400_000n });
  });

  const minutes = fc.integer({ min: 0, max: 100_000 });
  const money = fc.bigInt({ min: 0n, max: 10n ** 12n });

  it('as planned erodes nothing, and every minute more erodes at least what it costs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), money, money, minutes, (hours, cost, price, more) => {
        const baseline = [line('a', String(hours), cost, price)];
        const asPlanned = erosionOf(baseline, forecastOf(baseline, [spent(['a'], 0, hours * 60)], false));
        const over = forecastOf(baseline, [spent(['a'], hours * 60 + more, -more)], false);
        const { erosionMinor, baselineMarginMinor, forecastMarginMinor } = erosionOf(baseline, over);
        const exact = cost * BigInt(more);
        return (
          asPlanned.erosionMinor === 0n &&
          (asPlanned.erosionBps ?? 0) === 0 &&
          erosionMinor === baselineMarginMinor! - forecastMarginMinor! &&
          // Exact to the minor unit, and never less than what it is.
          erosionMinor * BigInt(hours * 60) >= exact &&
          (erosionMinor - 1n) * BigInt(hours * 60) < exact
        );
      }),
    );
  });

  it('never falls when more is booked, whatever remains', () => {
    fc.assert(
      fc.property(minutes, fc.integer({ min: -100_000, max: 100_000 }), minutes, (actual, left, more) => {
        const of = (booked: number) => forecastOf([labour, goods], [spent(['engineering'], booked, left)], false);
        return of(actual + more).costMinor! >= of(actual).costMinor!;
      }),
    );
  });

  it('shows a loss of a fraction of a point as one', () => {
    const baseline = [line('a', '1', 0n, 10_000_000n)];
    const forecast = { ...forecastOf(baseline, [], false), costMinor: 1n };
    expect(erosionOf(baseline, forecast).erosionBps).toBe(1);
    expect(erosionOf([line('a', '1', 5n, 0n)], { ...forecast, costMinor: 7n })).toMatchObject({
      erosionMinor: 2n,
      erosionBps: null,
    });
  });

  it('reads hours to the minute', () => {
    expect(['0', '1.5', '0.0083', '0.1', '7.333333'].map(minutesOf)).toEqual([0, 90, 0, 6, 440]);
    expect(() => minutesOf('1e300')).toThrow(RangeError);
  });
});

const at = (text: string): Date => new Date(`${text}:00.000Z`);
const reading = (over: Partial<ActualsReading> = {}): ActualsReading => ({
  handoffId: 'h',
  source: 'HALOPSA',
  sourceId: '7',
  takenAt: at('2026-11-23T10:00'),
  readAt: at('2026-11-23T10:05'),
  closedAt: null,
  wonAt: null,
  firstContactAt: null,
  todosDone: 0,
  todosTotal: 0,
  currency: 'GBP',
  lines: [],
  marks: [],
  ...over,
});

describe('what is current', () => {
  const moments = fc.integer({ min: 0, max: 5 }).map((n) => at(`2026-11-23T1${n}:00`));
  const content = fc.integer({ min: 0, max: 2 });
  const reads = fc.array(fc.record({ takenAt: moments, readAt: moments, todosTotal: content }), { maxLength: 12 });

  it('is the newest read, in whatever order they come', () => {
    fc.assert(
      fc.property(reads, (list) => {
        let cursor: Pick<ActualsReading, 'takenAt' | 'readAt'> | null = null;
        let current: ActualsReading | null = null;
        for (const one of list.map((over) => reading(over))) {
          const step = readingStep(one, cursor as never, current && readingDigest(current));
          if (step === 'WATERMARK' || step === 'CURRENT') cursor = one;
          if (step === 'CURRENT') current = one;
        }
        const newest = list.toSorted(
          (a, b) => a.takenAt.getTime() - b.takenAt.getTime() || a.readAt.getTime() - b.readAt.getTime(),
        );
        const last = newest.at(-1);
        if (!last) return current === null;
        const rivals = list.filter(({ takenAt, readAt }) => +takenAt === +last.takenAt && +readAt === +last.readAt);
        return rivals.some((one) => readingDigest(reading(one)) === readingDigest(current!));
      }),
    );
  });

  it('does not change by a read that says the same, whenever it was read', () => {
    const again = reading({ readAt: at('2026-11-23T12:00'), takenAt: at('2026-11-23T11:00') });
    expect(readingStep(again, reading() as never, readingDigest(reading()))).toBe('WATERMARK');
    expect(isNewer(reading(), again)).toBe(false);
  });
});

describe('the first deliverable', () => {
  const { calendar } = sampleConfiguration();
  const milestone = (id: string, targetOn: string, state = MilestoneState.PLANNED): ProjectMilestone =>
    ({ id, targetOn, position: 1, state }) as ProjectMilestone;
  const done = (ownId: string, day: string) => [{ kind: ActualsMarkKind.MILESTONE, ownId, doneAt: at(`${day}T15:00`) }];
  const first = milestone('a', '2026-12-04');
  const plan = [milestone('b', '2026-12-18'), milestone('x', '2026-11-30', MilestoneState.CANCELLED), first];

  it.each([
    { what: 'done on its day', marks: done('a', '2026-12-04'), now: '2026-12-20', late: 0 },
    { what: 'done on the Monday after', marks: done('a', '2026-12-07'), now: '2026-12-20', late: 1 },
    { what: 'not done on its day', marks: [], now: '2026-12-04', late: 0 },
    { what: 'not done on the Monday after', marks: [], now: '2026-12-07', late: 0 },
    { what: 'not done on the Tuesday after', marks: [], now: '2026-12-08', late: 1 },
    { what: 'done where another one is', marks: done('b', '2026-12-01'), now: '2026-12-08', late: 1 },
  ])('is $late business days late when $what', ({ marks, now, late }) => {
    expect(firstDeliverable(plan, marks, [], calendar, at(`${now}T12:00`))).toMatchObject({
      milestone: first,
      businessDaysLate: late,
    });
  });

  it('is none of a plan without milestones', () => {
    expect(firstDeliverable([], [], [], calendar, at('2026-12-08T12:00'))).toBeNull();
  });

  it('counts as the calendar adds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (days) => {
        return businessDaysAfter(calendar, '2026-12-04', addBusinessDays(calendar, '2026-12-04', days)) === days;
      }),
    );
  });
});

it('time to first touch runs from the close in whole minutes, and never backwards', () => {
  expect(minutesToTouch(at('2026-11-23T10:00'), at('2026-11-23T12:30'))).toBe(150);
  expect(minutesToTouch(at('2026-11-23T10:00'), at('2026-11-23T09:00'))).toBe(0);
  expect(minutesToTouch(null, at('2026-11-23T09:00'))).toBeNull();
});
