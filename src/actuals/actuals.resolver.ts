import { Max, Min } from 'class-validator';
import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many } from '../core/graphql/relations.js';
import { Sensitive } from '../core/graphql/rights.js';
import { MoneyType } from '../core/graphql/types.js';
import { Project, ProjectMilestone, ProjectTask } from '../project/project.entity.js';
import { ActualsLine, ActualsMark, ActualsMarkKind, ActualsSnapshot } from './actuals.entity.js';
import { FirstDeliverable, FirstTouch, MarginErosion, ProjectForecast } from './actuals.types.js';
import { actualsOf, erosionViewOf, firstDeliverableOf, firstTouchOf, forecastViewOf, moneyIn } from './actuals.view.js';

/** How many rows of a list that hangs on a row of another list. */
@ArgsType()
class NewestArgs {
  @Min(1)
  @Max(100)
  @Field(() => Int, { defaultValue: 5, description: 'At most so many, 1 to 100.' })
  newest: number;
}

/** What delivery spent, and what follows from it. */
@Resolver(() => Project)
export class ProjectActualsResolver {
  @FieldResolver(() => ActualsSnapshot, {
    nullable: true,
    description: 'What the delivery system said last of the project; null before the first read.',
  })
  actuals(@Root() project: Project, @Ctx() { reader }: RequestContext): Promise<ActualsSnapshot | null> {
    return actualsOf(reader, project);
  }

  @FieldResolver(() => [ActualsSnapshot], {
    description: 'What the delivery system has said of it, newest first.',
  })
  actualsHistory(
    @Root() project: Project,
    @Args() { newest }: NewestArgs,
    @Ctx() { reader }: RequestContext,
  ): Promise<ActualsSnapshot[]> {
    return reader.newest(ActualsSnapshot, 'handoffId', project.handoffId, newest);
  }

  @FieldResolver(() => ProjectForecast, {
    nullable: true,
    description: 'Actual plus remaining against the frozen baseline; null before the first read.',
  })
  forecast(@Root() project: Project, @Ctx() { reader }: RequestContext): Promise<ProjectForecast | null> {
    return forecastViewOf(reader, project);
  }

  @Sensitive('MARGIN')
  @FieldResolver(() => MarginErosion, {
    nullable: true,
    description: 'What of the frozen margin is being lost; null before the first read.',
  })
  erosion(@Root() project: Project, @Ctx() { reader }: RequestContext): Promise<MarginErosion | null> {
    return erosionViewOf(reader, project);
  }

  @FieldResolver(() => FirstDeliverable, {
    nullable: true,
    description: 'The milestone that is due first, and whether it is late; null for a plan without milestones.',
  })
  firstDeliverable(@Root() project: Project, @Ctx() { reader }: RequestContext): Promise<FirstDeliverable | null> {
    return firstDeliverableOf(reader, project);
  }

  @FieldResolver(() => FirstTouch, {
    nullable: true,
    description: 'Close of the deal and first outreach to the client; null before the first read.',
  })
  firstTouch(@Root() project: Project, @Ctx() { reader }: RequestContext): Promise<FirstTouch | null> {
    return firstTouchOf(reader, project);
  }
}

@Resolver(() => ActualsSnapshot)
export class ActualsSnapshotResolver {
  @Many(ActualsLine, 'snapshotId', 'What was spent, by budget of the delivery system.', { orderBy: ['position'] })
  lines: ActualsLine[];

  @Many(ActualsMark, 'snapshotId', 'The milestones and tasks that are done.', { orderBy: ['ownId'] })
  marks: ActualsMark[];
}

@Resolver(() => ActualsLine)
export class ActualsLineResolver {
  @Sensitive('COST')
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: 'What the booked minutes cost, where the delivery system says so.',
  })
  async actualCost(@Root() line: ActualsLine, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    const { currency } = await reader.required(ActualsSnapshot, line.snapshotId);
    return moneyIn(currency)(line.actualCostMinor);
  }
}

@Resolver(() => ActualsMark)
export class ActualsMarkResolver {
  @FieldResolver(() => ProjectMilestone, { nullable: true, description: 'The milestone; null of a task.' })
  milestone(@Root() mark: ActualsMark, @Ctx() { reader }: RequestContext): Promise<ProjectMilestone | null> {
    return reader.one(ProjectMilestone, mark.kind === ActualsMarkKind.MILESTONE ? mark.ownId : null);
  }

  @FieldResolver(() => ProjectTask, { nullable: true, description: 'The task; null of a milestone.' })
  task(@Root() mark: ActualsMark, @Ctx() { reader }: RequestContext): Promise<ProjectTask | null> {
    return reader.one(ProjectTask, mark.kind === ActualsMarkKind.TASK ? mark.ownId : null);
  }
}
