import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Person } from '../identity/person.entity.js';
import { AfterReview, ReviewState } from './after-review.entity.js';
import { BreakGlassInput, ReviewBreakGlassInput } from './approval.input.js';
import { ApprovalRequestResult } from './approval.result.js';
import { breakGlass, reviewBreakGlass } from './break-glass.commands.js';
import { ApprovalRequest } from './request.entity.js';

const AfterReviewConnection = connectionOf(AfterReview, 'AfterReview');
const AfterReviewResult = resultOf('AfterReviewResult', AfterReview);

@ArgsType()
class AfterReviewsArgs extends PageArgs {
  @Field(() => ReviewState, {
    nullable: true,
    description: 'Only reviews in this state; OPEN is what awaits somebody.',
  })
  state: ReviewState | null;
}

/** Emergencies and their reviews (approvals rule 12). */
@Resolver(() => AfterReview)
export class AfterReviewResolver {
  @Allow('read', 'AfterReview')
  @Query(() => AfterReviewConnection, { description: 'The reviews of emergencies, newest first.' })
  afterReviews(@Args() args: AfterReviewsArgs, @Ctx() { reader }: RequestContext): Promise<Page<AfterReview>> {
    return reader.page(AfterReview, args.state ? { state: args.state } : {}, args.checked());
  }

  @One(AfterReview, 'requestId', ApprovalRequest, 'The request that was passed.')
  request: ApprovalRequest | null;

  @FieldResolver(() => [Person], { description: 'Who declared the emergency.' })
  async declaredBy(@Root() review: AfterReview, @Ctx() { reader }: RequestContext): Promise<Person[]> {
    const people = await Promise.all(review.declaredBy.map((personId) => reader.one(Person, personId)));
    return people.filter((person) => person !== null);
  }

  @One(AfterReview, 'reviewedBy', Person, 'Who reviewed it; null while nobody has.')
  reviewedBy: Person | null;

  @Runs(breakGlass)
  @Mutation(() => ApprovalRequestResult, {
    description:
      'Passes a request in an emergency, by people whom the policy names; alerted at once, short-lived, reviewed afterwards. Refused: NOT_ON_THE_LIST, SELF_APPROVAL, CONTRIBUTOR, ALREADY_VOTED, SIGN_IN_TOO_OLD, SIGN_IN_UNKNOWN, REVIEW_OVERDUE, STALE_CONTENT, EXPIRED, NOT_PENDING.',
  })
  breakGlass(
    @Arg('input') input: BreakGlassInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApprovalRequest | RefusedType> {
    return ctx.run(breakGlass, input, info, ApprovalRequest);
  }

  @Runs(reviewBreakGlass)
  @Mutation(() => AfterReviewResult, {
    description:
      'Says whether an emergency was one, by somebody who had no part in it. Refused: SELF_REVIEW, NOT_ELIGIBLE, NOT_OPEN.',
  })
  reviewBreakGlass(
    @Arg('input') input: ReviewBreakGlassInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AfterReview | RefusedType> {
    return ctx.run(reviewBreakGlass, input, info, AfterReview);
  }
}
