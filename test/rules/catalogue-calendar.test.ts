import * as fc from 'fast-check';
import {
  addBusinessDays,
  addBusinessHours,
  closingTime,
  dateOf,
  due,
  isBusinessDay,
  isCalendarDate,
  isWithinHours,
  minuteOfDay,
  workingTimesOn,
} from '../../src/catalogue/calendar.rules.js';
import type { BusinessCalendar, WorkingSpan } from '../../src/catalogue/configuration.js';
import { type ClockUnit, WEEKDAYS } from '../../src/catalogue/configuration.words.js';
import { sample } from './catalogue.kit.js';
import { WalkedCalendar } from './catalogue-walk.kit.js';

const london = sample('northwind-managed').calendar;
const newYork = sample('harbor-it').calendar;
const sydney: BusinessCalendar = { ...london, timeZone: 'Australia/Sydney', holidays: [] };
const at = (text: string): Date => new Date(text);
const iso = (date: Date): string => date.toISOString().replace(':00.000Z', 'Z');
const dueAt = (calendar: BusinessCalendar, start: string, amount: number, unit: ClockUnit): string =>
  iso(due({ amount, unit }, at(start), calendar));

const sundays = (from: string, to: string): BusinessCalendar => {
  return { timeZone: 'America/New_York', hours: { sun: [{ from, to }] }, holidays: [] };
};

describe('a Friday at 17:00, by every unit and default of requirements section 6', () => {
  // Friday 13 November 2026, 17:00 in London (GMT); the desk closes at 17:30.
  test.each([
    ['introduction: 48 elapsed hours', 48, 'ELAPSED_HOURS', '2026-11-15T17:00Z'],
    ['document complete, correction of a return: 24 elapsed hours', 24, 'ELAPSED_HOURS', '2026-11-14T17:00Z'],
    ['preparation: 3 business days', 3, 'BUSINESS_DAYS', '2026-11-18T17:30Z'],
    ['kickoff scheduled: 2 business days', 2, 'BUSINESS_DAYS', '2026-11-17T17:30Z'],
    ['kickoff held: 5 business days', 5, 'BUSINESS_DAYS', '2026-11-20T17:30Z'],
    ['hard breach: 10 business days', 10, 'BUSINESS_DAYS', '2026-11-27T17:30Z'],
    ['half an hour on Friday, the rest on Monday', 8, 'BUSINESS_HOURS', '2026-11-16T16:30Z'],
    ['the working day of 8.5 hours', 24, 'BUSINESS_HOURS', '2026-11-18T15:30Z'],
  ] as const)('%s', (_name, amount, unit, expected) => {
    expect(dueAt(london, '2026-11-13T17:00:00Z', amount, unit)).toBe(expected);
  });

  test('in New York the desk has closed an hour before', () => {
    // Friday 13 November 2026, 17:00 EST; Friday ends at 16:00, and Thanksgiving takes two days of the ten.
    expect(dueAt(newYork, '2026-11-13T22:00:00Z', 48, 'ELAPSED_HOURS')).toBe('2026-11-15T22:00Z');
    expect(dueAt(newYork, '2026-11-13T22:00:00Z', 6, 'BUSINESS_HOURS')).toBe('2026-11-16T20:00Z');
    expect(dueAt(newYork, '2026-11-13T22:00:00Z', 2, 'BUSINESS_DAYS')).toBe('2026-11-17T22:00Z');
    expect(dueAt(newYork, '2026-11-13T22:00:00Z', 10, 'BUSINESS_DAYS')).toBe('2026-12-01T22:00Z');
  });
});

