import { planningRoleKey } from '../catalogue/configuration.capacity.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import type { Reader } from '../core/reader.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { BudgetBaseline, BudgetBaselineLine } from '../project/baseline.entity.js';
import { ProjectMilestone, ProjectTask } from '../project/project.entity.js';
import { changesAbout, forEach, linesAbout } from './capacity.queries.js';
import { capacityCheck } from './capacity.rules.js';
import type { CapacityCheck, CapacityConflict } from './conflict.types.js';
import type { ResourceBooking } from './feasibility.entity.js';
import { WorkWeeks } from './hours.rules.js';
import { type ProposedLine, proposePlan } from './proposal.rules.js';
import { teamOf } from './team.rules.js';
import { mondayOfWeek, mondayOn } from './week.rules.js';

/** The check of a handoff's plan as things stand; asked at once for all handoffs of a page. */
export async function capacityCheckOf(handoffId: string, reader: Reader): Promise<CapacityCheck> {
  const [ruling, people, lines, changes] = await Promise.all([
    reader.once('rulingConfiguration', rulingConfiguration),
    reader.once('eligiblePeople', eligiblePeople),
    reader.keyed('capacity.lines', (ids) => forEach(ids, linesAbout(ids)), handoffId),
    reader.keyed('capacity.changes', (ids) => forEach(ids, changesAbout(ids)), handoffId),
  ]);
  return capacityCheck({ handoffId, lines: lines ?? [], team: teamOf(ruling, people, changes ?? []) });
}

/** Whether a conflict of a plan is one of this line's role or person, in its time. */
export function concerns(
  { week, role, personId }: CapacityConflict,
  line: Pick<ResourceBooking, 'role' | 'personId' | 'fromOn' | 'toOn'>,
): boolean {
  const monday = mondayOfWeek(week)!;
  const isTheirs = role === null ? personId === line.personId : planningRoleKey(role) === planningRoleKey(line.role);
  return isTheirs && mondayOn(line.fromOn) <= monday && monday <= line.toOn;
}

/** The plan that a manager may begin with. */
export async function proposedPlanOf(handoffId: string, reader: Reader): Promise<ProposedLine[]> {
  const [ruling, tasks, milestones, baseline] = await Promise.all([
    reader.once('rulingConfiguration', rulingConfiguration),
    reader.many(ProjectTask, 'handoffId', handoffId, ['position', 'id']),
    reader.many(ProjectMilestone, 'handoffId', handoffId, ['position', 'id']),
    reader.first(BudgetBaseline, 'handoffId', handoffId, ['-version']),
  ]);
  const budget = baseline ? await reader.many(BudgetBaselineLine, 'baselineId', baseline.id, ['position']) : [];
  const { calendar, capacity } = configurationOf(ruling);
  return proposePlan({ tasks, milestones, budget, capacity }, new WorkWeeks(calendar));
}
