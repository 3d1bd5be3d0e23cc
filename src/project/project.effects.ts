import { configurationSource, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { Moment } from '../core/command.js';
import { insert, insertAll, remove, type Statement, update } from '../core/statement.js';
import { type DealSnapshot, snapshotSource } from '../deal/deal.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import {
  type BaselineEffects,
  type BaselineFacts,
  isSuperseded,
  keptChanges,
  nextBaseline,
} from './baseline.effects.js';
import { BaselineReason, type BudgetBaseline, type BudgetBaselineLine } from './baseline.entity.js';
import { obviousOwner } from './owner.rules.js';
import { planDigest, type ProjectPlan } from './plan.rules.js';
import {
  MilestoneState,
  Project,
  ProjectMilestone,
  ProjectState,
  ProjectTask,
  TaskDependency,
  TaskState,
} from './project.entity.js';

type New<T> = Omit<T, 'tenantId'>;

/** What a project is made from; the plan has no blocking finding (planProject). */
export interface ProjectFacts {
  /** As it stands in the deciding command: termsDigest and termsRevision of the terms that passed the gate. */
  readonly handoff: Pick<Handoff, 'id' | 'number' | 'ownerId' | 'deliveryManagerId' | 'termsDigest' | 'termsRevision'>;
  readonly clientName: string;
  readonly dealTitle: string;
  readonly plan: ProjectPlan;
  /** The adopted snapshot. */
  readonly snapshot: Pick<DealSnapshot, 'id' | 'revision' | 'termsDigest' | 'currency'>;
  /** The configuration version that the plan was made under. */
  readonly version: ConfigurationVersion;
  /** Who holds which role now (eligiblePeople). */
  readonly people: readonly RoleHolder[];
}

/** The project as it stands, read under the handoff's lock. */
export interface ExistingProject {
  readonly project: Project;
  readonly milestones: readonly ProjectMilestone[];
  readonly tasks: readonly ProjectTask[];
  /** The current one. */
  readonly baseline: BudgetBaseline;
  /** Its lines, in their order. */
  readonly baselineLines: readonly BudgetBaselineLine[];
}

/** The project after the change, for whoever reads on in the same command, and the statements that make it so. */
export interface ProjectEffects {
  readonly projectId: string;
  readonly project: New<Project>;
  /** Without the cancelled ones. */
  readonly milestones: readonly New<ProjectMilestone>[];
  /** Without the cancelled ones. */
  readonly tasks: readonly New<ProjectTask>[];
  /** The new version of the baseline; null when the current one still says what is planned. */
  readonly baseline: BaselineEffects | null;
  readonly statements: readonly Statement[];
}

/** The project, its plan and baseline version 1, when a handoff first passes the submit gate (requirement 002 step 2). */
export function createProject(facts: ProjectFacts, moment: Moment): ProjectEffects {
  const { handoff, clientName, dealTitle } = facts;
  const project: New<Project> = {
    id: moment.newId(),
    handoffId: handoff.id,
    number: projectNumber(handoff.number),
    name: `${clientName}: ${dealTitle}`,
    state: ProjectState.AWAITING_SIGN_OFF,
    projectLeadId: null,
    createdAt: moment.now,
    ...planned(facts),
  };
  const milestones = facts.plan.milestones.map((milestone) => milestoneRow(milestone, project, moment.newId()));
  const tasks = facts.plan.tasks.map((task) => taskRow(task, project, milestones, moment.newId(), facts, null));
  const baseline = nextBaseline(null, baselineFacts(facts, project.id, BaselineReason.SUBMIT), moment);
  return {
    projectId: project.id,
    project,
    milestones,
    tasks,
    baseline,
    statements: [
      insert(Project, project),
      ...insertAll(ProjectMilestone, milestones),
      ...insertAll(ProjectTask, tasks),
      ...insertAll(TaskDependency, dependencyRows(facts.plan, project.id, tasks)),
      ...baseline.statements,
    ],
  };
}

/**
 * The same project planned anew, when a returned handoff passes the gate again: no second project, rows matched by
 * their keys and kept with their ids, owners and what was done; what the new plan no longer has is cancelled. A new
 * version of the baseline supersedes the former when terms or plan have changed (design 2); what approved scope changes
 * made of the budget stays on the same terms.
 */
export function replanProject(existing: ExistingProject, facts: ProjectFacts, moment: Moment): ProjectEffects {
  const project: New<Project> = {
    ...rowOf(existing.project),
    name: `${facts.clientName}: ${facts.dealTitle}`,
    state: ProjectState.AWAITING_SIGN_OFF,
    ...planned(facts),
  };
  const former = new Map(existing.milestones.map((row) => [row.key, row]));
  const milestones = facts.plan.milestones.map((milestone) =>
    milestoneRow(milestone, project, former.get(milestone.key)?.id ?? moment.newId()),
  );
  const formerTasks = new Map(existing.tasks.map((row) => [row.key, row]));
  const tasks = facts.plan.tasks.map((task) => {
    const known = formerTasks.get(task.key) ?? null;
    return taskRow(task, project, milestones, known?.id ?? moment.newId(), facts, known);
  });
  const budget = keptChanges(existing, baselineFacts(facts, project.id, BaselineReason.RETURN));
  const baseline = isSuperseded(existing.baseline, budget) ? nextBaseline(existing.baseline, budget, moment) : null;
  const { id, handoffId: _handoff, createdAt: _created, number: _number, projectLeadId: _lead, ...changes } = project;
  return {
    projectId: project.id,
    project,
    milestones,
    tasks,
    baseline,
    statements: [
      update(Project, { id }, changes),
      // Edges first: they name tasks of both plans.
      remove(TaskDependency, { projectId: id }),
      ...merge(ProjectMilestone, existing.milestones, milestones, { state: MilestoneState.CANCELLED }),
      ...merge(ProjectTask, existing.tasks, tasks, { state: TaskState.CANCELLED }),
      ...insertAll(TaskDependency, dependencyRows(facts.plan, id, tasks)),
      ...(baseline?.statements ?? []),
    ],
  };
}

