import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import type { BusinessCalendar } from '../../src/catalogue/configuration.js';
import { dayAfter, daysBetween } from '../../src/core/local-day.js';
import { apportion, hoursIn, hoursText, hundredths, WorkWeeks } from '../../src/feasibility/hours.rules.js';
import { checkedWeek, mondayOfWeek, mondayOn, mondaysWithin, weekOf } from '../../src/feasibility/week.rules.js';

const SPAN = [{ from: '09:00', to: '17:30' }];
const CALENDAR: BusinessCalendar = {
  timeZone: 'Europe/London',
  hours: { mon: SPAN, tue: SPAN, wed: SPAN, thu: SPAN, fri: [{ from: '09:00', to: '13:00' }] },
  holidays: [
    { date: '2026-12-25', name: 'Christmas Day' },
    { date: '2026-12-28', name: 'Boxing Day (substitute day)' },
    ...['03', '04', '05', '06', '07'].map((day) => ({ date: `2027-05-${day}`, name: 'Works holiday' })),
  ],
};
const day = fc.integer({ min: 0, max: 366 * 12 }).map((days) => dayAfter('2019-12-20', days));

describe('ISO weeks', () => {
  it.each([
    { day: '2026-01-01', week: '2026-W01' },
    { day: '2026-12-31', week: '2026-W53' },
    { day: '2027-01-03', week: '2026-W53' },
    { day: '2027-01-04', week: '2027-W01' },
    { day: '2021-01-03', week: '2020-W53' },
    { day: '2024-12-30', week: '2025-W01' },
    { day: '2023-01-01', week: '2022-W52' },
  ])('$day lies in $week', ({ day: date, week }) => {
    expect(weekOf(date)).toBe(week);
    expect(mondayOfWeek(week)).toBe(mondayOn(date));
  });

  it.each([{ week: '2026-W54' }, { week: '2027-W53' }, { week: '2026-W00' }, { week: '2026-50' }, { week: '2026-W5' }])(
    '$week does not exist: the answer names the field and the remedy',
    ({ week }) => {
      expect(mondayOfWeek(week)).toBeNull();
      expect(() => checkedWeek('week', week)).toThrow(
        expect.objectContaining({
          code: 'BAD_USER_INPUT',
          details: { field: 'week', remedy: expect.stringContaining('2026-W49') },
        }),
      );
    },
  );

  it('agree with the day arithmetic of another library, over every year end', () => {
    fc.assert(
      fc.property(day, (date) => {
        const other = DateTime.fromISO(date, { zone: 'utc' });
        expect(weekOf(date)).toBe(`${other.weekYear}-W${String(other.weekNumber).padStart(2, '0')}`);
        expect(mondayOn(date)).toBe(other.startOf('week').toISODate());
        expect(mondayOfWeek(weekOf(date))).toBe(mondayOn(date));
      }),
    );
  });

  it('cover a period without a gap and without a week twice', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 900 }), (from, length) => {
        const to = dayAfter(from, length);
        const mondays = mondaysWithin(from, to);
        expect(mondays[0]! <= from && to <= dayAfter(mondays.at(-1)!, 6)).toBe(true);
        for (const [index, monday] of mondays.entries()) {
          if (index > 0) expect(daysBetween(mondays[index - 1]!, monday)).toBe(7);
        }
      }),
    );
  });
});

describe('hours of a week', () => {
  const weeks = new WorkWeeks(CALENDAR);
  const line = (perWeek: string, fromOn: string, toOn: string) => ({
    roleKey: 'engineer',
    personId: null,
    perWeek: hundredths(perWeek),
    fromOn,
    toOn,
  });

  it.each([
    { what: 'a whole week', from: '2026-12-07', to: '2026-12-13', monday: '2026-12-07', hours: '16' },
    {
      what: 'two of four long days beside a short one',
      from: '2026-12-09',
      to: '2026-12-10',
      monday: '2026-12-07',
      hours: '7.16',
    },
    {
      what: 'a week with a holiday, of which the rest is asked for whole',
      from: '2026-12-21',
      to: '2026-12-27',
      monday: '2026-12-21',
      hours: '16',
    },
    { what: 'a weekend', from: '2026-12-12', to: '2026-12-13', monday: '2026-12-07', hours: '0' },
    {
      what: 'a week of holidays alone: it shows, and does not vanish',
      from: '2027-05-03',
      to: '2027-05-09',
      monday: '2027-05-03',
      hours: '16',
    },
    { what: 'another week', from: '2026-12-07', to: '2026-12-13', monday: '2026-12-14', hours: '0' },
  ])('$what: $hours of 16', ({ from, to, monday, hours }) => {
    expect(hoursText(hoursIn(weeks, [line('16', from, to)], monday))).toBe(hours);
  });

  it('are neither lost nor doubled when a line is cut into two', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 16_800 }),
        fc.integer({ min: 0, max: 500 }).map((days) => dayAfter('2026-10-01', days)),
        fc.integer({ min: 1, max: 120 }),
        fc.nat(),
        (perWeek, from, length, cut) => {
          const to = dayAfter(from, length);
          const until = dayAfter(from, cut % length);
          const whole = { ...line('1', from, to), perWeek };
          const parts = [
            { ...whole, toOn: until },
            { ...whole, fromOn: dayAfter(until, 1) },
          ];
          for (const monday of mondaysWithin(from, to))
            expect(hoursIn(weeks, parts, monday)).toBe(hoursIn(weeks, [whole], monday));
        },
      ),
    );
  });

  it('of whole weeks are what the line says, week for week', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 16_800 }),
        day,
        fc.integer({ min: 0, max: 60 }),
        (perWeek, from, length) => {
          const monday = mondayOn(from);
          const whole = { ...line('1', monday, dayAfter(monday, length * 7 + 6)), perWeek };
          const asked = mondaysWithin(whole.fromOn, whole.toOn).map((one) => hoursIn(weeks, [whole], one));
          expect(asked).toEqual(asked.map(() => perWeek));
        },
      ),
    );
  });

  it('split by weights add up to what was split', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 }),
        (total, weights) => {
          const parts = apportion(total, weights);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
          const all = weights.reduce((sum, weight) => sum + weight, 0);
          for (const [index, part] of parts.entries()) {
            expect(part).toBeGreaterThanOrEqual(0);
            if (all > 0) expect(Math.abs(part - (total * weights[index]!) / all)).toBeLessThan(1);
          }
        },
      ),
    );
  });
});
