import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../../core/graphql/context.js';
import { PageArgs } from '../../core/graphql/page-args.js';
import { One } from '../../core/graphql/relations.js';
import { Allow, Runs } from '../../core/graphql/rights.js';
import { connectionOf, resultOf } from '../../core/graphql/shapes.js';
import type { RefusedType } from '../../core/graphql/types.js';
import type { Page } from '../../core/page.js';
import { Person } from '../../identity/person.entity.js';
import { Integration } from '../connection/connection.entity.js';
import { closeIntegrationReview } from './review.commands.js';
import { IntegrationReview, ReviewState } from './review.entity.js';
import { CloseIntegrationReviewInput } from './review.input.js';

const IntegrationReviewConnection = connectionOf(IntegrationReview, 'IntegrationReview');
const IntegrationReviewResult = resultOf('IntegrationReviewResult', IntegrationReview);

/** The quarterly look at what connections may do. */
@Resolver(() => IntegrationReview)
export class IntegrationReviewResolver {
  @Allow('read', 'IntegrationReview')
  @Query(() => IntegrationReviewConnection, {
    description: 'The quarterly reviews of what connections may do at their vendors, newest first.',
  })
  integrationReviews(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<IntegrationReview>> {
    return reader.page(IntegrationReview, {}, args.checked());
  }

  @One(IntegrationReview, 'integrationId', Integration, 'The connection, as it is now.')
  integration: Integration | null;

  @One(IntegrationReview, 'reviewerId', Person, 'Who is to review it; null when everybody who may had a hand in it.')
  reviewer: Person | null;

  @One(IntegrationReview, 'reviewedBy', Person, 'Who closed it; null while nobody has.')
  reviewedBy: Person | null;

  @FieldResolver(() => Boolean, { description: 'Whether it is open past its time.' })
  async overdue(@Root() { state, dueAt }: IntegrationReview, @Ctx() { reader }: RequestContext): Promise<boolean> {
    const isOpen = state === ReviewState.OPEN || state === ReviewState.UNASSIGNED;
    return isOpen && dueAt <= (await reader.now());
  }

  @Runs(closeIntegrationReview)
  @Mutation(() => IntegrationReviewResult, {
    description:
      'Closes the review of a connection that you had no hand in. Refused: NOT_OPEN, SELF_REVIEW, NOT_ELIGIBLE.',
  })
  closeIntegrationReview(
    @Arg('input') input: CloseIntegrationReviewInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<IntegrationReview | RefusedType> {
    return ctx.run(closeIntegrationReview, input, info, IntegrationReview);
  }
}