/** The project's state follows the handoff: ACTIVE with the sign-off, back when it lapses, CANCELLED when withdrawn. */
export function changeProjectState(project: Pick<Project, 'id'>, state: ProjectState): Statement {
  return update(Project, { id: project.id }, { state });
}

/** `H-2205` has the project `P-2205`. */
function projectNumber(handoffNumber: string): string {
  return `P-${handoffNumber.replace(/^H-/, '')}`;
}

function planned({
  plan,
  version,
  snapshot,
}: ProjectFacts): Pick<
  Project,
  'startOn' | 'targetOn' | 'serviceTemplate' | 'dealType' | 'taskPackKey' | 'taskPackVersion' | 'sources'
> {
  const { startOn, targetOn, serviceTemplate, dealType, taskPack } = plan;
  return {
    startOn,
    targetOn,
    serviceTemplate,
    dealType,
    taskPackKey: taskPack.key,
    taskPackVersion: taskPack.version,
    sources: [configurationSource(version), snapshotSource(snapshot)],
  };
}

function baselineFacts(
  { handoff, plan, snapshot, version }: ProjectFacts,
  projectId: string,
  reason: BaselineReason,
): BaselineFacts {
  return {
    projectId,
    handoffId: handoff.id,
    dealSnapshotId: snapshot.id,
    termsDigest: handoff.termsDigest,
    termsRevision: handoff.termsRevision,
    currency: snapshot.currency,
    lines: plan.budgetLines,
    planDigest: planDigest(plan),
    sources: [configurationSource(version), snapshotSource(snapshot)],
    reason,
  };
}

function milestoneRow(
  milestone: ProjectPlan['milestones'][number],
  project: New<Project>,
  id: string,
): New<ProjectMilestone> {
  return { id, projectId: project.id, handoffId: project.handoffId, ...milestone, state: MilestoneState.PLANNED };
}

/** A task that was done stays done; one that was cancelled and is planned again is open again. */
function taskRow(
  { milestone, ...task }: ProjectPlan['tasks'][number],
  project: New<Project>,
  milestones: readonly New<ProjectMilestone>[],
  id: string,
  { handoff, people }: ProjectFacts,
  known: ProjectTask | null,
): New<ProjectTask> {
  const { id: projectId, handoffId, projectLeadId } = project;
  const milestoneId = milestones.find(({ key }) => key === milestone)!.id;
  const isSameRole = known?.ownerRole === task.ownerRole;
  const ownerId =
    (isSameRole ? known.ownerId : null) ?? obviousOwner(task.ownerRole, { ...handoff, projectLeadId }, people);
  const state = known?.state === TaskState.DONE ? TaskState.DONE : TaskState.OPEN;
  const doneAt = state === TaskState.DONE ? known!.doneAt : null;
  return { id, projectId, handoffId, milestoneId, ...task, ownerId, state, doneAt };
}

function dependencyRows(
  plan: ProjectPlan,
  projectId: string,
  tasks: readonly New<ProjectTask>[],
): New<TaskDependency>[] {
  const ids = new Map(tasks.map(({ key, id }) => [key, id]));
  return plan.dependencies.map(({ task, dependsOn }) => ({
    taskId: ids.get(task)!,
    dependsOnTaskId: ids.get(dependsOn)!,
    projectId,
  }));
}

/** Inserts new rows, changes those that differ, and cancels those that are no longer planned. */
function merge<T extends ProjectMilestone | ProjectTask>(
  entity: new () => T,
  former: readonly T[],
  rows: readonly New<T>[],
  cancelled: Partial<New<T>>,
): Statement[] {
  const byId = new Map(former.map((row) => [row.id, row]));
  const kept = new Set(rows.map(({ id }) => id));
  const isNew = (row: New<T>): boolean => !byId.has(row.id);
  const isChanged = (row: New<T>): boolean => !isNew(row) && differs(byId.get(row.id)!, row);
  const gone = former.filter(
    (row) => !kept.has(row.id) && row.state !== cancelled.state && row.state !== TaskState.DONE,
  );
  return [
    ...insertAll(entity, rows.filter(isNew) as Partial<New<T>>[]),
    ...rows.filter(isChanged).map((row) => {
      const { id, ...changes } = row as New<T> & { id: string };
      return update(entity, { id } as never, changes as never);
    }),
    ...(gone.length > 0 ? [update(entity, { id: gone.map(({ id }) => id) } as never, cancelled as never)] : []),
  ];
}

function differs(former: object, row: object): boolean {
  return Object.entries(row).some(([property, value]) => (former as Record<string, unknown>)[property] !== value);
}

function rowOf(project: Project): New<Project> {
  const { tenantId: _tenant, ...row } = project;
  return row;
}
