import type { EffectTools } from '../../core/outbox/handler.js';
import { mapQuery, type Query, select, selectRequired, sql } from '../../core/statement.js';
import { columnsOf, hydrate } from '../../core/table.js';
import { latestSignOff } from '../../feasibility/feasibility.queries.js';
import { Handoff } from '../../handoff/handoff.entity.js';
import { clientOfHandoff, dealOfHandoff } from '../../handoff/handoff.queries.js';
import { Kickoff, KickoffState } from '../../kickoff/kickoff.entity.js';
import {
  currentBaseline,
  currentBaselineLines,
  milestonesOf,
  projectOfHandoff,
  tasksOf,
} from '../../project/project.queries.js';
import { TaskDependency } from '../../project/project.entity.js';
import { Vendor } from '../connection/connection.entity.js';
import type { ProjectFacts } from './project-content.rules.js';
import { PsaObject } from './psa-object.entity.js';

/** The counterparts of a handoff's project in the PSA. */
export const objectsOf = (handoffId: string): Query<PsaObject[]> =>
  select(PsaObject, { handoffId }, { orderBy: ['id'] });

/** Whether the tenant has ever connected HaloPSA: what goes there waits while it is disconnected, and not before. */
export const hasHaloPsa = (): Query<boolean> =>
  sql(
    'select exists (select 1 from integration where tenant_id = $1 and vendor = $2) as found',
    [Vendor.HALOPSA],
    (rows) => Boolean(rows[0]?.found),
  );

/** The id of the handoff's opportunity in the PSA, or NOT_FOUND. */
export function externalIdOf(handoffId: string): Query<string> {
  return mapQuery(dealOfHandoff(handoffId), ({ externalId }) => externalId);
}

/** What the project of a handoff is made of; null while the handoff has not passed the submit gate. */
export async function projectFacts(
  { read }: Pick<EffectTools, 'read'>,
  handoffId: string,
): Promise<ProjectFacts | null> {
  const { project, baseline, kickoffs, ...facts } = await read({
    handoff: selectRequired(Handoff, handoffId),
    deal: dealOfHandoff(handoffId),
    client: clientOfHandoff(handoffId),
    project: projectOfHandoff(handoffId),
    milestones: milestonesOf(handoffId),
    tasks: tasksOf(handoffId),
    dependencies: dependenciesOfHandoff(handoffId),
    emails: emailsOfHandoff(handoffId),
    baseline: currentBaseline(handoffId),
    baselineLines: currentBaselineLines(handoffId),
    signOff: latestSignOff(handoffId),
    kickoffs: select(Kickoff, { handoffId }, { orderBy: ['-id'] }),
    objects: objectsOf(handoffId),
  });
  const kickoff = kickoffs.find(({ state }) => state !== KickoffState.VOID) ?? null;
  return project && baseline ? { ...facts, project, baseline, kickoff } : null;
}

/** The edges of the dependency chain of the handoff's project. */
function dependenciesOfHandoff(handoffId: string): Query<TaskDependency[]> {
  return sql(
    `select ${columnsOf(TaskDependency, 'd')} from project p
      join task_dependency d on d.tenant_id = $1 and d.project_id = p.id
      where p.tenant_id = $1 and p.handoff_id = $2 order by d.task_id, d.depends_on_task_id`,
    [handoffId],
    (rows) => rows.map((row) => hydrate(TaskDependency, row)),
  );
}

/** The e-mail addresses of the delivery manager and of those who own tasks, by person. */
function emailsOfHandoff(handoffId: string): Query<ReadonlyMap<string, string>> {
  return sql(
    `select w.id, w.email from person w where w.tenant_id = $1 and w.state = 'ACTIVE' and w.id in (
      select h.delivery_manager_id from handoff h where h.tenant_id = $1 and h.id = $2
      union select t.owner_id from project_task t where t.tenant_id = $1 and t.handoff_id = $2)`,
    [handoffId],
    (rows) => new Map(rows.map(({ id, email }) => [id as string, email as string])),
  );
}
