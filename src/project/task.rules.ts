import { type Finding, finding } from '../core/finding.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import { ACTING_ROLES, DELIVERY } from '../identity/roles.js';
import { type Project, ProjectState, type ProjectTask, TaskState } from './project.entity.js';

/** A project of a withdrawn handoff is closed to every change. */
export function projectFindings(project: Project): Finding[] {
  if (project.state !== ProjectState.CANCELLED) return [];
  return [
    finding({
      code: 'PROJECT_CANCELLED',
      path: 'project.state',
      message: `The project ${project.number} was cancelled.`,
      facts: { project: project.id },
      remedy: 'Work on the project of the handoff that replaced it.',
    }),
  ];
}

/** A project lead is an active member who holds a role in delivery. */
export function leadFindings(personId: string, people: readonly RoleHolder[]): Finding[] {
  if (people.some((held) => held.personId === personId && DELIVERY.includes(held.role))) return [];
  return [
    finding({
      code: 'NOT_ELIGIBLE',
      path: 'personId',
      message: 'A project lead is an active member with a role in delivery.',
      facts: { roles: [...DELIVERY] },
      remedy: `Name a person who holds ${DELIVERY.join(' or ')}.`,
    }),
  ];
}

/** A task's owner is an active member who may act, whatever the role. */
export function ownerFindings(personId: string | null, people: readonly RoleHolder[]): Finding[] {
  if (personId === null || people.some((held) => held.personId === personId && ACTING_ROLES.includes(held.role)))
    return [];
  return [
    finding({
      code: 'NOT_ELIGIBLE',
      path: 'personId',
      message: 'A task is owned by an active member who holds a role that acts.',
      facts: {},
      remedy: 'Name an active member of your MSP.',
    }),
  ];
}

/** What is done or cancelled is not changed any more. */
export function openFindings(task: ProjectTask): Finding[] {
  if (task.state === TaskState.OPEN) return [];
  return [
    finding({
      code: 'TASK_NOT_OPEN',
      path: 'task.state',
      message: `The task ${task.key} is ${task.state}.`,
      facts: { task: task.id, state: task.state },
      remedy: 'Choose an open task of the project.',
    }),
  ];
}

/** One finding for each task that is still awaited (document 003: dependency chain). */
export function dependencyFindings(awaited: readonly ProjectTask[]): Finding[] {
  return awaited
    .filter(({ state }) => state === TaskState.OPEN)
    .map(({ id, key }) =>
      finding({
        code: 'DEPENDENCY_OPEN',
        path: `tasks.${key}`,
        message: `The task waits for ${key}, which is not done.`,
        facts: { task: id, key },
        remedy: `Complete ${key} first.`,
      }),
    );
}
