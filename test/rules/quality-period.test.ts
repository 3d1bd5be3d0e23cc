import fc from 'fast-check';
import type { BusinessCalendar } from '../../src/catalogue/configuration.js';
import { CATCH_UP, duePeriods, type PeriodSetting } from '../../src/quality/period.rules.js';
import { ReviewKind } from '../../src/quality/review.entity.js';
import { taskSteps, type Task } from '../../src/quality/task.rules.js';

const calendarIn = (timeZone: string, holidays: string[] = []): BusinessCalendar => ({
  timeZone,
  hours: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [{ from: '09:00', to: '17:30' }]])),
  holidays: holidays.map((date) => ({ date, name: 'Holiday' })),
});
const settingIn = (
  timeZone: string,
  rest: Partial<PeriodSetting['review']> = {},
  holidays: string[] = [],
): PeriodSetting => ({
  timeZone,
  calendar: calendarIn(timeZone, holidays),
  review: { weekday: 'mon', hour: 8, ...rest },
});
const since = new Date('2026-01-01T00:00:00Z');
const due = (kind: ReviewKind, setting: PeriodSetting, now: string, done: string[] = []) =>
  duePeriods(kind, setting, { since, done: new Set(done) }, new Date(now));

/** The wall clock of a zone, read without luxon. */
function wall(timeZone: string, instant: Date): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(instant);
  const of = (type: string): string => parts.find((part) => part.type === type)!.value;
  return `${of('weekday')} ${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}`;
}

