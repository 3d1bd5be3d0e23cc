import { QualityPlanner } from '../../../src/quality/quality.planner.js';
import {
  REVIEW_EFFECT,
  reviewHandler,
  scoreHandler,
  TELL_EFFECT,
  tellHandler,
} from '../../../src/quality/quality.handlers.js';
import { SCORE_EFFECT } from '../../../src/quality/score.queries.js';
import { dayAfter, type OracleCalendar, weekday } from '../calendar.js';
import type { Kind, Told } from '../kinds.js';
import { provisionedAt } from '../stage.js';
import { at } from './lines.js';

/** A period that ended, and when its review was to be made and held. */
export interface Period {
  readonly kind: 'WEEKLY' | 'MONTHLY' | 'QUARTERLY';
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly openedAt: number;
  readonly days: number;
}

const HOUR_OF_REVIEW = '08:00';

/** The ISO week of a Monday: that of its Thursday, by the year that the Thursday lies in. */
function weekName(monday: string): string {
  const thursday = dayAfter(monday, 3);
  const year = thursday.slice(0, 4);
  const days = (Date.parse(thursday) - Date.parse(`${year}-01-01`)) / 86_400_000;
  return `${year}-W${String(Math.floor(days / 7) + 1).padStart(2, '0')}`;
}

function weeks(calendar: OracleCalendar, first: string, last: string): Period[] {
  let monday = first;
  while (weekday(monday) !== 1) monday = dayAfter(monday, -1);
  const periods: Period[] = [];
  for (; monday < last; monday = dayAfter(monday, 7)) {
    const next = dayAfter(monday, 7);
    const [from, to] = [calendar.at(monday, '00:00'), calendar.at(next, '00:00')];
    const openedAt = calendar.at(next, HOUR_OF_REVIEW);
    periods.push({ kind: 'WEEKLY', name: weekName(monday), from, to, openedAt, days: 3 });
  }
  return periods;
}

function months(calendar: OracleCalendar, first: string, last: string, length: 1 | 3): Period[] {
  const periods: Period[] = [];
  const month = Number(first.slice(5, 7)) - 1;
  let start = `${first.slice(0, 4)}-${String(month - (month % length) + 1).padStart(2, '0')}-01`;
  while (start < last) {
    const [year, number] = start.split('-').map(Number) as [number, number];
    const following = number - 1 + length;
    const next = `${year + Math.floor(following / 12)}-${String((following % 12) + 1).padStart(2, '0')}-01`;
    const worked = calendar.isWorked(next) ? next : calendar.workedDayAfter(next, 1);
    periods.push({
      kind: length === 1 ? 'MONTHLY' : 'QUARTERLY',
      name: length === 1 ? start.slice(0, 7) : `${year}-Q${(number - 1) / 3 + 1}`,
      from: calendar.at(start, '00:00'),
      to: calendar.at(next, '00:00'),
      openedAt: calendar.at(worked, HOUR_OF_REVIEW),
      days: 10,
    });
    start = next;
  }
  return periods;
}

/** The periods whose reviews are made by the last look. */
export function periodsOf({ calendar, looks }: Told): Period[] {
  const [first, last] = [calendar.dateOf(provisionedAt), calendar.dateOf(looks.at(-1)!.at)];
  return [
    ...weeks(calendar, first, last),
    ...months(calendar, first, last, 1),
    ...months(calendar, first, last, 3),
  ].filter(({ to, openedAt }) => to > provisionedAt && openedAt <= looks.at(-1)!.at);
}

/** When the review of a period is made: at the first look from its hour on. */
const madeAt = ({ looks }: Told, { openedAt }: Period): number => looks.find(({ at: look }) => look >= openedAt)!.at;

/** The reviews (and scores) that the system makes: one a week, month and quarter, with owner and deputy, whenever workers were alive. */
export const reviews: Kind = {
  name: 'reviews',
  planners: (options) => [new QualityPlanner(options)],
  handlers: { [REVIEW_EFFECT]: reviewHandler, [SCORE_EFFECT]: scoreHandler, [TELL_EFFECT]: tellHandler },
  expected: (told) => {
    const [owner, deputy] = told.tenant.ladders.SLA;
    return periodsOf(told).map((period) => {
      const { kind, name, from, to, openedAt, days } = period;
      const dueAt = told.calendar.due({ amount: days, unit: 'BUSINESS_DAYS' }, openedAt, []);
      return `${[kind, name, at(from), at(to), at(openedAt), at(dueAt), owner, deputy].join(' ')} | ${at(madeAt(told, period))}`;
    });
  },
  found: async ({ world }) => {
    const rows = await world.rows(
      `select r.kind, r.period, r.from_at, r.to_at, r.opened_at, r.due_at, r.made_at, o.handle as owner, d.handle as deputy
       from quality_review r left join person o on o.tenant_id = $1 and o.id = r.owner_id
       left join person d on d.tenant_id = $1 and d.id = r.deputy_id where r.tenant_id = $1`,
    );
    return rows.map(({ kind, period, from_at, to_at, opened_at, due_at, made_at, owner, deputy }) => {
      const when = [from_at, to_at, opened_at, due_at].map((instant) => at(instant as Date));
      return `${[kind, period, ...when, owner, deputy].join(' ')} | ${at(made_at as Date)}`;
    });
  },
  timeless: (text) => text.split(' | ')[0]!,
};
