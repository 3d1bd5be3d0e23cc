import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import type { Reader } from '../core/reader.js';
import { newestConfiguration } from '../decision/decision.queries.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { addActionItem, completeActionItem, reassignActionItem } from './action.commands.js';
import { ActionItem, ActionState } from './action.entity.js';
import { HandoffMeeting } from './meeting.entity.js';
import {
  ActionItemsArgs,
  AddActionItemInput,
  CompleteActionItemInput,
  ReassignActionItemInput,
} from './meeting.input.js';
import { overdueActionDays } from './meeting.queries.js';

const ActionItemConnection = connectionOf(ActionItem, 'ActionItem');
const ActionItemResult = resultOf('ActionItemResult', ActionItem);
type Answer = Promise<ActionItem | RefusedType>;

/** Today in the tenant's business calendar. */
async function today(reader: Reader): Promise<string> {
  const [version, now] = await Promise.all([reader.once('newest configuration', newestConfiguration), reader.now()]);
  return version ? dateOf(configurationOf(version).calendar, now) : now.toISOString().slice(0, 10);
}

@Resolver(() => ActionItem)
export class ActionItemResolver {
  @Allow('read', 'ActionItem')
  @Query(() => ActionItemConnection, { description: 'The actions that were agreed about handoffs, newest first.' })
  async actionItems(
    @Args() args: ActionItemsArgs,
    @Ctx() { reader, actor }: RequestContext,
  ): Promise<Page<ActionItem>> {
    const { mineOnly, openOnly, overdueOnly } = args;
    const where = {
      ...(mineOnly ? { ownerId: actor.id } : {}),
      ...(openOnly || overdueOnly ? { state: ActionState.OPEN } : {}),
      ...(overdueOnly ? { dueOn: await reader.ask(overdueActionDays(await today(reader))) } : {}),
    };
    return reader.page(ActionItem, where, args.checked());
  }

  @FieldResolver(() => Boolean, { description: 'Whether its day has passed and it is not done.' })
  async overdue(@Root() item: ActionItem, @Ctx() { reader }: RequestContext): Promise<boolean> {
    return item.state === ActionState.OPEN && item.dueOn < (await today(reader));
  }

  @One(ActionItem, 'handoffId', Handoff, 'The handoff; its revision is what the next change expects.')
  handoff: Handoff | null;

  @One(ActionItem, 'meetingId', HandoffMeeting, 'The meeting that it came out of, if it did.')
  meeting: HandoffMeeting | null;

  @One(ActionItem, 'ownerId', Person, 'Who does it.')
  owner: Person | null;

  @One(ActionItem, 'doneBy', Person, 'Who said that it was done; null before.')
  doer: Person | null;

  @Runs(addActionItem)
  @Mutation(() => ActionItemResult, { description: 'Writes down an action with its owner and due date.' })
  addActionItem(
    @Arg('input') input: AddActionItemInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(addActionItem, input, info, ActionItem);
  }

  @Runs(completeActionItem)
  @Mutation(() => ActionItemResult, {
    description: 'Says that an action was done; by its owner, sales or delivery, also after the handoff was closed.',
  })
  completeActionItem(
    @Arg('input') input: CompleteActionItemInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(completeActionItem, input, info, ActionItem);
  }

  @Runs(reassignActionItem)
  @Mutation(() => ActionItemResult, { description: 'Gives an action to another owner, for another day if need be.' })
  reassignActionItem(
    @Arg('input') input: ReassignActionItemInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(reassignActionItem, input, info, ActionItem);
  }
}
