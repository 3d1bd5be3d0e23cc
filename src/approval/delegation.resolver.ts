import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Person } from '../identity/person.entity.js';
import { DelegateVotesInput, DelegationInput } from './approval.input.js';
import { confirmDelegation, delegateVotes, endDelegation } from './delegation.commands.js';
import { Delegation } from './delegation.entity.js';
import { isLive } from './delegation.rules.js';

const DelegationConnection = connectionOf(Delegation, 'Delegation');
const DelegationResult = resultOf('DelegationResult', Delegation);

/** Who stands in for whom (approvals rule 9). */
@Resolver(() => Delegation)
export class DelegationResolver {
  @Allow('read', 'Delegation')
  @Query(() => DelegationConnection, { description: 'The delegations of votes, newest first, ended ones too.' })
  delegations(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<Delegation>> {
    return reader.page(Delegation, {}, args.checked());
  }

  @One(Delegation, 'delegatorId', Person, 'Whose vote it is.')
  delegator: Person | null;

  @One(Delegation, 'delegateId', Person, 'Who casts it.')
  delegate: Person | null;

  @One(Delegation, 'confirmedBy', Person, 'Who confirmed it; null while it holds not yet.')
  confirmedBy: Person | null;

  @FieldResolver(() => Boolean, { description: 'Whether it holds now: confirmed, begun, neither over nor ended.' })
  async live(@Root() delegation: Delegation, @Ctx() { reader }: RequestContext): Promise<boolean> {
    return isLive(delegation, await reader.now());
  }

  @Runs(delegateVotes)
  @Mutation(() => DelegationResult, {
    description:
      'Lets another person vote for you while you are away; an administrator may set it up for somebody. It holds once another person has confirmed it. Refused: SAME_PERSON, NOT_YOURS, SELF_GRANT, NOT_A_MEMBER, PERIOD.',
  })
  delegateVotes(
    @Arg('input') input: DelegateVotesInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Delegation | RefusedType> {
    return ctx.run(delegateVotes, input, info, Delegation);
  }

  @Runs(confirmDelegation)
  @Mutation(() => DelegationResult, {
    description:
      'Confirms a delegation that somebody else set up, for two others. Refused: SELF_APPROVAL, NOT_OPEN. Until then it does not hold.',
  })
  confirmDelegation(
    @Arg('input') input: DelegationInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Delegation | RefusedType> {
    return ctx.run(confirmDelegation, input, info, Delegation);
  }

  @Runs(endDelegation)
  @Mutation(() => DelegationResult, {
    description:
      'Ends a delegation before its time; votes by it that were not used fall. Refused: NOT_YOURS, NOT_OPEN.',
  })
  endDelegation(
    @Arg('input') input: DelegationInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Delegation | RefusedType> {
    return ctx.run(endDelegation, input, info, Delegation);
  }
}
