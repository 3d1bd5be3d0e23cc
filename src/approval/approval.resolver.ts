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
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { connectionOf } from '../core/graphql/shapes.js';
import { FindingType, findingType, type RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Person } from '../identity/person.entity.js';
import { Role } from '../identity/roles.js';
import { castVote, revokeVote, withdrawRequest } from './approval.commands.js';
import { CastVoteInput, RevokeVoteInput, WithdrawRequestInput } from './approval.input.js';
import { ApprovalRequestResult } from './approval.result.js';
import { approversOf, barredFrom, seatingOf } from './approval.rules.js';
import { votingFactsFor } from './approval.view.js';
import { isExpired } from './deadline.rules.js';
import { approversNeeded, rolesOf } from './need.rules.js';
import { ApprovalStep, stepsOf } from './step.view.js';
import { authoritiesOf, voteFindings } from './vote-findings.rules.js';
import { ApprovalRequest, ApprovalRound, ApprovalState } from './request.entity.js';
import { ApprovalGrant, ApprovalRevocation, ApprovalUse, ApprovalVote } from './vote.entity.js';

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

  @One(ApprovalRequest, 'requesterId', Person, 'Who asks.')
  requester: Person | null;

  @FieldResolver(() => Boolean, {
    description: 'Whether its time has run out: undecided, which denies it, or approved and not used.',
  })
  async expired(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<boolean> {
    return request.state === ApprovalState.EXPIRED || isExpired(request, await reader.now());
  }

  @Many(ApprovalRound, 'requestId', 'The content versions that were voted on, oldest first.', { orderBy: ['round'] })
  rounds: ApprovalRound[];

  @Many(ApprovalVote, 'requestId', 'Every vote of every round, oldest first; those of earlier rounds count no longer.')
  votes: ApprovalVote[];

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
    const facts = await votingFactsFor(reader, request);
    return approversOf(facts, facts.now).length;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How many more different people must approve; null when no vote is awaited.',
  })
  async missingApprovals(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<number | null> {
    const facts = await votingFactsFor(reader, request);
    if (request.state !== ApprovalState.PENDING || isExpired(request, facts.now)) return null;
    const free = seatingOf(facts, facts.now).map((seating) =>
      seating.free.reduce((sum, { missing }) => sum + missing, 0),
    );
    return Math.max(...free);
  }

  @FieldResolver(() => Int, { description: 'How many different people must approve the current round.' })
  approversNeeded(@Root() request: ApprovalRequest): number {
    return approversNeeded(request.need);
  }

  @FieldResolver(() => [Role], {
    description: 'An approver of the current round holds one of these roles, or is named.',
  })
  eligibleRoles(@Root() request: ApprovalRequest): Role[] {
    return rolesOf(request.need) as Role[];
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'A voter has signed in within so many minutes (auth_time of the token); null asks for nothing.',
  })
  freshSignInMinutes(@Root() request: ApprovalRequest): number | null {
    return request.need.freshSignInMinutes;
  }

  @FieldResolver(() => [ApprovalStep], {
    description: 'The steps that must each be met, by different people, with who is still to be found.',
  })
  async steps(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<ApprovalStep[]> {
    const facts = await votingFactsFor(reader, request);
    return stepsOf(facts, facts.now);
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether the one who asks this query may vote on it now, for themselves or for whom they stand in for.',
  })
  async canVote(@Root() request: ApprovalRequest, @Ctx() { reader, actor }: RequestContext): Promise<boolean> {
    const facts = await votingFactsFor(reader, request);
    return authoritiesOf(facts, actor, facts.now).length > 0;
  }

  @FieldResolver(() => [Person], {
    description: 'For whom the one who asks may vote on it by delegation: name them in castVote.onBehalfOf.',
  })
  async canVoteFor(@Root() request: ApprovalRequest, @Ctx() { reader, actor }: RequestContext): Promise<Person[]> {
    const facts = await votingFactsFor(reader, request);
    const principals = authoritiesOf(facts, actor, facts.now).filter((person) => person !== null);
    const people = await Promise.all(principals.map((personId) => reader.one(Person, personId)));
    return people.filter((person) => person !== null);
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
    return grants.findLast(({ round }) => round === request.round) ?? null;
  }

  @FieldResolver(() => ApprovalUse, {
    nullable: true,
    description: 'What the approval of the current round was used for; null while it is unused.',
  })
  async use(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<ApprovalUse | null> {
    const uses = await reader.many(ApprovalUse, 'requestId', request.id);
    return uses.find(({ round }) => round === request.round) ?? null;
  }

  @Runs(castVote)
  @Mutation(() => ApprovalRequestResult, {
    description:
      'Casts your vote on exactly the content that you saw. Refused with all reasons: SELF_APPROVAL, CONTRIBUTOR, NOT_ELIGIBLE, ROLE_TOO_NEW, ACCOUNT_TOO_NEW, ALREADY_VOTED, NOT_DELEGATED, DELEGATOR_BARRED, DELEGATION_NOT_INDEPENDENT, SIGN_IN_TOO_OLD, SIGN_IN_UNKNOWN, STALE_CONTENT, EXPIRED, NOT_PENDING.',
  })
  castVote(
    @Arg('input') input: CastVoteInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApprovalRequest | RefusedType> {
    return ctx.run(castVote, input, info, ApprovalRequest);
  }

  @Runs(revokeVote)
  @Mutation(() => ApprovalRequestResult, {
    description:
      'Takes your approval back before its effect; an approved request that loses its quorum is undecided again. Refused: NOTHING_TO_REVOKE, ALREADY_USED, NOT_OPEN, EXPIRED.',
  })
  revokeVote(
    @Arg('input') input: RevokeVoteInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApprovalRequest | RefusedType> {
    return ctx.run(revokeVote, input, info, ApprovalRequest);
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
  @One(ApprovalVote, 'voterId', Person, 'Who voted.')
  voter: Person | null;

  @One(ApprovalVote, 'onBehalfOf', Person, 'Whom the voter stood in for; null for themselves.')
  onBehalfOf: Person | null;

  @FieldResolver(() => DateTimeScalar, { nullable: true, description: 'When it was taken back; null while it stands.' })
  async revokedAt(@Root() vote: ApprovalVote, @Ctx() { reader }: RequestContext): Promise<Date | null> {
    const revocations = await reader.many(ApprovalRevocation, 'requestId', vote.requestId);
    return revocations.find(({ voteId }) => voteId === vote.id)?.revokedAt ?? null;
  }
}

@Resolver(() => ApprovalStep)
export class ApprovalStepResolver {
  @FieldResolver(() => [Person], {
    description: 'Who could still fill it: by role or by name, seasoned, independent, and without a vote yet.',
  })
  async candidates(@Root() step: ApprovalStep, @Ctx() { reader }: RequestContext): Promise<Person[]> {
    const people = await Promise.all(step.candidateIds.map((personId) => reader.one(Person, personId)));
    return people.filter((person) => person !== null);
  }
}

@Resolver(() => ApprovalRound)
export class ApprovalRoundResolver {
  @FieldResolver(() => Int, { description: 'How many different people had to approve.' })
  approversNeeded(@Root() round: ApprovalRound): number {
    return approversNeeded(round.need);
  }
}
