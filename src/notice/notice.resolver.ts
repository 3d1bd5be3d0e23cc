import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { setNoticePreference } from './notice.commands.js';
import { Notice, NoticePreference } from './notice.entity.js';
import { SetNoticePreferenceInput } from './notice.input.js';
import { TITLES } from './notice.words.js';

const NoticeConnection = connectionOf(Notice, 'Notice');
const NoticePreferenceResult = resultOf('NoticePreferenceResult', NoticePreference);

/** What the person who asks was told, and how they want to be told. */
@Resolver(() => Notice)
export class NoticeResolver {
  @Allow('read', 'Notice')
  @Query(() => NoticeConnection, {
    description: 'What you were told, newest first; also where the tenant has no mail service.',
  })
  myNotices(@Args() args: PageArgs, @Ctx() { reader, actor }: RequestContext): Promise<Page<Notice>> {
    return reader.page(Notice, { personId: actor.id }, args.checked());
  }

  @FieldResolver(() => String, { description: 'What it tells, in a few words.' })
  title(@Root() { template }: Notice): string {
    return TITLES[template];
  }

  @Allow('read', 'NoticePreference')
  @Query(() => NoticePreference, {
    nullable: true,
    description:
      'How you want to be told; null until you set it: then one by one, quiet outside of working times, 20 mails a day.',
  })
  myNoticePreference(@Ctx() { reader, actor }: RequestContext): Promise<NoticePreference | null> {
    return reader.first(NoticePreference, 'personId', actor.id);
  }

  @Runs(setNoticePreference)
  @Mutation(() => NoticePreferenceResult, { description: 'Sets how you want to be told; nobody sets it for you.' })
  setNoticePreference(
    @Arg('input') input: SetNoticePreferenceInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<NoticePreference | RefusedType> {
    return ctx.run(setNoticePreference, input, info, NoticePreference);
  }
}