describe('daylight-saving changes', () => {
  test('elapsed hours are real hours, working hours follow the wall clock', () => {
    // London, Friday 27 March 2026 17:00 GMT; clocks go forward on Sunday.
    expect(dueAt(london, '2026-03-27T17:00:00Z', 72, 'ELAPSED_HOURS')).toBe('2026-03-30T17:00Z');
    expect(dueAt(london, '2026-03-27T17:00:00Z', 1, 'BUSINESS_HOURS')).toBe('2026-03-30T08:30Z');
    expect(dueAt(london, '2026-03-27T17:00:00Z', 1, 'BUSINESS_DAYS')).toBe('2026-03-30T16:30Z');
    // And back on Sunday 25 October 2026: Friday 17:00 is BST, Monday is GMT.
    expect(dueAt(london, '2026-10-23T16:00:00Z', 1, 'BUSINESS_HOURS')).toBe('2026-10-26T09:30Z');
    expect(dueAt(london, '2026-10-23T16:00:00Z', 1, 'BUSINESS_DAYS')).toBe('2026-10-26T17:30Z');
  });

  test('New York, 8 March and 1 November 2026; Sydney, 5 April and 4 October 2026', () => {
    expect(dueAt(newYork, '2026-03-06T20:30:00Z', 1, 'BUSINESS_HOURS')).toBe('2026-03-09T12:30Z');
    expect(dueAt(newYork, '2026-10-30T19:30:00Z', 1, 'BUSINESS_HOURS')).toBe('2026-11-02T13:30Z');
    expect(dueAt(sydney, '2026-04-03T06:00:00Z', 1, 'BUSINESS_HOURS')).toBe('2026-04-05T23:30Z');
    expect(dueAt(sydney, '2026-10-02T07:00:00Z', 1, 'BUSINESS_HOURS')).toBe('2026-10-04T22:30Z');
  });

  test('a span over the change has its real length', () => {
    const night = sundays('00:00', '06:00');
    const hoursOn = (date: string): number =>
      workingTimesOn(night, date).reduce((sum, { from, to }) => sum + (to.getTime() - from.getTime()) / 3_600_000, 0);
    expect([hoursOn('2026-03-01'), hoursOn('2026-03-08'), hoursOn('2026-11-01')]).toEqual([6, 5, 7]);
  });

  test('an hour that does not exist begins at the change; of one that comes twice the first is meant', () => {
    const [spring] = workingTimesOn(sundays('02:30', '05:00'), '2026-03-08');
    expect([iso(spring!.from), iso(spring!.to)]).toEqual(['2026-03-08T07:00Z', '2026-03-08T09:00Z']);
    expect(workingTimesOn(sundays('02:15', '02:45'), '2026-03-08')).toEqual([]);
    const [autumn] = workingTimesOn(sundays('01:30', '02:00'), '2026-11-01');
    expect([iso(autumn!.from), iso(autumn!.to)]).toEqual(['2026-11-01T05:30Z', '2026-11-01T07:00Z']);
  });
});

describe('business days and hours', () => {
  test('weekends and holidays are not worked', () => {
    expect(
      ['2026-12-24', '2026-12-25', '2026-12-26', '2026-12-28', '2026-12-29'].map((day) => isBusinessDay(london, day)),
    ).toEqual([true, false, false, false, true]);
    expect(addBusinessDays(london, '2026-12-24', 1)).toBe('2026-12-29');
    expect(addBusinessDays(london, '2026-12-29', -1)).toBe('2026-12-24');
    expect(addBusinessDays(newYork, '2026-11-25', 1)).toBe('2026-11-30');
  });

  test('0 days is the same day when it is worked, else the next one that is', () => {
    expect(addBusinessDays(london, '2026-11-13', 0)).toBe('2026-11-13');
    expect(addBusinessDays(london, '2026-11-14', 0)).toBe('2026-11-16');
    expect(addBusinessDays(london, '2026-12-25', 0)).toBe('2026-12-29');
  });

  test('a start outside hours counts from the next opening; a lunch break does not count', () => {
    expect(iso(addBusinessHours(london, at('2026-11-14T12:00:00Z'), 1))).toBe('2026-11-16T10:00Z');
    expect(iso(addBusinessHours(london, at('2026-11-16T05:00:00Z'), 1))).toBe('2026-11-16T10:00Z');
    expect(iso(addBusinessHours(newYork, at('2026-11-16T16:30:00Z'), 1))).toBe('2026-11-16T18:30Z');
    expect(iso(addBusinessHours(newYork, at('2026-11-16T17:15:00Z'), 1))).toBe('2026-11-16T19:00Z');
  });

  test('time that is filled exactly at closing is due at closing; no hours are due at once', () => {
    expect(iso(addBusinessHours(london, at('2026-11-13T17:00:00Z'), 0.5))).toBe('2026-11-13T17:30Z');
    expect(iso(addBusinessHours(london, at('2026-11-14T12:00:00Z'), 0))).toBe('2026-11-14T12:00Z');
  });

  test('within hours: the opening minute is, the closing minute, lunch and holidays are not', () => {
    const times = [
      '2026-11-16T13:00:00Z',
      '2026-11-16T12:59:00Z',
      '2026-11-16T17:30:00Z',
      '2026-11-16T22:00:00Z',
      '2026-11-26T15:00:00Z',
    ];
    expect(times.map((time) => isWithinHours(newYork, at(time)))).toEqual([true, false, false, false, false]);
  });

  test('the date is that of the calendar, not of UTC', () => {
    expect(dateOf(sydney, at('2026-11-13T14:00:00Z'))).toBe('2026-11-14');
    expect(dateOf(newYork, at('2026-11-14T02:00:00Z'))).toBe('2026-11-13');
  });
});

