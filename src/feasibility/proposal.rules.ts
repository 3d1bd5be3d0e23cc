import { planningRoleKey, type TeamCapacity } from '../catalogue/configuration.capacity.js';
import { dayAfter } from '../core/local-day.js';
import type { BudgetBaselineLine } from '../project/baseline.entity.js';
import { MilestoneState, type ProjectMilestone, type ProjectTask, TaskState } from '../project/project.entity.js';
import { apportion, hoursText, hundredths, type WorkWeeks } from './hours.rules.js';
import { mondaysWithin } from './week.rules.js';

/** What a plan is drawn from. */
export interface ProposalFacts {
  readonly tasks: readonly Pick<ProjectTask, 'milestoneId' | 'ownerRole' | 'estimateHours' | 'budgetType' | 'state'>[];
  readonly milestones: readonly Pick<ProjectMilestone, 'id' | 'startOn' | 'targetOn' | 'state'>[];
  /** Of the current baseline. */
  readonly budget: readonly Pick<BudgetBaselineLine, 'budgetType' | 'label' | 'hours'>[];
  readonly capacity: TeamCapacity | undefined;
}

/** A line that somebody may begin with: whole ISO weeks, so that its hours are asked for as they stand. */
export interface ProposedLine {
  readonly role: string;
  readonly hoursPerWeek: string;
  readonly fromOn: string;
  readonly toOn: string;
}

interface Need {
  readonly role: string;
  readonly milestoneId: string;
  readonly hours: number;
}

/** A line asks for no more; a role of several people gets several lines. */
const MOST_A_WEEK = 16_800;

/**
 * A resource plan to begin with. Of each budget type the hours sold, or the estimates of its tasks where they are more,
 * are split over its tasks by their estimates; a task's hours go to the role that does its owner's tasks
 * (`capacity.roles[].tasksOf`), and over the weeks of its milestone by their working time. Sold hours without any task
 * spread over all milestones, under the name of the budget type. No hour is lost or counted twice.
 */
export function proposePlan(facts: ProposalFacts, weeks: WorkWeeks): ProposedLine[] {
  const milestones = new Map(
    facts.milestones
      .filter(({ state }) => state !== MilestoneState.CANCELLED)
      .map((milestone) => [milestone.id, milestone]),
  );
  const byRole = new Map<string, { role: string; hours: Map<string, number> }>();
  for (const { role, milestoneId, hours } of needsOf(facts, [...milestones.keys()], weeks)) {
    const { startOn, targetOn } = milestones.get(milestoneId)!;
    const mondays = mondaysWithin(startOn, targetOn);
    const weights = mondays.map((monday) => weeks.worked(monday, 'real', startOn, targetOn));
    const known = byRole.get(planningRoleKey(role)) ?? { role, hours: new Map<string, number>() };
    byRole.set(planningRoleKey(role), known);
    apportion(hours, weights).forEach((part, index) => {
      const monday = mondays[index]!;
      known.hours.set(monday, (known.hours.get(monday) ?? 0) + part);
    });
  }
  return [...byRole].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, { role, hours }]) => linesOf(role, hours));
}

function needsOf(facts: ProposalFacts, milestoneIds: readonly string[], weeks: WorkWeeks): Need[] {
  if (milestoneIds.length === 0) return [];
  const tasks = facts.tasks.filter(
    ({ state, milestoneId }) => state !== TaskState.CANCELLED && milestoneIds.includes(milestoneId),
  );
  const types = [...new Set([...facts.budget, ...tasks].map(({ budgetType }) => budgetType))];
  return types.flatMap((type): Need[] => {
    const own = tasks.filter(({ budgetType }) => budgetType === type);
    const line = facts.budget.find(({ budgetType }) => budgetType === type);
    const estimates = own.map(({ estimateHours }) => hundredths(estimateHours));
    const estimated = estimates.reduce((sum, one) => sum + one, 0);
    const total = Math.max(line ? hundredths(line.hours) : 0, estimated);
    if (own.length === 0) return spread(line?.label ?? type, total, facts, milestoneIds, weeks);
    const weights = estimated > 0 ? estimates : own.map(() => 1);
    return apportion(total, weights).map((hours, index) => {
      const { ownerRole, milestoneId } = own[index]!;
      return { role: roleOf(facts.capacity, ownerRole), milestoneId, hours };
    });
  });
}

/** Hours that no task claims, over all milestones by their working time. */
function spread(
  role: string,
  total: number,
  { milestones }: ProposalFacts,
  milestoneIds: readonly string[],
  weeks: WorkWeeks,
): Need[] {
  const own = milestones.filter(({ id }) => milestoneIds.includes(id));
  const weights = own.map(({ startOn, targetOn }) =>
    mondaysWithin(startOn, targetOn).reduce((sum, monday) => sum + weeks.worked(monday, 'real', startOn, targetOn), 0),
  );
  return apportion(total, weights).map((hours, index) => ({ role, milestoneId: own[index]!.id, hours }));
}

const roleOf = (capacity: TeamCapacity | undefined, ownerRole: string): string =>
  capacity?.roles.find(({ tasksOf = [] }) => (tasksOf as readonly string[]).includes(ownerRole))?.role ?? ownerRole;

/** Weeks that follow each other with the same hours are one line. */
function linesOf(role: string, hours: ReadonlyMap<string, number>): ProposedLine[] {
  const lines: { hours: number; fromOn: string; toOn: string }[] = [];
  for (const [monday, asked] of [...hours].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (asked === 0) continue;
    const toOn = dayAfter(monday, 6);
    const last = lines.at(-1);
    if (last && last.hours === asked && dayAfter(last.toOn, 1) === monday) last.toOn = toOn;
    else lines.push({ hours: asked, fromOn: monday, toOn });
  }
  return lines.flatMap(({ hours: asked, fromOn, toOn }) =>
    portions(asked).map((portion) => ({ role, hoursPerWeek: hoursText(portion), fromOn, toOn })),
  );
}

function portions(hours: number): number[] {
  const whole = Math.floor(hours / MOST_A_WEEK);
  const rest = hours % MOST_A_WEEK;
  return [...Array.from({ length: whole }, () => MOST_A_WEEK), ...(rest > 0 ? [rest] : [])];
}
