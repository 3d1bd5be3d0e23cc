import fc from 'fast-check';
import { DateTime } from 'luxon';
import { localDay } from '../../src/core/local-day.js';

/** Zones that change at midnight, by half an hour, by a whole day, or keep a quarter of an hour all year. */
const ZONES = [
  'Europe/London',
  'America/New_York',
  'America/Havana',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'UTC',
];

const byLuxon = (zone: string, instant: Date): string => DateTime.fromJSDate(instant, { zone }).toISODate()!;

describe('the day of an instant', () => {
  it('is what the time zone database says, however often it is asked', () => {
    const instants = fc.date({ min: new Date('1900-01-01'), max: new Date('3100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), instants, (zone, instant) => {
        const expected = byLuxon(zone, instant);
        expect([localDay(zone, instant), localDay(zone, instant)]).toEqual([expected, expected]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(ZONES.map((zone) => ({ zone })))('is right in every half-hour around the changes of $zone', ({ zone }) => {
    const year = zone === 'Pacific/Apia' ? 2011 : 2016;
    const hours = Array.from({ length: 366 * 48 }, (_, n) => new Date(Date.UTC(year, 0, 1) + n * 1_800_000));
    expect(hours.filter((instant) => localDay(zone, instant) !== byLuxon(zone, instant))).toEqual([]);
  });
});
