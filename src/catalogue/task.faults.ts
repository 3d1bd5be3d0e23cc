import {
  type ConfigurationFault,
  duplicates,
  type FaultPath,
  listed,
  unknownReference,
} from './configuration.fault.js';
import type { ServiceTemplate, TaskCondition, TaskPack, TaskTemplate, TenantConfiguration } from './configuration.js';
import { AUTO_TASKS } from './configuration.words.js';
import { actingRole } from './people.faults.js';

type Context = Pick<TenantConfiguration, 'people' | 'questions'>;

/** Tasks of one pack: references, conditions, deadlines, dependencies without a circle, the six tasks of document 003. */
export function taskFaults(
  { tasks }: TaskPack,
  template: ServiceTemplate,
  { people, questions }: Context,
  path: FaultPath,
): ConfigurationFault[] {
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  return [
    ...autoTaskFaults(tasks, path),
    ...duplicates(
      'task',
      tasks.map(({ key }, index) => ({ path: [...path, index, 'key'], identity: key })),
    ),
    ...cycleFaults(tasks, path),
    ...tasks.flatMap((task, index) => {
      const at = [...path, index];
      return [
        ...actingRole(people, task.ownerRole, [...at, 'ownerRole']),
        ...budgetFaults(task, template, [...at, 'budgetType']),
        ...milestoneFaults(task, template, at),
        ...dependencyFaults(task, byKey, at),
        ...(task.when ? conditionFaults(task.when, questions, [...at, 'when']) : []),
      ];
    }),
  ];
}

function autoTaskFaults(tasks: readonly TaskTemplate[], path: FaultPath): ConfigurationFault[] {
  return AUTO_TASKS.flatMap((key): ConfigurationFault[] => {
    const index = tasks.findIndex((task) => task.key === key);
    if (index < 0) {
      const message = `The task ${key} of document 003 is missing.`;
      return [{ code: 'AUTO_TASK_MISSING', path, message, remedy: `Add a task with the key ${key}.` }];
    }
    if (!tasks[index]!.when) return [];
    const message = `The task ${key} of document 003 comes with every deal.`;
    return [
      { code: 'AUTO_TASK_CONDITIONAL', path: [...path, index, 'when'], message, remedy: 'Remove its condition.' },
    ];
  });
}

function budgetFaults({ budgetType }: TaskTemplate, template: ServiceTemplate, path: FaultPath): ConfigurationFault[] {
  const known = template.budgetTypes.map(({ key }) => key);
  return known.includes(budgetType) ? [] : [unknownReference('budget type', budgetType, path, known)];
}

function milestoneFaults(task: TaskTemplate, { milestones }: ServiceTemplate, path: FaultPath): ConfigurationFault[] {
  const milestone = milestones.find(({ key }) => key === task.milestone);
  if (!milestone) {
    const known = milestones.map(({ key }) => key);
    return [unknownReference('milestone', task.milestone, [...path, 'milestone'], known)];
  }
  const last = milestone.startOffsetBusinessDays + milestone.durationBusinessDays - 1;
  if (!(task.offsetBusinessDays > last)) return [];
  const message = `The deadline (day ${task.offsetBusinessDays}) lies after the end of its milestone ${milestone.key} (day ${last}).`;
  const remedy = `Set it to ${last} or earlier, or lengthen the milestone.`;
  return [{ code: 'DEADLINE', path: [...path, 'offsetBusinessDays'], message, remedy }];
}

function dependencyFaults(
  task: TaskTemplate,
  byKey: ReadonlyMap<string, TaskTemplate>,
  path: FaultPath,
): ConfigurationFault[] {
  const places = task.dependsOn.map((key, index) => ({ path: [...path, 'dependsOn', index], identity: key }));
  return [
    ...duplicates('dependency', places),
    ...places.flatMap(({ identity: key, path: at }): ConfigurationFault[] => {
      const before = byKey.get(key);
      if (!before) return [unknownReference('task', key, at, byKey.keys())];
      if (before.offsetBusinessDays <= task.offsetBusinessDays) return [];
      const message = `${task.key} is due on day ${task.offsetBusinessDays}, before ${key} (day ${before.offsetBusinessDays}) that it waits for.`;
      return [{ code: 'DEADLINE', path: at, message, remedy: 'Set its deadline on or after that day.' }];
    }),
  ];
}

function conditionFaults(
  { question: name, equals }: TaskCondition,
  questions: TenantConfiguration['questions'],
  path: FaultPath,
): ConfigurationFault[] {
  const question = questions.find(({ key }) => key === name);
  if (!question) {
    return [
      unknownReference(
        'question',
        name,
        [...path, 'question'],
        questions.map(({ key }) => key),
      ),
    ];
  }
  const options = question.type === 'BOOLEAN' ? [true, false] : (question.options ?? []).map(({ value }) => value);
  if ((options as readonly unknown[]).includes(equals)) return [];
  const message = `${JSON.stringify(equals)} is no answer to ${name}, so the task would never exist.`;
  return [
    { code: 'CONDITION', path: [...path, 'equals'], message, remedy: `Use one of: ${listed(options.map(String))}.` },
  ];
}

/** One fault for every circle of dependencies, at the first task of the circle in the file; it names the circle. */
function cycleFaults(tasks: readonly TaskTemplate[], path: FaultPath): ConfigurationFault[] {
  const indexOf = new Map(tasks.map(({ key }, index) => [key, index]));
  const next = tasks.map(({ dependsOn }) => dependsOn.flatMap((key) => indexOf.get(key) ?? []));
  const faults: ConfigurationFault[] = [];
  const told = new Set<number>();
  for (const start of tasks.keys()) {
    const circle = told.has(start) ? null : shortestCircle(start, next);
    if (!circle) continue;
    for (const index of circle) told.add(index);
    const names = [...circle, start].map((index) => tasks[index]!.key).join(' → ');
    const message = `The tasks wait for each other in a circle: ${names}.`;
    const remedy = 'Remove one of these dependencies.';
    faults.push({ code: 'CYCLE', path: [...path, start, 'dependsOn'], message, remedy });
  }
  return faults;
}

/** The shortest way from a task through its dependencies back to itself; null when there is none. */
function shortestCircle(start: number, next: readonly (readonly number[])[]): number[] | null {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const current of queue) {
    for (const index of next[current]!) {
      if (index === start) return wayBack(current, start, cameFrom);
      if (cameFrom.has(index)) continue;
      cameFrom.set(index, current);
      queue.push(index);
    }
  }
  return null;
}

function wayBack(end: number, start: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const way = [end];
  while (way[0] !== start) way.unshift(cameFrom.get(way[0]!)!);
  return way;
}
