import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { ApprovalRequestResult } from './approval.result.js';
import { ApprovalRequest } from './request.entity.js';
import { openVoteLink } from './vote-link.commands.js';
import { OpenVoteLinkInput } from './vote-link.input.js';

@Resolver()
export class VoteLinkResolver {
  @Runs(openVoteLink)
  @Mutation(() => ApprovalRequestResult, {
    description:
      'Opens a request by the link of a message that was sent to you: once, within a working day, while its content stands. The link is used up and nothing else happens: you vote with castVote, by your own right. Refused and recorded: LINK_UNKNOWN (also for a forged one), LINK_NOT_YOURS, LINK_USED, LINK_EXPIRED, LINK_STALE.',
  })
  openVoteLink(
    @Arg('input') input: OpenVoteLinkInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApprovalRequest | RefusedType> {
    return ctx.run(openVoteLink, input, info, ApprovalRequest);
  }
}
