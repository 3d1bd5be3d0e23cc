import { dateOf, isBusinessDay } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { dayAfter } from '../core/local-day.js';
import { MilestoneState, type ProjectMilestone, type ProjectTask, TaskState } from '../project/project.entity.js';
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

/** A task as far as it tells whether its milestone is done. */
type TaskFacts = Pick<ProjectTask, 'milestoneId' | 'state' | 'doneAt'>;

/**
 * The first deliverable is the planned milestone that is due first (requirement 003: "first deliverable misses its target
 * date"), and late is counted in the tenant's business days: of one that is done up to the day on which it was, else up
 * to today, which counts only once it is over. Done is what the delivery system says to be done, or all of whose tasks
 * were completed here, with the last of them. Null for a plan without milestones.
 */
export function firstDeliverable(
  milestones: readonly ProjectMilestone[],
  marks: readonly Pick<ActualsMark, 'kind' | 'ownId' | 'doneAt'>[],
  tasks: readonly TaskFacts[],
  calendar: BusinessCalendar,
  now: Date,
): FirstDeliverableFacts | null {
  const [milestone] = milestones
    .filter(({ state }) => state === MilestoneState.PLANNED)
    .toSorted((a, b) => a.targetOn.localeCompare(b.targetOn) || a.position - b.position);
  if (!milestone) return null;
  const marked = marks.find(({ kind, ownId }) => kind === ActualsMarkKind.MILESTONE && ownId === milestone.id);
  const doneAt = marked?.doneAt ?? completedAt(tasks.filter(({ milestoneId }) => milestoneId === milestone.id));
  const last = doneAt === null ? dayAfter(dateOf(calendar, now), -1) : dateOf(calendar, doneAt);
  return { milestone, doneAt, businessDaysLate: businessDaysAfter(calendar, milestone.targetOn, last) };
}

/** When the last of a milestone's tasks was completed; null while one is open, and for a milestone without tasks. */
function completedAt(tasks: readonly TaskFacts[]): Date | null {
  const kept = tasks.filter(({ state }) => state !== TaskState.CANCELLED);
  const done = kept.flatMap(({ state, doneAt }) => (state === TaskState.DONE && doneAt ? [doneAt.getTime()] : []));
  return kept.length > 0 && done.length === kept.length ? new Date(Math.max(...done)) : null;
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