describe('what is impossible is refused', () => {
  test.each([
    ['no working hour', { ...london, hours: {} }],
    ['only empty days', { ...london, hours: { mon: [] } }],
    ['an unknown time zone', { ...london, timeZone: 'Mars/Olympus' }],
    ['reversed hours', { ...london, hours: { mon: [{ from: '17:00', to: '09:00' }] } }],
    ['no time at all', { ...london, hours: { mon: [{ from: '9', to: '17' }] } }],
  ])('%s', (_name, calendar) => {
    expect(() => due({ amount: 1, unit: 'BUSINESS_HOURS' }, at('2026-11-13T17:00:00Z'), calendar)).toThrow(RangeError);
    expect(() => due({ amount: 1, unit: 'BUSINESS_DAYS' }, at('2026-11-13T17:00:00Z'), calendar)).toThrow(RangeError);
  });

  test('dates and amounts', () => {
    for (const date of ['2026-02-30', '2026-13-01', '2027-02-29', '26-01-01', '2026-1-1', '']) {
      expect(isCalendarDate(date)).toBe(false);
      expect(() => addBusinessDays(london, date, 1)).toThrow(RangeError);
    }
    expect(isCalendarDate('2028-02-29')).toBe(true);
    expect(() => addBusinessDays(london, '2026-11-13', 1.5)).toThrow(RangeError);
    for (const hours of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => addBusinessHours(london, at('2026-11-13T17:00:00Z'), hours)).toThrow(RangeError);
    expect(() => closingTime(london, '2026-11-14')).toThrow(RangeError);
    expect(['09:00', '24:00', '24:01', '12:60', '9:00', 'noon'].map(minuteOfDay)).toEqual([
      540,
      1440,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

describe("against a reference that walks the minutes with the platform's own time zones", () => {
  const days: readonly (readonly WorkingSpan[])[] = [
    [],
    [{ from: '09:00', to: '17:30' }],
    [
      { from: '08:00', to: '12:00' },
      { from: '13:00', to: '16:15' },
    ],
    [{ from: '00:00', to: '24:00' }],
    [
      { from: '00:00', to: '01:30' },
      { from: '02:30', to: '06:00' },
      { from: '22:00', to: '24:00' },
    ],
  ];
  // Every zone with the days around its two changes of 2026; Beirut has no midnight on one of them.
  const changes = [
    ['Europe/London', '2026-03-29', '2026-10-25'],
    ['America/New_York', '2026-03-08', '2026-11-01'],
    ['Australia/Sydney', '2026-04-05', '2026-10-04'],
    ['Australia/Lord_Howe', '2026-04-05', '2026-10-04'],
    ['Asia/Beirut', '2026-03-29', '2026-10-25'],
    ['Asia/Kolkata', '2026-05-01', '2026-09-01'],
  ] as const;
  const arbitrary = fc
    .record({
      zone: fc.constantFrom(...changes),
      half: fc.constantFrom(1, 2),
      spans: fc
        .array(fc.constantFrom(...days), { minLength: 7, maxLength: 7 })
        .filter((week) => week.some((day) => day.length > 0)),
      offset: fc.integer({ min: -5 * 96, max: 2 * 96 }),
      holidays: fc.array(fc.integer({ min: -6, max: 9 }), { maxLength: 3 }),
    })
    .map(({ zone, half, spans, offset, holidays }) => {
      const change = at(`${zone[half]}T00:00:00Z`).getTime();
      const calendar: BusinessCalendar = {
        timeZone: zone[0],
        hours: Object.fromEntries(WEEKDAYS.map((day, index) => [day, [...spans[index]!]])),
        holidays: holidays.map((day) => ({
          date: new Date(change + day * 86_400_000).toISOString().slice(0, 10),
          name: 'Holiday',
        })),
      };
      return { calendar, start: new Date(change + offset * 900_000) };
    });

  test('business hours', () => {
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 24 }), ({ calendar, start }, hours) => {
        const walked = new WalkedCalendar(calendar, start).afterHours(hours);
        expect(addBusinessHours(calendar, start, hours).toISOString()).toBe(walked.toISOString());
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  test('business days', () => {
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 4 }), ({ calendar, start }, amount) => {
        const walked = new WalkedCalendar(calendar, start).afterDays(amount);
        expect(due({ amount, unit: 'BUSINESS_DAYS' }, start, calendar).toISOString()).toBe(walked.toISOString());
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  test('whether it is worked', () => {
    fc.assert(
      fc.property(arbitrary, ({ calendar, start }) => {
        expect(isWithinHours(calendar, start)).toBe(new WalkedCalendar(calendar, start).isWorkedAtStart());
      }),
      { numRuns: 80 },
    );
  }, 60_000);
});
