import { type Statement, update } from '../core/statement.js';
import { Project, ProjectMilestone, ProjectTask } from './project.entity.js';
import type { StandingPlan } from './shift.rules.js';

/** The statements that make a plan what `shifted` says: days of rows that are there, and nothing else. */
export function movePlan(projectId: string, former: StandingPlan, moved: StandingPlan): Statement[] {
  const { targetOn } = moved.project;
  const milestones = moved.milestones.filter((row, index) => {
    const was = former.milestones[index]!;
    return was.startOn !== row.startOn || was.targetOn !== row.targetOn;
  });
  const tasks = moved.tasks.filter((row, index) => former.tasks[index]!.dueOn !== row.dueOn);
  return [
    ...(former.project.targetOn === targetOn ? [] : [update(Project, { id: projectId }, { targetOn })]),
    ...milestones.map(({ id, startOn, targetOn: target }) =>
      update(ProjectMilestone, { id }, { startOn, targetOn: target }),
    ),
    ...tasks.map(({ id, dueOn }) => update(ProjectTask, { id }, { dueOn })),
  ];
}
