import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { First, Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { BudgetBaseline } from './baseline.entity.js';
import { assignProjectLead, assignTask, completeTask } from './project.commands.js';
import { Project, ProjectMilestone, ProjectTask, TaskDependency } from './project.entity.js';
import { AssignProjectLeadInput, AssignTaskInput, ProjectTaskInput } from './project.input.js';

const ProjectConnection = connectionOf(Project, 'Project');
const ProjectResult = resultOf('ProjectResult', Project);
const ProjectTaskResult = resultOf('ProjectTaskResult', ProjectTask);

@Resolver(() => Handoff)
export class HandoffProjectResolver {
  @First(Project, 'handoffId', 'The project that delivers the deal; null before the first submit.')
  project: Project | null;
}

@Resolver(() => Project)
export class ProjectResolver {
  @Allow('read', 'Project')
  @Query(() => Project, { description: 'One project.' })
  project(
    @Arg('id', () => ID, { description: 'The project.' }) id: string,
    @Ctx() { reader }: RequestContext,
  ): Promise<Project> {
    return reader.required(Project, id);
  }

  @Allow('read', 'Project')
  @Query(() => ProjectConnection, { description: 'The projects of the tenant, newest first.' })
  projects(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<Project>> {
    return reader.page(Project, {}, args.checked());
  }

  @FieldResolver(() => Handoff, { description: 'The handoff that it delivers.' })
  handoff(@Root() project: Project, @Ctx() { reader }: RequestContext): Promise<Handoff> {
    return reader.required(Handoff, project.handoffId);
  }

  @One(Project, 'projectLeadId', Person, 'The person who leads it; null until one is named.')
  projectLead: Person | null;

  @Many(ProjectMilestone, 'projectId', 'Its milestones in their order, cancelled ones too.', {
    orderBy: ['position', 'id'],
  })
  milestones: ProjectMilestone[];

  @Many(ProjectTask, 'projectId', 'Its tasks in their order, cancelled ones too.', { orderBy: ['position', 'id'] })
  tasks: ProjectTask[];

  @Many(BudgetBaseline, 'projectId', 'Every version of its budget baseline, newest first.', { orderBy: ['-version'] })
  baselines: BudgetBaseline[];

  @First(BudgetBaseline, 'projectId', 'The budget baseline that counts: the highest version.', {
    orderBy: ['-version'],
  })
  currentBaseline: BudgetBaseline | null;

  @Runs(assignProjectLead)
  @Mutation(() => ProjectResult, { description: 'Names the person who leads the project.' })
  assignProjectLead(
    @Arg('input') input: AssignProjectLeadInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Project | RefusedType> {
    return ctx.run(assignProjectLead, input, info, Project);
  }
}

@Resolver(() => ProjectMilestone)
export class ProjectMilestoneResolver {
  @Many(ProjectTask, 'milestoneId', 'Its tasks in their order, cancelled ones too.', { orderBy: ['position', 'id'] })
  tasks: ProjectTask[];
}

@Resolver(() => ProjectTask)
export class ProjectTaskResolver {
  @FieldResolver(() => ProjectMilestone, { description: 'The milestone that it belongs to.' })
  milestone(@Root() task: ProjectTask, @Ctx() { reader }: RequestContext): Promise<ProjectMilestone> {
    return reader.required(ProjectMilestone, task.milestoneId);
  }

  @One(ProjectTask, 'ownerId', Person, 'The person who owns it; null while it waits for its role.')
  owner: Person | null;

  @FieldResolver(() => [ProjectTask], { description: 'The tasks that it waits for.' })
  async dependsOn(@Root() task: ProjectTask, @Ctx() { reader }: RequestContext): Promise<ProjectTask[]> {
    const edges = await reader.many(TaskDependency, 'taskId', task.id, ['dependsOnTaskId']);
    return Promise.all(edges.map((edge) => reader.required(ProjectTask, edge.dependsOnTaskId)));
  }

  @Runs(assignTask)
  @Mutation(() => ProjectTaskResult, {
    description: 'Names the person who owns an open task, or leaves it to its role.',
  })
  assignTask(
    @Arg('input') input: AssignTaskInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProjectTask | RefusedType> {
    return ctx.run(assignTask, input, info, ProjectTask);
  }

  @Runs(completeTask)
  @Mutation(() => ProjectTaskResult, { description: 'Marks a task as done; everything that it waits for is done.' })
  completeTask(
    @Arg('input') input: ProjectTaskInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProjectTask | RefusedType> {
    return ctx.run(completeTask, input, info, ProjectTask);
  }
}
