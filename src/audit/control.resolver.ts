import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Person } from '../identity/person.entity.js';
import { ReviewControlItemInput } from './audit.input.js';
import { reviewControlItem } from './control.commands.js';
import { ControlItem, ControlItemState, ControlRun } from './control.entity.js';
import { AuditSample, AuditSampleItem } from './sample.entity.js';

const ControlRunConnection = connectionOf(ControlRun, 'ControlRun');
const ControlItemResult = resultOf('ControlItemResult', ControlItem);

/** The monthly look at overrides. */
@Resolver(() => ControlRun)
export class ControlRunResolver {
  @Allow('read', 'ControlRun')
  @Query(() => ControlRunConnection, { description: 'The runs of scheduled controls, newest first.' })
  controlRuns(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<ControlRun>> {
    return reader.page(ControlRun, {}, args.checked());
  }

  @One(ControlRun, 'sampleId', AuditSample, 'What was drawn, of how much, by which seed.')
  sample: AuditSample | null;

  @Many(ControlItem, 'runId', 'The sampled overrides and what came of each.', { orderBy: ['position'] })
  items: ControlItem[];

  @FieldResolver(() => Int, { description: 'How many items nobody has reviewed yet.' })
  async open(@Root() { id }: ControlRun, @Ctx() { reader }: RequestContext): Promise<number> {
    const items = await reader.many(ControlItem, 'runId', id, ['position']);
    return items.filter(({ reviewedBy }) => reviewedBy === null).length;
  }

  @FieldResolver(() => Boolean, { description: 'Whether items are open past their time.' })
  async overdue(@Root() { id, dueAt }: ControlRun, @Ctx() { reader }: RequestContext): Promise<boolean> {
    const [items, now] = await Promise.all([reader.many(ControlItem, 'runId', id, ['position']), reader.now()]);
    return dueAt <= now && items.some(({ state }) => isUnreviewed(state));
  }
}

const isUnreviewed = (state: ControlItemState): boolean =>
  state === ControlItemState.OPEN || state === ControlItemState.UNASSIGNED;

/** One sampled override. */
@Resolver(() => ControlItem)
export class ControlItemResolver {
  @One(ControlItem, 'sampleItemId', AuditSampleItem, 'The override.')
  override: AuditSampleItem | null;

  @One(ControlItem, 'reviewerId', Person, 'Who is to review it; null when nobody independent is left.')
  reviewer: Person | null;

  @One(ControlItem, 'reviewedBy', Person, 'Who reviewed it; null while nobody has.')
  reviewedBy: Person | null;

  @Runs(reviewControlItem)
  @Mutation(() => ControlItemResult, {
    description:
      'Says what you found in an override that you had no hand in. Refused: NOT_OPEN, SELF_REVIEW, NOT_ELIGIBLE.',
  })
  reviewControlItem(
    @Arg('input') input: ReviewControlItemInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ControlItem | RefusedType> {
    return ctx.run(reviewControlItem, input, info, ControlItem);
  }
}
