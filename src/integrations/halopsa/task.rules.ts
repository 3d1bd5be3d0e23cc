import type { ProjectTask } from '../../project/project.entity.js';
import { type AgentIds, NO_AGENTS } from './agents.rules.js';
import type { HaloRecord } from './halopsa.record.js';
import type { HaloSettings } from './halopsa.settings.js';
import { contentDigest, objectOf, type ProjectFacts, taskContent } from './project-content.rules.js';

/** HaloPSA's ids of a project and of its milestones by ours. */
export interface RemoteIds {
  readonly project: number;
  readonly milestones: ReadonlyMap<string, number | null>;
  readonly agents: AgentIds;
}

/** The tasks that HaloPSA does not have as they are planned: new, changed, or cancelled after they were there. */
export function tasksToWrite(facts: ProjectFacts, settings: HaloSettings, ids: RemoteIds): readonly ProjectTask[] {
  return facts.tasks.filter((task) => {
    const object = objectOf(facts, task.id);
    return object !== null && object.digest !== contentDigest(plannedTask(facts, task, settings, ids));
  });
}

/** The content of a task under its project and milestone in HaloPSA. */
export function plannedTask(
  facts: ProjectFacts,
  task: ProjectTask,
  settings: HaloSettings,
  ids: RemoteIds,
): HaloRecord {
  const milestone = ids.milestones.get(task.milestoneId) ?? null;
  return taskContent(facts, task, settings, { project: ids.project, milestone, agents: ids.agents });
}

/** The ids as their receipts have them; null while the project is not there. */
export function remoteIds(facts: ProjectFacts, agents: AgentIds = NO_AGENTS): RemoteIds | null {
  const project = objectOf(facts, facts.project.id)?.remoteId ?? null;
  if (project === null) return null;
  const idOf = (ownId: string): number | null => {
    const id = objectOf(facts, ownId)?.remoteId ?? null;
    return id === null ? null : Number(id);
  };
  const milestones = new Map(facts.milestones.map(({ id }) => [id, idOf(id)]));
  return { project: Number(project), milestones, agents };
}
