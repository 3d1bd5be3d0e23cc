/** A span of days, both ends counted; days are written as 2026-11-21. */
export interface Period {
  readonly fromOn: string;
  readonly toOn: string;
}

/** The periods that are offered by name. */
export const PRESETS = {
  '28d': 'Last 4 weeks',
  '90d': 'Last 90 days',
  '365d': 'Last 12 months',
  month: 'This month',
  'last-month': 'Last month',
  quarter: 'This quarter',
  'last-quarter': 'Last quarter',
} as const;
export type Preset = keyof typeof PRESETS;

/** The longest period that is offered, in days: what the API adds up at once (kpiFigures). */
export const LONGEST = 1096;

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/** Whether the text is a day of the calendar. */
export const isDay = (text: string): boolean =>
  DAY.test(text) && !Number.isNaN(utc(text).getTime()) && dayOf(utc(text)) === text;

/** The day that lies `days` after another; before it when negative. */
export const addDays = (day: string, days: number): string => dayOf(new Date(utc(day).getTime() + days * DAY_MS));

/** How many days a period has. */
export const daysOf = ({ fromOn, toOn }: Period): number =>
  Math.round((utc(toOn).getTime() - utc(fromOn).getTime()) / DAY_MS) + 1;

/** Whether both are days, in order, and not too far apart. */
export const isPeriod = (period: Period): boolean =>
  isDay(period.fromOn) && isDay(period.toOn) && period.fromOn <= period.toOn && daysOf(period) <= LONGEST;

/** The first day of the month that lies `months` from the month of `day`. */
function monthStart(day: string, months: number): string {
  const date = utc(day);
  return dayOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)));
}

const back = (today: string, days: number): Period => ({ fromOn: addDays(today, 1 - days), toOn: today });
/** How many months the quarter of a day has behind it. */
const intoQuarter = (day: string): number => utc(day).getUTCMonth() % 3;

const PERIODS: Readonly<Record<Preset, (today: string) => Period>> = {
  '28d': (today) => back(today, 28),
  '90d': (today) => back(today, 90),
  '365d': (today) => back(today, 365),
  month: (today) => ({ fromOn: monthStart(today, 0), toOn: today }),
  'last-month': (today) => ({ fromOn: monthStart(today, -1), toOn: addDays(monthStart(today, 0), -1) }),
  quarter: (today) => ({ fromOn: monthStart(today, -intoQuarter(today)), toOn: today }),
  'last-quarter': (today) => {
    const months = -intoQuarter(today);
    return { fromOn: monthStart(today, months - 3), toOn: addDays(monthStart(today, months), -1) };
  },
};

/** A named period as of a day. Periods that have not ended end with that day. */
export const presetPeriod = (preset: Preset, today: string): Period => PERIODS[preset](today);

/** The steps of a trend. */
export type Step = 'WEEK' | 'MONTH';

/** The longest period by weeks: more steps than 120 the API does not answer (kpiTrend). */
export const LONGEST_BY_WEEK = 800;

/** Weeks while they stay few enough to be told apart, else months. */
export const stepFor = (period: Period): Step => (daysOf(period) <= 200 ? 'WEEK' : 'MONTH');

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A day for people: 21 Nov 2026. */
export function dayText(day: string): string {
  const [year, month, date] = day.split('-');
  return `${Number(date)} ${MONTHS[Number(month) - 1]} ${year}`;
}

/** A period for people. */
export const periodText = ({ fromOn, toOn }: Period): string =>
  fromOn === toOn ? dayText(fromOn) : `${dayText(fromOn)} to ${dayText(toOn)}`;

/** What stands under a step of a trend: the month, or the day on which the week begins. */
export function stepLabel({ fromOn }: Period, step: Step): string {
  const [year, month, date] = fromOn.split('-');
  const name = MONTHS[Number(month) - 1];
  return step === 'MONTH' ? `${name} ${year}` : `${Number(date)} ${name}`;
}
