import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../../core/graphql/context.js';
import { PageArgs } from '../../core/graphql/page-args.js';
import { Allow, Runs, Sensitive } from '../../core/graphql/rights.js';
import { connectionOf, resultOf } from '../../core/graphql/shapes.js';
import type { RefusedType } from '../../core/graphql/types.js';
import type { Page } from '../../core/page.js';
import { Person } from '../../identity/person.entity.js';
import { createFeedKey, revokeFeedKey, rotateFeedKey } from './feed-key.commands.js';
import { FeedKey } from './feed-key.entity.js';
import { CreateFeedKeyInput, RevokeFeedKeyInput, RotateFeedKeyInput } from './feed-key.input.js';
import { userOfKey } from './feed-key.secret.js';

const FeedKeyConnection = connectionOf(FeedKey, 'FeedKey');
const FeedKeyResult = resultOf('FeedKeyResult', FeedKey);

@Resolver(() => FeedKey)
export class FeedKeyResolver {
  @Allow('read', 'FeedKey')
  @Query(() => FeedKeyConnection, { description: 'The keys for the OData feed, the newest first.' })
  feedKeys(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<FeedKey>> {
    return reader.page(FeedKey, {}, args.checked());
  }

  @FieldResolver(() => String, { description: 'The user name of Basic authentication that stands for the key.' })
  user(@Root() { tenantId, id }: FeedKey): string {
    return userOfKey(tenantId, id);
  }

  @FieldResolver(() => Person, { description: 'Who made it.' })
  maker(@Root() { createdBy }: FeedKey, @Ctx() { reader }: RequestContext): Promise<Person> {
    return reader.required(Person, createdBy);
  }

  @FieldResolver(() => Person, {
    description: 'Who made the secret that works now: the key sees no more than they do at the time.',
  })
  voucher(@Root() { vouchedBy }: FeedKey, @Ctx() { reader }: RequestContext): Promise<Person> {
    return reader.required(Person, vouchedBy);
  }

  @Sensitive('CREDENTIAL')
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The password that goes with the user: only in the answer that made it, never again.',
  })
  secret(@Root() { id }: FeedKey, @Ctx() { secrets }: RequestContext): string | null {
    return secrets.get(id) ?? null;
  }

  @Runs(createFeedKey)
  @Mutation(() => FeedKeyResult, {
    description: 'Makes a key for the OData feed; take its secret from this answer. FEED_CLASS_NOT_YOURS.',
  })
  createFeedKey(
    @Arg('input') input: CreateFeedKeyInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FeedKey | RefusedType> {
    return ctx.run(createFeedKey, input, info, FeedKey);
  }

  @Runs(rotateFeedKey)
  @Mutation(() => FeedKeyResult, {
    description:
      'Gives a feed key a new secret, at once, and makes you its voucher. FEED_KEY_REVOKED, FEED_CLASS_NOT_YOURS.',
  })
  rotateFeedKey(
    @Arg('input') input: RotateFeedKeyInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FeedKey | RefusedType> {
    return ctx.run(rotateFeedKey, input, info, FeedKey);
  }

  @Runs(revokeFeedKey)
  @Mutation(() => FeedKeyResult, { description: 'Ends a feed key at once.' })
  revokeFeedKey(
    @Arg('input') input: RevokeFeedKeyInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FeedKey | RefusedType> {
    return ctx.run(revokeFeedKey, input, info, FeedKey);
  }
}
