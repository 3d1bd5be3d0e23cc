import type { GraphQLResolveInfo } from 'graphql';
import { IsIn, IsOptional, IsUUID, Length } from 'class-validator';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf } from '../core/graphql/shapes.js';
import { FindingType, findingType, type RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Person } from '../identity/person.entity.js';
import { castVote, withdrawRequest } from './approval.commands.js';
import { CastVoteInput, WithdrawRequestInput } from './approval.input.js';
import { ApprovalRequestResult } from './approval.result.js';
import { approversOf, barredFrom, isExpired, voteFindings } from './approval.rules.js';
import { votingFactsFor } from './approval.view.js';
import { ApprovalRequest, ApprovalRound, ApprovalState } from './request.entity.js';
import { ApprovalGrant, ApprovalVote } from './vote.entity.js';

const ApprovalRequestConnection = connectionOf(ApprovalRequest, 'ApprovalRequest');

@ArgsType()
class ApprovalRequestArgs {
  @IsUUID()
  @Field(() => ID, { description: 'The id of the request.' })
  id: string;
}

@ArgsType()
class ApprovalRequestsArgs extends PageArgs {
  @IsOptional()
  @IsIn(Object.values(ApprovalState))
  @Field(() => ApprovalState, { nullable: true, description: 'Only requests in this state; PENDING is the inbox.' })
  state: ApprovalState | null;

  @IsOptional()
  @Length(1, 60)
  @Field(() => String, { nullable: true, description: 'Only requests of this kind, such as MARGIN_EXCEPTION.' })
  kind: string | null;
}

@Resolver(() => ApprovalRequest)
export class ApprovalRequestResolver {
  @Allow('read', 'ApprovalRequest')
  @Query(() => ApprovalRequest, { description: 'One approval request; NOT_FOUND when there is none here.' })
  approvalRequest(@Args() { id }: ApprovalRequestArgs, @Ctx() { reader }: RequestContext): Promise<ApprovalRequest> {
    return reader.required(ApprovalRequest, id);
  }

  @Allow('read', 'ApprovalRequest')
  @Query(() => ApprovalRequestConnection, { description: 'The approval requests, newest first.' })
  approvalRequests(
    @Args() args: ApprovalRequestsArgs,
    @Ctx() { reader }: RequestContext,
  ): Promise<Page<ApprovalRequest>> {
    const { state, kind } = args;
    return reader.page(ApprovalRequest, { ...(state ? { state } : {}), ...(kind ? { kind } : {}) }, args.checked());
  }

  @FieldResolver(() => Person, { nullable: true, description: 'Who asks.' })
  requester(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, request.requesterId);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether its time has run out: undecided, which denies it, or approved and not used.',
  })
  async expired(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<boolean> {
    return request.state === ApprovalState.EXPIRED || isExpired(request, await reader.now());
  }

  @FieldResolver(() => [ApprovalRound], { description: 'The content versions that were voted on, oldest first.' })
  rounds(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<ApprovalRound[]> {
    return reader.many(ApprovalRound, 'requestId', request.id, ['round']);
  }

  @FieldResolver(() => [ApprovalVote], {
    description: 'Every vote of every round, oldest first; those of earlier rounds count no longer.',
  })
  votes(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<ApprovalVote[]> {
    return reader.many(ApprovalVote, 'requestId', request.id);
  }

  @FieldResolver(() => [Person], {
    description: 'Who may not vote on the current content: the requester, the owner and everyone who wrote on it.',
  })
  async contributors(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<Person[]> {
    const barred = barredFrom(await votingFactsFor(reader, request));
    const people = await Promise.all([...barred].map((personId) => reader.one(Person, personId)));
    return people.filter((person) => person !== null);
  }

  @FieldResolver(() => Int, {
    description: 'How many different people approve the current content and may still do so.',
  })
  async approvals(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<number> {
    return approversOf(await votingFactsFor(reader, request)).length;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How many more different people must approve; null when no vote is awaited.',
  })
  async missingApprovals(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<number | null> {
    const facts = await votingFactsFor(reader, request);
    if (request.state !== ApprovalState.PENDING || isExpired(request, facts.now)) return null;
    return Math.max(0, request.approversNeeded - approversOf(facts).length);
  }

  @FieldResolver(() => Boolean, { description: 'Whether the one who asks this query may vote on it now.' })
  async canVote(@Root() request: ApprovalRequest, @Ctx() { reader, actor }: RequestContext): Promise<boolean> {
    const facts = await votingFactsFor(reader, request);
    return voteFindings(facts, actor, request.digest, facts.now).length === 0;
  }

  @FieldResolver(() => [FindingType], {
    description: 'Everything that keeps the one who asks this query from voting; empty when they may.',
  })
  async voteFindings(
    @Root() request: ApprovalRequest,
    @Ctx() { reader, actor, ability }: RequestContext,
  ): Promise<FindingType[]> {
    const facts = await votingFactsFor(reader, request);
    return voteFindings(facts, actor, request.digest, facts.now).map((found) => findingType(found, ability));
  }

  @FieldResolver(() => ApprovalGrant, {
    nullable: true,
    description: 'The approval that the current round reached; null while there is none.',
  })
  async grant(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<ApprovalGrant | null> {
    const grants = await reader.many(ApprovalGrant, 'requestId', request.id);
    return grants.find(({ round }) => round === request.round) ?? null;
  }

  @Runs(castVote)
  @Mutation(() => ApprovalRequestResult, {
    description:
      'Casts your vote on exactly the content that you saw. Refused with all reasons: SELF_APPROVAL, CONTRIBUTOR, NOT_ELIGIBLE, ALREADY_VOTED, STALE_CONTENT, EXPIRED, NOT_PENDING.',
  })
  castVote(
    @Arg('input') input: CastVoteInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApprovalRequest | RefusedType> {
    return ctx.run(castVote, input, info, ApprovalRequest);
  }

  @Runs(withdrawRequest)
  @Mutation(() => ApprovalRequestResult, {
    description:
      'Takes your own request back; an approval that it reached holds no longer. Refused: NOT_REQUESTER, NOT_OPEN.',
  })
  withdrawRequest(
    @Arg('input') input: WithdrawRequestInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApprovalRequest | RefusedType> {
    return ctx.run(withdrawRequest, input, info, ApprovalRequest);
  }
}

@Resolver(() => ApprovalVote)
export class ApprovalVoteResolver {
  @FieldResolver(() => Person, { nullable: true, description: 'Who voted.' })
  voter(@Root() vote: ApprovalVote, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, vote.voterId);
  }
}
