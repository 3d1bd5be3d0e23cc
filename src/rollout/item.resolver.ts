import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { assignRolloutItem, completeRolloutItem } from './item.commands.js';
import { recordGateMisfire } from './pilot.commands.js';
import { GateMisfire, RolloutItem, RolloutItemState } from './rollout.entity.js';
import {
  AssignRolloutItemInput,
  CompleteRolloutItemInput,
  MisfiresArgs,
  RecordGateMisfireInput,
} from './rollout.input.js';
import { titleOf } from './rollout.items.js';

const RolloutItemResult = resultOf('RolloutItemResult', RolloutItem);
const GateMisfireResult = resultOf('GateMisfireResult', GateMisfire);
const GateMisfireConnection = connectionOf(GateMisfire, 'GateMisfire');

@Resolver(() => RolloutItem)
export class RolloutItemResolver {
  @FieldResolver(() => String, { description: 'What is to be done.' })
  title(@Root() { key }: RolloutItem): string {
    return titleOf(key);
  }

  @One(RolloutItem, 'ownerId', Person, 'Who does it; null while nobody was named.')
  owner: Person | null;

  @One(RolloutItem, 'completedBy', Person, 'Who completed it; null while it is open.')
  completer: Person | null;

  @FieldResolver(() => Boolean, { description: 'Whether its day is over and it is open.' })
  async overdue(@Root() { dueOn, state }: RolloutItem, @Ctx() { reader }: RequestContext): Promise<boolean> {
    const [ruling, now] = await Promise.all([reader.once('rulingConfiguration', rulingConfiguration), reader.now()]);
    return state === RolloutItemState.OPEN && dueOn < dateOf(configurationOf(ruling).calendar, now);
  }

  @Runs(assignRolloutItem)
  @Mutation(() => RolloutItemResult, { description: 'Says who does an item, and until when.' })
  assignRolloutItem(
    @Arg('input') input: AssignRolloutItemInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RolloutItem | RefusedType> {
    return ctx.run(assignRolloutItem, input, info, RolloutItem);
  }

  @Runs(completeRolloutItem)
  @Mutation(() => RolloutItemResult, {
    description:
      'Completes an item with the evidence that shows it; its owner or RevOps. Refused: OWNER_MISSING, NOT_OPEN.',
  })
  completeRolloutItem(
    @Arg('input') input: CompleteRolloutItemInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RolloutItem | RefusedType> {
    return ctx.run(completeRolloutItem, input, info, RolloutItem);
  }
}

@Resolver(() => GateMisfire)
export class GateMisfireResolver {
  @Allow('read', 'GateMisfire')
  @Query(() => GateMisfireConnection, { description: 'Where gates were wrong, newest first.' })
  misfires(@Args() args: MisfiresArgs, @Ctx() { reader }: RequestContext): Promise<Page<GateMisfire>> {
    const { handoffId, kind } = args;
    return reader.page(GateMisfire, { ...(handoffId ? { handoffId } : {}), ...(kind ? { kind } : {}) }, args.checked());
  }

  @One(GateMisfire, 'handoffId', Handoff, 'The handoff.')
  handoff: Handoff | null;

  @One(GateMisfire, 'reportedBy', Person, 'Who reported it.')
  reporter: Person | null;

  @Runs(recordGateMisfire)
  @Mutation(() => GateMisfireResult, {
    description: 'Records that a gate was wrong about a handoff. Refused: FINDING_UNKNOWN.',
  })
  recordGateMisfire(
    @Arg('input') input: RecordGateMisfireInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<GateMisfire | RefusedType> {
    return ctx.run(recordGateMisfire, input, info, GateMisfire);
  }
}