describe('the weekly review', () => {
  it('is due on Monday at 08:00 of the tenant, in winter and in summer time', () => {
    const london = settingIn('Europe/London');
    // Clocks went back on Sunday 25 October 2026: 08:00 is 08:00Z, a week before it was 07:00Z.
    expect(due(ReviewKind.WEEKLY, london, '2026-10-19T07:00:00Z').at(-1)).toMatchObject({
      period: '2026-W42',
      openedAt: new Date('2026-10-19T07:00:00Z'),
    });
    expect(due(ReviewKind.WEEKLY, london, '2026-10-26T07:59:59Z').at(-1)!.period).toBe('2026-W42');
    expect(due(ReviewKind.WEEKLY, london, '2026-10-26T08:00:00Z').at(-1)).toEqual({
      kind: 'WEEKLY',
      period: '2026-W43',
      from: new Date('2026-10-18T23:00:00Z'),
      to: new Date('2026-10-26T00:00:00Z'),
      before: new Date('2026-10-11T23:00:00Z'),
      openedAt: new Date('2026-10-26T08:00:00Z'),
    });
  });

  it('is made late after downtime, each week with its own bounds, and none twice', () => {
    const sydney = settingIn('Australia/Sydney');
    const missed = due(ReviewKind.WEEKLY, sydney, '2026-10-20T00:00:00Z', ['2026-W38']);
    expect(missed.map(({ period }) => period)).toEqual([
      '2026-W35',
      '2026-W36',
      '2026-W37',
      '2026-W39',
      '2026-W40',
      '2026-W41',
      '2026-W42',
    ]);
    // Clocks went forward on 4 October: that week has 167 hours.
    const week = missed.find(({ period }) => period === '2026-W40')!;
    expect((week.to.getTime() - week.from.getTime()) / 3_600_000).toBe(167);
  });

  it('keeps to its weekday and hour by the wall clock, and its weeks follow one another, in every zone', () => {
    const zones = [
      'Europe/London',
      'America/New_York',
      'Australia/Sydney',
      'Asia/Kathmandu',
      'Pacific/Auckland',
      'UTC',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom('mon', 'tue', 'fri', 'sun' as const),
        fc.integer({ min: 4, max: 23 }),
        fc.date({ min: new Date('2026-06-01'), max: new Date('2028-01-01'), noInvalidDate: true }),
        (zone, weekday, hour, now) => {
          const setting = settingIn(zone, { weekday: weekday as 'mon', hour });
          const found = duePeriods(ReviewKind.WEEKLY, setting, { since, done: new Set() }, now);
          expect(found.length).toBeGreaterThanOrEqual(CATCH_UP.WEEKLY - 2);
          for (const [index, { from, to, openedAt }] of found.entries()) {
            const [day, , time] = wall(zone, openedAt).split(' ');
            expect(`${day!.toLowerCase()} ${time}`).toBe(`${weekday} ${String(hour).padStart(2, '0')}:00`);
            expect(wall(zone, from)).toMatch(/^Mon .* 00:00$/);
            expect(openedAt >= to && openedAt <= now).toBe(true);
            if (index > 0) expect(found[index - 1]!.to).toEqual(from);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('names the ISO week over the turn of the year, of which 2026 has 53', () => {
    const names = due(ReviewKind.WEEKLY, settingIn('Europe/London'), '2027-01-11T08:00:00Z').map(
      ({ period }) => period,
    );
    expect(names.slice(-3)).toEqual(['2026-W52', '2026-W53', '2027-W01']);
  });

  it('is not made of weeks before the tenant began', () => {
    const began = { since: new Date('2026-11-18T12:00:00Z'), done: new Set<string>() };
    const found = duePeriods(ReviewKind.WEEKLY, settingIn('Europe/London'), began, new Date('2026-12-01T09:00:00Z'));
    expect(found.map(({ period }) => period)).toEqual(['2026-W47', '2026-W48']);
  });
});

it.each([
  { kind: ReviewKind.MONTHLY, now: '2026-11-02T07:59:00Z', period: '2026-09' },
  { kind: ReviewKind.MONTHLY, now: '2026-11-02T08:00:00Z', period: '2026-10' },
  { kind: ReviewKind.QUARTERLY, now: '2027-01-01T12:00:00Z', period: '2026-Q3' },
  { kind: ReviewKind.QUARTERLY, now: '2027-01-04T08:00:00Z', period: '2026-Q4' },
])('$kind at $now: the last is $period, made on the first business day', ({ kind, now, period }) => {
  expect(due(kind, settingIn('Europe/London', {}, ['2027-01-01']), now).at(-1)!.period).toBe(period);
});

describe('who is told of a task', () => {
  const calendar = calendarIn('Europe/London');
  const ladder = { people: ['lead', 'boss'], every: { amount: 8, unit: 'BUSINESS_HOURS' as const }, calendar };
  const task: Task = {
    type: 'SpotCheck',
    id: 't',
    responsibleId: 'rep',
    openedAt: new Date('2026-11-23T08:00:00Z'),
    dueAt: new Date('2026-11-25T17:30:00Z'),
    endedAt: null,
    taken: [],
  };
  const told = (one: Task, now: string) =>
    taskSteps([one], ladder, new Date(now)).steps.map(({ step, personId, isNews }) => `${step} ${personId} ${isNews}`);

  it('is first whoever does it, then the ladder once it is overdue', () => {
    expect(told(task, '2026-11-23T08:00:00Z')).toEqual(['0 rep true']);
    expect(told(task, '2026-11-25T17:30:00Z')).toEqual(['0 rep false', '1 lead true']);
    expect(told(task, '2026-12-20T00:00:00Z')).toEqual(['0 rep false', '1 lead false', '2 boss true']);
  });

  it('is the same whenever it is looked for, one look or many', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 * 24 }), { maxLength: 6 }),
        fc.option(fc.integer({ min: 1, max: 20 * 24 })),
        (looks, end) => {
          const at = (hours: number): Date => new Date(task.openedAt.getTime() + hours * 3_600_000);
          const endedAt = end === null ? null : at(end);
          const last = at(40 * 24);
          const taken: { id: string; step: number; personId: string; isOpen: boolean }[] = [];
          const many: string[] = [];
          for (const now of [...looks.toSorted((a, b) => a - b).map(at), last]) {
            const seen = { ...task, endedAt: endedAt !== null && endedAt <= now ? endedAt : null, taken: [...taken] };
            for (const { step, firesAt, personId } of taskSteps([seen], ladder, now).steps) {
              taken.push({ id: String(step), step, personId, isOpen: true });
              many.push(`${step} ${personId} ${firesAt.toISOString()}`);
            }
          }
          const once = taskSteps([{ ...task, endedAt }], ladder, last).steps.map(
            ({ step, firesAt, personId }) => `${step} ${personId} ${firesAt.toISOString()}`,
          );
          expect(many.toSorted()).toEqual(once.toSorted());
        },
      ),
    );
  });
});
