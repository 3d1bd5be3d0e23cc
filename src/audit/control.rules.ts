import { DateTime } from 'luxon';
import { type Finding, finding } from '../core/finding.js';
import { assignEvenly } from '../core/sampling.js';
import type { Standing } from '../approval/standing.rules.js';
import { Role } from '../identity/roles.js';
import { type ControlItem, ControlItemState } from './control.entity.js';
import { type Period, Population } from './population.js';
import { SETTLED_AFTER_MS } from './population.rules.js';

/**
 * The monthly look at overrides (SOC 2 CC8.1, approvals rule 12): a share of the month's overrides, at least so many and
 * at most so many, is reviewed by people who had no hand in them. Auditors take 5 to 25 items; so does this.
 */
export const OVERRIDE_SAMPLING = {
  name: 'OVERRIDE_SAMPLING',
  population: Population.OVERRIDES,
  /** Percent of the month's overrides, rounded up. */
  sharePercent: 25,
  atLeast: 5,
  atMost: 25,
  /** Whoever reviews holds one of these: they see margins, so that nobody judges blind. */
  roles: [Role.FINANCE_APPROVER, Role.SERVICE_DELIVERY_LEAD] as readonly Role[],
  /** Business days of the tenant's calendar within which an item is reviewed. */
  reviewBusinessDays: 10,
  /** How many ended months are caught up with at most. */
  catchUpMonths: 12,
} as const;

/** How many rows of a population are reviewed. */
export function sampleSize(rows: number): number {
  const { sharePercent, atLeast, atMost } = OVERRIDE_SAMPLING;
  const share = Math.ceil((rows * sharePercent) / 100);
  return Math.min(rows, atMost, Math.max(atLeast, share));
}

/** The instants of a month (`2026-10`) in a time zone: of 31 days or of 28, and an hour more or less where clocks change. */
export function monthOf(period: string, timeZone: string): Period {
  const first = DateTime.fromISO(`${period}-01`, { zone: timeZone });
  if (!first.isValid) throw new RangeError(`${period} in ${timeZone} is no month`);
  return { from: first.startOf('day').toJSDate(), to: first.plus({ months: 1 }).startOf('day').toJSDate() };
}

/**
 * The months that have ended in a time zone and have no run yet, oldest first: not before the tenant began, and not
 * further back than is caught up with. A month has ended a minute after its last instant, so that nothing is missing.
 */
export function dueMonths(
  { timeZone, since, done }: { readonly timeZone: string; readonly since: Date; readonly done: readonly string[] },
  now: Date,
): string[] {
  const settled = DateTime.fromMillis(now.getTime() - SETTLED_AFTER_MS, { zone: timeZone }).startOf('month');
  const first = DateTime.fromJSDate(since, { zone: timeZone }).startOf('month');
  const months: string[] = [];
  for (let back = OVERRIDE_SAMPLING.catchUpMonths; back > 0; back -= 1) {
    const month = settled.minus({ months: back });
    const period = month.toFormat('yyyy-MM');
    if (month >= first && !done.includes(period)) months.push(period);
  }
  return months;
}

/** A row to be reviewed, and everybody who had a hand in it. */
export interface Reviewable {
  readonly id: string;
  readonly actors: readonly string[];
}

/** Somebody who may review, by canonical person. */
export interface Reviewer {
  readonly personId: string;
  readonly role: string;
}

/** Who reviews what: nobody something that they had a hand in. Null where nobody independent is left. */
export function assign(
  rows: readonly Reviewable[],
  reviewers: readonly Reviewer[],
  { canonicalOf }: Pick<Standing, 'canonicalOf'>,
): ReadonlyMap<string, string | null> {
  const people = [...new Set(reviewers.filter(({ role }) => isReviewing(role)).map((r) => canonicalOf(r.personId)))];
  return assignEvenly(
    rows.map(({ id, actors }) => {
      const hands = new Set(actors.map(canonicalOf));
      return { id, able: people.filter((person) => !hands.has(person)) };
    }),
  );
}

const isReviewing = (role: string): boolean => (OVERRIDE_SAMPLING.roles as readonly string[]).includes(role);

/** Everything that keeps somebody from reviewing an item, at once. */
export function reviewFindings(
  { state, actors }: Pick<ControlItem, 'state' | 'actors'>,
  actorId: string,
  { canonicalOf, grantsOf }: Standing,
): Finding[] {
  const findings: Finding[] = [];
  const refuse = (code: string, message: string, remedy: string): void =>
    void findings.push(
      finding({ code, path: 'reviewer', message, remedy, facts: { roles: [...OVERRIDE_SAMPLING.roles] } }),
    );
  if (state !== ControlItemState.OPEN && state !== ControlItemState.UNASSIGNED)
    refuse('NOT_OPEN', 'It has been reviewed already.', 'Look at the review; it stands.');
  if (actors.map(canonicalOf).includes(canonicalOf(actorId)))
    refuse('SELF_REVIEW', 'You had a hand in it.', 'Somebody who had none reviews it.');
  if (!grantsOf(actorId).some(({ role }) => isReviewing(role)))
    refuse(
      'NOT_ELIGIBLE',
      `You hold none of the roles that review it: ${OVERRIDE_SAMPLING.roles.join(', ')}.`,
      'Somebody with one of these roles reviews it.',
    );
  return findings;
}
