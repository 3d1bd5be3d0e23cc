import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { RedFlag } from './flag.entity.js';
import {
  AddReviewActionInput,
  CompleteReviewActionInput,
  HoldReviewInput,
  ReviewsArgs,
  TasksArgs,
} from './quality.input.js';
import { AgendaTopicCount, ReviewItemType } from './quality.types.js';
import { agendaOf, itemsOf } from './quality.view.js';
import { QualityReview, ReviewAction, ReviewActionState, ReviewState } from './review.entity.js';
import { addReviewAction, completeReviewAction, holdReview } from './work.commands.js';

const QualityReviewConnection = connectionOf(QualityReview, 'QualityReview');
const QualityReviewResult = resultOf('QualityReviewResult', QualityReview);
const ReviewActionConnection = connectionOf(ReviewAction, 'ReviewAction');
const ReviewActionResult = resultOf('ReviewActionResult', ReviewAction);

@Resolver(() => QualityReview)
export class QualityReviewResolver {
  @Allow('read', 'QualityReview')
  @Query(() => QualityReviewConnection, { description: 'The quality reviews that the system made, newest first.' })
  qualityReviews(@Args() args: ReviewsArgs, @Ctx() { reader }: RequestContext): Promise<Page<QualityReview>> {
    return reader.page(QualityReview, args.kind ? { kind: args.kind } : {}, args.checked());
  }

  @Allow('read', 'QualityReview')
  @Query(() => QualityReview, { description: 'A quality review. NOT_FOUND when there is none.' })
  qualityReview(
    @Arg('id', () => ID, { description: 'The review.' }) id: string,
    @Ctx() { reader }: RequestContext,
  ): Promise<QualityReview> {
    return reader.required(QualityReview, id);
  }

  @One(QualityReview, 'ownerId', Person, 'Who holds it; null when nobody could.')
  owner: Person | null;

  @One(QualityReview, 'deputyId', Person, 'Who may hold it instead.')
  deputy: Person | null;

  @One(QualityReview, 'heldBy', Person, 'Who recorded that it was held; null before.')
  holder: Person | null;

  @FieldResolver(() => [Person], { description: 'Who was there; empty before it was held.' })
  async attendees(@Root() { attendeeIds }: QualityReview, @Ctx() { reader }: RequestContext): Promise<Person[]> {
    const people = await Promise.all(attendeeIds.map((id) => reader.one(Person, id)));
    return people.filter((person) => person !== null);
  }

  @FieldResolver(() => [AgendaTopicCount], { description: 'The agenda: its topics in order.' })
  agenda(@Root() review: QualityReview, @Ctx() { reader }: RequestContext): Promise<AgendaTopicCount[]> {
    return agendaOf(reader, review);
  }

  @FieldResolver(() => [ReviewItemType], { description: 'Its contents, frozen when it was made.' })
  items(@Root() review: QualityReview, @Ctx() { reader }: RequestContext): Promise<ReviewItemType[]> {
    return itemsOf(reader, review);
  }

  @Many(ReviewAction, 'reviewId', 'What it decided to do, oldest first.')
  actions: ReviewAction[];

  @Many(RedFlag, 'reviewId', 'The red flags that it raised.')
  redFlags: RedFlag[];

  @FieldResolver(() => Boolean, { description: 'Whether it was not held in time.' })
  async overdue(@Root() { state, dueAt }: QualityReview, @Ctx() { reader }: RequestContext): Promise<boolean> {
    const now = await reader.now();
    return state === ReviewState.OPEN && dueAt < now;
  }

  @Runs(holdReview)
  @Mutation(() => QualityReviewResult, {
    description:
      'Records that a review was held, by its owner or deputy. Refused: NOT_OPEN, NOT_RESPONSIBLE, NOBODY_NAMED.',
  })
  holdReview(
    @Arg('input') input: HoldReviewInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<QualityReview | RefusedType> {
    return ctx.run(holdReview, input, info, QualityReview);
  }

  @Runs(addReviewAction)
  @Mutation(() => QualityReviewResult, {
    description: 'Adds what a review decided to do; it carries over until it is done. Refused: IMPOSSIBLE_DATE.',
  })
  addReviewAction(
    @Arg('input') input: AddReviewActionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<QualityReview | RefusedType> {
    return ctx.run(addReviewAction, input, info, QualityReview);
  }
}

@Resolver(() => ReviewItemType)
export class ReviewItemResolver {
  @One(ReviewItemType, 'handoffId', Handoff, 'The handoff; null where it is about none.')
  handoff: Handoff | null;
}

@Resolver(() => ReviewAction)
export class ReviewActionResolver {
  @Allow('read', 'ReviewAction')
  @Query(() => ReviewActionConnection, { description: 'What reviews decided to do, newest first.' })
  reviewActions(@Args() args: TasksArgs, @Ctx() { reader, actor }: RequestContext): Promise<Page<ReviewAction>> {
    const where = {
      ...(args.openOnly ? { state: ReviewActionState.OPEN } : {}),
      ...(args.mineOnly ? { ownerId: actor.id } : {}),
    };
    return reader.page(ReviewAction, where, args.checked());
  }

  @One(ReviewAction, 'ownerId', Person, 'Who does it.')
  owner: Person | null;

  @FieldResolver(() => Boolean, { description: 'Whether it is open past its day.' })
  async overdue(@Root() { state, dueAt }: ReviewAction, @Ctx() { reader }: RequestContext): Promise<boolean> {
    const now = await reader.now();
    return state === ReviewActionState.OPEN && dueAt < now;
  }

  @Runs(completeReviewAction)
  @Mutation(() => ReviewActionResult, {
    description: 'Says that an action is done, and what came of it. Refused: NOT_OPEN.',
  })
  completeReviewAction(
    @Arg('input') input: CompleteReviewActionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ReviewAction | RefusedType> {
    return ctx.run(completeReviewAction, input, info, ReviewAction);
  }
}
