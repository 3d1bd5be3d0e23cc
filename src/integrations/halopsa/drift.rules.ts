import type { HaloClient } from './halopsa.client.js';
import { type HaloRecord, idOf, listOf, numberOf, plain, textOf } from './halopsa.record.js';
import { differing, type FieldDifference } from './kept.rules.js';
import { asChange, objectOf, projectContent, type ProjectFacts } from './project-content.rules.js';
import { DriftState, type PsaDrift, REMOVED } from './psa-drift.entity.js';
import { plannedTask, remoteIds } from './task.rules.js';

/** A field of a counterpart that is not as we wrote it. */
export interface Difference extends FieldDifference {
  /** The PsaObject. */
  readonly objectId: string;
}

/** What delivery changes in its daily work, or the vendor moves by itself: neither budget nor scope. */
const WORK: readonly string[] = ['status_id', 'agent_id', 'date_dependencies'];

const LONGEST = 500;
const LONGEST_FIELD = 200;

/** What of the project in HaloPSA is not as we wrote it; `there` is null when it was deleted. */
export function projectDifferences(
  facts: ProjectFacts,
  there: HaloRecord | null,
  settings: HaloClient['settings'],
): readonly Difference[] {
  const object = objectOf(facts, facts.project.id)!;
  if (there === null) return [removed(object.id, object.label)];
  const written = asChange(projectContent(facts, settings), there, facts, settings);
  return [...differing(governed(written), there), ...added(written, there)].map((found) => shaped(object.id, found));
}

/** A task as it stands in HaloPSA: with its details, or as a row of a list, which has fewer fields. */
export interface TaskThere {
  readonly taskId: string;
  /** Null when it was deleted. */
  readonly there: HaloRecord | null;
  readonly isDetailed: boolean;
}

/** What of a task in HaloPSA is not as we wrote it. */
export function taskDifferences(
  facts: ProjectFacts,
  { taskId, there, isDetailed }: TaskThere,
  settings: HaloClient['settings'],
): readonly Difference[] {
  const task = facts.tasks.find(({ id }) => id === taskId)!;
  const object = objectOf(facts, taskId)!;
  if (there === null) return [removed(object.id, object.label)];
  const content = governed(plannedTask(facts, task, settings, remoteIds(facts)!));
  const written = isDetailed
    ? content
    : Object.fromEntries(Object.entries(content).filter(([name]) => there[name] !== undefined));
  return differing(written, there).map((found) => shaped(object.id, found));
}

const removed = (objectId: string, label: string): Difference => ({
  objectId,
  field: REMOVED,
  ours: label,
  theirs: null,
});

function governed(content: HaloRecord): HaloRecord {
  return Object.fromEntries(Object.entries(content).filter(([name]) => !WORK.includes(name)));
}

/** Budgets and milestones that somebody added: they are in no plan of ours. */
function added(written: HaloRecord, there: HaloRecord): readonly FieldDifference[] {
  const types = new Set(listOf(written, 'budgets').map((budget) => Number(plain(budget.budgettype_id))));
  const budgets = listOf(there, 'budgets').flatMap((budget) => {
    const type = idOf(budget, 'budgettype_id');
    const isEmpty = (numberOf(budget, 'hours') ?? 0) === 0 && (numberOf(budget, 'money') ?? 0) === 0;
    if (type === null || types.has(type) || isEmpty) return [];
    return [{ field: `budgets.${type}`, ours: null, theirs: `${plain(budget.hours) || '0'} h` }];
  });
  const known = new Set(listOf(written, 'milestones').map((one) => idOf(one)));
  const milestones = listOf(there, 'milestones').flatMap((one) => {
    const name = textOf(one, 'name');
    return known.has(idOf(one)) ? [] : [{ field: `milestones.${name}`, ours: null, theirs: name }];
  });
  return [...budgets, ...milestones];
}

function shaped(objectId: string, { field, ours, theirs }: FieldDifference): Difference {
  const cut = (text: string | null): string | null => text?.slice(0, LONGEST) ?? null;
  return { objectId, field: field.slice(0, LONGEST_FIELD), ours: cut(ours), theirs: cut(theirs) };
}

/** What a look at HaloPSA changes about the incidents. */
export interface DriftSteps {
  /** Differences that are no incident yet; also one that changed after it was accepted. */
  readonly found: readonly Difference[];
  /** Incidents that stand with other values than before. */
  readonly changed: readonly { readonly drift: PsaDrift; readonly to: Difference }[];
  /** Incidents that were to be restored and stand all the same. */
  readonly again: readonly PsaDrift[];
  /** Incidents whose difference is gone, or became another one after it was accepted. */
  readonly ended: readonly PsaDrift[];
}

/**
 * One incident a difference, as long as it stands: the same difference seen again changes nothing. `checked` names the
 * counterparts that were looked at; incidents of others stay as they are.
 */
export function driftSteps(
  standing: readonly PsaDrift[],
  seen: readonly Difference[],
  checked: readonly string[],
): DriftSteps {
  const key = ({ objectId, field }: Pick<Difference, 'objectId' | 'field'>): string => `${objectId} ${field}`;
  const bySeen = new Map(seen.map((difference) => [key(difference), difference]));
  const known = new Set(standing.map(key));
  const isOther = (drift: PsaDrift, to: Difference): boolean => drift.theirs !== to.theirs || drift.ours !== to.ours;
  const steps = {
    found: [...bySeen.values()].filter((difference) => !known.has(key(difference))),
    changed: [] as { drift: PsaDrift; to: Difference }[],
    again: [] as PsaDrift[],
    ended: [] as PsaDrift[],
  };
  for (const drift of standing.filter(({ objectId }) => checked.includes(objectId))) {
    const to = bySeen.get(key(drift));
    if (!to) steps.ended.push(drift);
    else if (drift.state === DriftState.ACCEPTED && isOther(drift, to)) {
      steps.ended.push(drift);
      steps.found.push(to);
    } else {
      if (isOther(drift, to)) steps.changed.push({ drift, to });
      if (drift.state === DriftState.RESTORING) steps.again.push(drift);
    }
  }
  return steps;
}

/** Whether there is anything to record. */
export function isQuiet({ found, changed, again, ended }: DriftSteps): boolean {
  return found.length + changed.length + again.length + ended.length === 0;
}

/** What an incident is once its difference is gone. */
export function endState({ state }: PsaDrift): DriftState {
  if (state === DriftState.RESTORING) return DriftState.RESTORED;
  return state === DriftState.ACCEPTED ? DriftState.ACCEPTED : DriftState.GONE;
}
