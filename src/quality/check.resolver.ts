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
import { RedFlag } from './flag.entity.js';
import { AcknowledgeRedFlagInput, RecordSpotCheckInput, RedFlagsArgs, TasksArgs } from './quality.input.js';
import { QualityVerdict } from './quality.types.js';
import { type Quality, SpotCheck, SpotCheckDraw } from './spot-check.entity.js';
import { acknowledgeRedFlag, recordSpotCheck } from './work.commands.js';

const SpotCheckConnection = connectionOf(SpotCheck, 'SpotCheck');
const SpotCheckResult = resultOf('SpotCheckResult', SpotCheck);
const RedFlagConnection = connectionOf(RedFlag, 'RedFlag');
const RedFlagResult = resultOf('RedFlagResult', RedFlag);

@Resolver(() => SpotCheck)
export class SpotCheckResolver {
  @Allow('read', 'SpotCheck')
  @Query(() => SpotCheckConnection, { description: 'Handoffs that were drawn to be looked at, newest first.' })
  spotChecks(@Args() args: TasksArgs, @Ctx() { reader, actor }: RequestContext): Promise<Page<SpotCheck>> {
    const where = {
      ...(args.openOnly ? { checkedAt: null } : {}),
      ...(args.mineOnly ? { reviewerId: actor.id } : {}),
    };
    return reader.page(SpotCheck, where, args.checked());
  }

  @One(SpotCheck, 'drawId', SpotCheckDraw, 'How it was drawn.')
  draw: SpotCheckDraw | null;

  @One(SpotCheck, 'handoffId', Handoff, 'The handoff.')
  handoff: Handoff | null;

  @One(SpotCheck, 'reviewerId', Person, 'Who is to check it; null when nobody is independent.')
  reviewer: Person | null;

  @One(SpotCheck, 'checkedBy', Person, 'Who checked it; null before.')
  checker: Person | null;

  @FieldResolver(() => [QualityVerdict], {
    description: 'What was found of each quality; empty before it was checked.',
  })
  verdicts(@Root() { verdicts }: SpotCheck): QualityVerdict[] {
    return Object.entries(verdicts).map(([quality, isThere]) =>
      Object.assign(new QualityVerdict(), { quality: quality as Quality, isThere }),
    );
  }

  @FieldResolver(() => Boolean, { description: 'Whether it was not done in time.' })
  async overdue(@Root() { checkedAt, dueAt }: SpotCheck, @Ctx() { reader }: RequestContext): Promise<boolean> {
    const now = await reader.now();
    return checkedAt === null && dueAt < now;
  }

  @Runs(recordSpotCheck)
  @Mutation(() => SpotCheckResult, {
    description:
      'Says what you found in a handoff that you had no part in. Refused: NOT_OPEN, SELF_REVIEW, FINDINGS_MISSING.',
  })
  recordSpotCheck(
    @Arg('input') input: RecordSpotCheckInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SpotCheck | RefusedType> {
    return ctx.run(recordSpotCheck, input, info, SpotCheck);
  }
}

@Resolver(() => SpotCheckDraw)
export class SpotCheckDrawResolver {
  @One(SpotCheckDraw, 'ownerId', Person, 'The rep.')
  rep: Person | null;
}

@Resolver(() => RedFlag)
export class RedFlagResolver {
  @Allow('read', 'RedFlag')
  @Query(() => RedFlagConnection, { description: 'Red flags that raised themselves, newest first.' })
  redFlags(@Args() args: RedFlagsArgs, @Ctx() { reader }: RequestContext): Promise<Page<RedFlag>> {
    return reader.page(RedFlag, args.openOnly ? { acknowledgedAt: null } : {}, args.checked());
  }

  @One(RedFlag, 'ownerId', Person, 'Who says what is done about it.')
  owner: Person | null;

  @One(RedFlag, 'acknowledgedBy', Person, 'Who acknowledged it; null before.')
  acknowledger: Person | null;

  @Runs(acknowledgeRedFlag)
  @Mutation(() => RedFlagResult, { description: 'Says what is done about a red flag. Refused: NOT_OPEN.' })
  acknowledgeRedFlag(
    @Arg('input') input: AcknowledgeRedFlagInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RedFlag | RefusedType> {
    return ctx.run(acknowledgeRedFlag, input, info, RedFlag);
  }
}
