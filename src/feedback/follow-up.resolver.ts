import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { HandoffReturn } from '../passage/gate.entity.js';
import { settleFollowUp } from './follow-up.commands.js';
import { FollowUp, FollowUpState } from './follow-up.entity.js';
import { FollowUpsArgs, SettleFollowUpInput } from './follow-up.input.js';

const FollowUpConnection = connectionOf(FollowUp, 'FollowUp');
const FollowUpResult = resultOf('FollowUpResult', FollowUp);

/** What follows from returns. */
@Resolver(() => FollowUp)
export class FollowUpResolver {
  @Allow('read', 'FollowUp')
  @Query(() => FollowUpConnection, {
    description: 'What returned handoffs call for, newest first: leadership, coaching, reviews of the process.',
  })
  followUps(@Args() args: FollowUpsArgs, @Ctx() { reader, actor }: RequestContext): Promise<Page<FollowUp>> {
    const { openOnly, mineOnly } = args;
    const where = { ...(openOnly ? { state: FollowUpState.OPEN } : {}), ...(mineOnly ? { ownerId: actor.id } : {}) };
    return reader.page(FollowUp, where, args.checked());
  }

  @One(FollowUp, 'handoffId', Handoff, 'The handoff whose return called for it.')
  handoff: Handoff | null;

  @FieldResolver(() => [HandoffReturn], { description: 'The returns that it counts, oldest first: its reasons.' })
  async returns(@Root() { returnIds }: FollowUp, @Ctx() { reader }: RequestContext): Promise<HandoffReturn[]> {
    const found = await Promise.all(returnIds.map((id) => reader.one(HandoffReturn, id)));
    return found.filter((one) => one !== null);
  }

  @One(FollowUp, 'repId', Person, 'Whose handoffs were returned.')
  rep: Person | null;

  @One(FollowUp, 'ownerId', Person, 'Who is to see to it.')
  owner: Person | null;

  @One(FollowUp, 'settledBy', Person, 'Who saw to it; null while nobody has.')
  settler: Person | null;

  @Runs(settleFollowUp)
  @Mutation(() => FollowUpResult, {
    description:
      'Says what came of a follow-up; never by the person whom it is about. Refused: ALREADY_DONE, SELF_SETTLED.',
  })
  settleFollowUp(
    @Arg('input') input: SettleFollowUpInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FollowUp | RefusedType> {
    return ctx.run(settleFollowUp, input, info, FollowUp);
  }
}
