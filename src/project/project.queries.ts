import { mapQuery, type Query, select, selectFirst, sql } from '../core/statement.js';
import { columnsOf, hydrate, tableOf } from '../core/table.js';
import { BudgetBaseline, BudgetBaselineLine } from './baseline.entity.js';
import { Project, ProjectMilestone, ProjectTask, TaskDependency } from './project.entity.js';

/** The project of a handoff, or null before the first submit. */
export const projectOfHandoff = (handoffId: string): Query<Project | null> => selectFirst(Project, { handoffId });

/** The same, locked until the transaction ends; ask for the handoff's lock first. */
export const lockProjectOfHandoff = (handoffId: string): Query<Project | null> =>
  selectFirst(Project, { handoffId }, { lock: 'UPDATE' });

/** The milestones of a handoff's project in their order, cancelled ones too. */
export const milestonesOf = (handoffId: string): Query<ProjectMilestone[]> =>
  select(ProjectMilestone, { handoffId }, { orderBy: ['position', 'id'] });

/** The tasks of a handoff's project in their order, cancelled ones too. */
export const tasksOf = (handoffId: string): Query<ProjectTask[]> =>
  select(ProjectTask, { handoffId }, { orderBy: ['position', 'id'] });

/** What a task waits for. */
export function awaitedTasks(taskId: string): Query<ProjectTask[]> {
  return sql(
    `select ${columnsOf(ProjectTask, 't')} from task_dependency d
      join project_task t on t.tenant_id = $1 and t.id = d.depends_on_task_id
      where d.tenant_id = $1 and d.task_id = $2 order by t.position, t.id`,
    [taskId],
    (rows) => rows.map((row) => hydrate(ProjectTask, row)),
  );
}

/** The edges of a project's dependency chain. */
export const dependenciesOf = (projectId: string): Query<TaskDependency[]> =>
  select(TaskDependency, { projectId }, { orderBy: ['taskId', 'dependsOnTaskId'] });

/** Every version of a handoff's budget baseline, newest first. */
export const baselinesOf = (handoffId: string): Query<BudgetBaseline[]> =>
  select(BudgetBaseline, { handoffId }, { orderBy: ['-version'] });

/** The current budget baseline of a handoff: the highest version; null before the first submit. */
export const currentBaseline = (handoffId: string): Query<BudgetBaseline | null> =>
  mapQuery(select(BudgetBaseline, { handoffId }, { orderBy: ['-version'], limit: 1 }), (rows) => rows[0] ?? null);

/** The lines of a handoff's current budget baseline in their order; none before the first submit. */
export function currentBaselineLines(handoffId: string): Query<BudgetBaselineLine[]> {
  const { selection } = tableOf(BudgetBaselineLine);
  return sql(
    `select ${selection} from budget_baseline_line where tenant_id = $1 and baseline_id = (
      select b.id from budget_baseline b where b.tenant_id = $1 and b.handoff_id = $2 order by b.version desc limit 1)
      order by position`,
    [handoffId],
    (rows) => rows.map((row) => hydrate(BudgetBaselineLine, row)),
  );
}
