import { addBusinessDays } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { digestOf } from '../core/canonical.js';
import { MilestoneState, type Project, type ProjectMilestone, type ProjectTask, TaskState } from './project.entity.js';

/** A plan as it stands. */
export interface StandingPlan {
  readonly project: Pick<Project, 'startOn' | 'targetOn'>;
  readonly milestones: readonly ProjectMilestone[];
  readonly tasks: readonly ProjectTask[];
}

/** By how much, from which day on, on which calendar. */
export interface Shift {
  /** Business days; negative is earlier. */
  readonly days: number;
  /** Today in the tenant's time zone: what is due until then stays. */
  readonly today: string;
  readonly calendar: BusinessCalendar;
}

/**
 * The rest of a plan moved by so many business days: every day that lies after today and after the project's start, of
 * milestones that are planned and tasks that are open. No day moves before that point, and the order of days stays. What
 * is past, done or cancelled keeps its days.
 */
export function shifted(plan: StandingPlan, { days, today, calendar }: Shift): StandingPlan {
  const from = today > plan.project.startOn ? today : plan.project.startOn;
  // Many rows share a day, and a calendar is walked day by day.
  const known = new Map<string, string>();
  const moved = (day: string): string => {
    if (day <= from || days === 0) return day;
    const next = known.get(day) ?? addBusinessDays(calendar, day, days);
    known.set(day, next);
    return next < from ? from : next;
  };
  return {
    ...plan,
    project: { ...plan.project, targetOn: moved(plan.project.targetOn) },
    milestones: plan.milestones.map((milestone) =>
      milestone.state === MilestoneState.PLANNED
        ? { ...milestone, startOn: moved(milestone.startOn), targetOn: moved(milestone.targetOn) }
        : milestone,
    ),
    tasks: plan.tasks.map((task) => (task.state === TaskState.OPEN ? { ...task, dueOn: moved(task.dueOn) } : task)),
  };
}

/** SHA-256 over a plan whose days were moved: the one that it was made from, and its days (RFC 8785). */
export function movedPlanDigest(formerDigest: string, { project, milestones, tasks }: StandingPlan): string {
  return digestOf({
    formerDigest,
    targetOn: project.targetOn,
    milestones: milestones.map(({ key, startOn, targetOn, state }) => ({ key, startOn, targetOn, state })),
    tasks: tasks.map(({ key, dueOn, state }) => ({ key, dueOn, state })),
  });
}
