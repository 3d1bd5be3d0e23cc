import { command, done, refused } from '../core/command.js';
import { notFound } from '../core/error.js';
import { mapQuery, type Query, selectRequired, update } from '../core/statement.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { obviousOwner } from './owner.rules.js';
import { Project, ProjectTask, TaskState } from './project.entity.js';
import type { AssignProjectLeadInput, AssignTaskInput, ProjectTaskInput } from './project.input.js';
import { provisionMessage } from './provision.message.js';
import { awaitedTasks, lockProjectOfHandoff, tasksOf } from './project.queries.js';
import { dependencyFindings, leadFindings, openFindings, ownerFindings, projectFindings } from './task.rules.js';

/** The handoff's project, locked, or NOT_FOUND before the first submit. */
const requiredProject = (handoffId: string): Query<Project> =>
  mapQuery(lockProjectOfHandoff(handoffId), (project) => {
    if (!project) throw notFound('Project', `of handoff ${handoffId}`);
    return project;
  });

/** The task of that handoff, or NOT_FOUND: a task of another handoff is none of this one's. */
const taskOf = ({ handoffId, taskId }: ProjectTaskInput): Query<ProjectTask> =>
  mapQuery(selectRequired(ProjectTask, taskId, { lock: 'UPDATE' }), (task) => {
    if (task.handoffId !== handoffId) throw notFound('ProjectTask', taskId);
    return task;
  });

/** Names the person who leads the project; open tasks that now have one obvious owner get them. */
export const assignProjectLead = command({
  name: 'assignProjectLead',
  action: 'assign',
  subject: 'Project',
  services: false,
  facts: (input: AssignProjectLeadInput) => ({
    handoff: lockHandoff(input.handoffId),
    project: requiredProject(input.handoffId),
    tasks: tasksOf(input.handoffId),
    people: eligiblePeople(),
  }),
  target: ({ project }) => project,
  decide: ({ handoff, project, tasks, people }, { personId, expectedRevision }, { newId }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = [...projectFindings(project), ...leadFindings(personId, people)];
    if (findings.length > 0) return refused(findings, { subject });
    const { ownerId, deliveryManagerId } = handoff;
    const inHandoff = { ownerId, deliveryManagerId, projectLeadId: personId };
    const owned = tasks.flatMap((task) => {
      if (task.state !== TaskState.OPEN || task.ownerId !== null) return [];
      const owner = obviousOwner(task.ownerRole, inHandoff, people);
      return owner === null ? [] : [update(ProjectTask, { id: task.id }, { ownerId: owner })];
    });
    return done({
      id: project.id,
      subject,
      body: { projectId: project.id, projectLeadId: personId, tasksOwned: owned.length },
      writes: [update(Project, { id: project.id }, { projectLeadId: personId }), ...owned, changeHandoff(handoff)],
      messages: owned.length > 0 ? [provisionMessage(handoff.id, newId())] : [],
    });
  },
});

/** Names the person who owns an open task, or leaves it to its role. */
export const assignTask = command({
  name: 'assignTask',
  action: 'assign',
  subject: 'Project',
  services: false,
  facts: (input: AssignTaskInput) => ({
    handoff: lockHandoff(input.handoffId),
    project: requiredProject(input.handoffId),
    task: taskOf(input),
    people: eligiblePeople(),
  }),
  target: ({ project }) => project,
  decide: ({ handoff, project, task, people }, { personId, expectedRevision }, { newId }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = [...projectFindings(project), ...openFindings(task), ...ownerFindings(personId, people)];
    if (findings.length > 0) return refused(findings, { subject });
    return done({
      id: task.id,
      subject,
      body: { taskId: task.id, key: task.key, ownerId: personId },
      writes: [update(ProjectTask, { id: task.id }, { ownerId: personId }), changeHandoff(handoff)],
      messages: [provisionMessage(handoff.id, newId())],
    });
  },
});

/** Marks a task as done; everything that it waits for is done. */
export const completeTask = command({
  name: 'completeTask',
  action: 'complete',
  subject: 'ProjectTask',
  services: false,
  facts: (input: ProjectTaskInput) => ({
    handoff: lockHandoff(input.handoffId),
    project: requiredProject(input.handoffId),
    task: taskOf(input),
    awaited: awaitedTasks(input.taskId),
  }),
  target: ({ task }) => task,
  decide: ({ handoff, project, task, awaited }, { expectedRevision }, { now }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = [...projectFindings(project), ...openFindings(task), ...dependencyFindings(awaited)];
    if (findings.length > 0) return refused(findings, { subject });
    return done({
      id: task.id,
      subject,
      body: { taskId: task.id, key: task.key },
      writes: [update(ProjectTask, { id: task.id }, { state: TaskState.DONE, doneAt: now }), changeHandoff(handoff)],
    });
  },
});
