import * as fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { addBusinessDays, dateOf, endOfDay } from '../../src/catalogue/calendar.rules.js';
import { DateTimeScalar, LocalDateScalar } from '../../src/core/graphql/scalars.js';
import { dayAfter } from '../../src/core/local-day.js';
import { instantOf } from '../../src/integrations/halopsa/opportunity.rules.js';
import { planProject } from '../../src/project/plan.rules.js';
import { shifted, type StandingPlan } from '../../src/project/shift.rules.js';
import { configurationWith, quoteLine, task } from './project-fixture.js';

/** As far from UTC as zones go, both ways, and some that change their offset. */
const ZONES = ['Pacific/Kiritimati', 'Etc/GMT+12', 'Pacific/Apia', 'Europe/London', 'Asia/Kathmandu', 'UTC'];
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
/** The rebaseline's and the configuration's own bound for days that are counted (scope-change.input.ts). */
const MOST_DAYS = 250;
const taken = fc
  .oneof(
    fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((at) => at.toISOString().slice(0, 10)),
    fc.constantFrom('1900-01-01', '2999-12-31', '9999-12-31', '9999-01-01', '3000-01-01'),
  )
  .filter(isTaken);

describe('a day of any year that is taken', () => {
  it('is planned, shifted and ended in every time zone, and stays a day that PostgreSQL reads', () => {
    const base = configurationWith([task('later', { offsetBusinessDays: 30 })]);
    fc.assert(
      fc.property(
        taken,
        fc.constantFrom(...ZONES),
        fc.integer({ min: -MOST_DAYS, max: MOST_DAYS }),
        (day, zone, by) => {
          const calendar = { ...base.calendar, timeZone: zone };
          const plan = planProject({
            configuration: { ...base, calendar },
            serviceTemplate: 'managed-network',
            dealType: 'NEW_BUSINESS',
            answers: {},
            startOn: day,
            terms: { version: 1, currency: 'GBP', lines: [quoteLine()], signedScopeHash: null },
            promises: [{ id: 'p', text: 'Promised', dueOn: day }],
          });
          const moved = shifted({ ...plan, project: plan } as unknown as StandingPlan, {
            days: by,
            today: day,
            calendar,
          });
          for (const one of [
            plan.targetOn,
            moved.project.targetOn,
            addBusinessDays(calendar, day, by),
            dayAfter(day, 84),
          ]) {
            expect(one).toMatch(DAY);
          }
          const end = endOfDay(calendar, day);
          expect(end.toISOString()).toMatch(INSTANT);
          expect(dateOf(calendar, new Date(end.getTime() - 1))).toBe(day);
        },
      ),
    );
  });

  it.each(['9999-12-31', '3000-01-01', '1899-12-31', '0001-01-01'])('%s is refused, and the years are named', (day) => {
    expect(() => LocalDateScalar.parseValue(day)).toThrow(GraphQLError);
    expect(() => LocalDateScalar.parseValue(day)).toThrow(/years 1900 to 2999/);
    expect(() => DateTimeScalar.parseValue(`${day}T12:00:00Z`)).toThrow(/years 1900 to 2999/);
  });

  it.each(['1900-01-01', '2999-12-31'])('%s is taken', (day) => {
    expect(LocalDateScalar.parseValue(day)).toBe(day);
    expect(DateTimeScalar.parseValue(`${day}T12:00:00Z`)).toEqual(new Date(`${day}T12:00:00Z`));
  });

  it('is no time of HaloPSA beyond them', () => {
    expect(instantOf({ dateclosed: '9999-12-31T23:00:00-05:00' }, 'dateclosed')).toBeNull();
    expect(instantOf({ dateclosed: '2999-12-31T23:00:00' }, 'dateclosed')).toEqual(new Date('2999-12-31T23:00:00Z'));
  });
});

function isTaken(day: string): boolean {
  try {
    return LocalDateScalar.parseValue(day) === day;
  } catch {
    return false;
  }
}
