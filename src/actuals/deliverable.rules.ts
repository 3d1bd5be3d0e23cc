import { dateOf, isBusinessDay } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { dayAfter } from '../core/local-day.js';
import { MilestoneState, type ProjectMilestone } from '../project/project.entity.js';
import { type ActualsMark, ActualsMarkKind } from './actuals.entity.js';

/** Later than this nothing is counted any more: some twenty years of days. */
const MOST_DAYS = 8000;

/** How the first deliverable stands. */
export interface FirstDeliverableFacts {
  readonly milestone: ProjectMilestone;
  readonly doneAt: Date | null;
  /** Business days after its target on which it was done, or is still not done. */
  readonly businessDaysLate: number;
}

/**
 * The first deliverable is the planned milestone that is due first (requirement 003: "first deliverable misses its target
 * date"), and late is counted in the tenant's business days: of one that is done up to the day on which it was, else up
 * to today, which counts only once it is over. Null for a plan without milestones.
 */
export function firstDeliverable(
  milestones: readonly ProjectMilestone[],
  marks: readonly Pick<ActualsMark, 'kind' | 'ownId' | 'doneAt'>[],
  calendar: BusinessCalendar,
  now: Date,
): FirstDeliverableFacts | null {
  const [milestone] = milestones
    .filter(({ state }) => state === MilestoneState.PLANNED)
    .toSorted((a, b) => a.targetOn.localeCompare(b.targetOn) || a.position - b.position);
  if (!milestone) return null;
  const doneAt =
    marks.find(({ kind, ownId }) => kind === ActualsMarkKind.MILESTONE && ownId === milestone.id)?.doneAt ?? null;
  const last = doneAt === null ? dayAfter(dateOf(calendar, now), -1) : dateOf(calendar, doneAt);
  return { milestone, doneAt, businessDaysLate: businessDaysAfter(calendar, milestone.targetOn, last) };
}

/** The business days after one date up to and with another; 0 when the second is not later. */
export function businessDaysAfter(calendar: BusinessCalendar, from: string, to: string): number {
  let days = 0;
  for (let walked = 1, day = dayAfter(from, 1); day <= to && walked <= MOST_DAYS; walked++, day = dayAfter(day, 1)) {
    if (isBusinessDay(calendar, day)) days += 1;
  }
  return days;
}

/**
 * Time to first touch in whole minutes: from the close of the deal to the first outreach to the client (definition of
 * requirement 001). Both are of one clock, the vendor's. Null until both are known; 0 for a contact before the close.
 */
export function minutesToTouch(wonAt: Date | null, contactAt: Date | null): number | null {
  if (wonAt === null || contactAt === null) return null;
  return Math.max(0, Math.floor((contactAt.getTime() - wonAt.getTime()) / 60_000));
}
