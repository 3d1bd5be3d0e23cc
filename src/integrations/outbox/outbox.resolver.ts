import { IsOptional, Length } from 'class-validator';
import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequestContext } from '../../core/graphql/context.js';
import { PageArgs } from '../../core/graphql/page-args.js';
import { Many } from '../../core/graphql/relations.js';
import { Allow, Runs } from '../../core/graphql/rights.js';
import { connectionOf, resultOf } from '../../core/graphql/shapes.js';
import type { RefusedType } from '../../core/graphql/types.js';
import { OutboxAttempt, VendorPause } from '../../core/outbox/attempt.entity.js';
import { EffectState, OutboxEffect } from '../../core/outbox/effect.entity.js';
import { vendorPauses } from '../../core/outbox/lease.js';
import type { Page } from '../../core/page.js';
import { adoptEffect, cancelEffect, confirmEffect, retryEffect } from './outbox.commands.js';
import { AdoptEffectInput, CancelEffectInput, EffectInput } from './outbox.input.js';
import { holding, openCounts, OutboxStatus } from './outbox.queries.js';
import { EffectAction, effectActions } from './outbox.rules.js';

const OutboxEffectConnection = connectionOf(OutboxEffect, 'OutboxEffect');
const OutboxEffectResult = resultOf('OutboxEffectResult', OutboxEffect);
const OPEN: readonly EffectState[] = [EffectState.PENDING, EffectState.UNKNOWN];

@ArgsType()
class EffectArgs extends PageArgs {
  @Field(() => EffectState, { nullable: true, description: 'Only effects in this state.' })
  state: EffectState | null;

  @IsOptional()
  @Length(1, 80)
  @Field(() => String, { nullable: true, description: 'Only effects on this vendor, such as HALOPSA.' })
  vendor: string | null;

  @Field(() => ID, { nullable: true, description: 'Only effects for the record with this id.' })
  aggregateId: string | null;
}

/** Side effects: what is to be done outside, how it went, and what people decide about it. */
@Resolver(() => OutboxEffect)
export class OutboxResolver {
  @Allow('read', 'OutboxEffect')
  @Query(() => OutboxEffectConnection, { description: 'The side effects on systems outside, newest first.' })
  outboxEffects(@Args() args: EffectArgs, @Ctx() { reader }: RequestContext): Promise<Page<OutboxEffect>> {
    const { state, vendor, aggregateId } = args;
    const where = {
      ...(state ? { state } : {}),
      ...(vendor ? { vendor } : {}),
      ...(aggregateId ? { aggregateId } : {}),
    };
    return reader.page(OutboxEffect, where, args.checked());
  }

  @Allow('read', 'OutboxEffect')
  @Query(() => OutboxStatus, { description: 'What of the side effects is not done, by vendor and state.' })
  async outboxStatus(@Ctx() { reader }: RequestContext): Promise<OutboxStatus> {
    const [counts, pauses, now] = await Promise.all([
      reader.ask(openCounts()),
      reader.once('vendorPauses', vendorPauses),
      reader.now(),
    ]);
    return { counts, pauses: holding(pauses, now) };
  }

  @Many(OutboxAttempt, 'effectId', 'Every attempt, the first at the front.')
  attemptLog: OutboxAttempt[];

  @FieldResolver(() => VendorPause, {
    nullable: true,
    description: 'The pause of its vendor that it waits for; null when it waits for none.',
  })
  async waitsFor(
    @Root() { state, vendor }: OutboxEffect,
    @Ctx() { reader }: RequestContext,
  ): Promise<VendorPause | null> {
    if (vendor === null || !OPEN.includes(state)) return null;
    const [pauses, now] = await Promise.all([reader.once('vendorPauses', vendorPauses), reader.now()]);
    return holding(pauses, now).find((pause) => pause.vendor === vendor) ?? null;
  }

  @FieldResolver(() => [EffectAction], { description: 'What an administrator may decide about it now.' })
  async availableActions(@Root() effect: OutboxEffect, @Ctx() { reader }: RequestContext): Promise<EffectAction[]> {
    return effectActions(effect, await reader.now());
  }

  @Runs(retryEffect)
  @Mutation(() => OutboxEffectResult, {
    description: 'Has a side effect tried again now; in doubt it is looked up first.',
  })
  retryEffect(
    @Arg('input') input: EffectInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<OutboxEffect | RefusedType> {
    return ctx.run(retryEffect, input, info, OutboxEffect);
  }

  @Runs(adoptEffect)
  @Mutation(() => OutboxEffectResult, { description: 'Says that the vendor has it already, and under which id.' })
  adoptEffect(
    @Arg('input') input: AdoptEffectInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<OutboxEffect | RefusedType> {
    return ctx.run(adoptEffect, input, info, OutboxEffect);
  }

  @Runs(confirmEffect)
  @Mutation(() => OutboxEffectResult, { description: 'Says that the vendor does not have it: it is sent (again).' })
  confirmEffect(
    @Arg('input') input: EffectInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<OutboxEffect | RefusedType> {
    return ctx.run(confirmEffect, input, info, OutboxEffect);
  }

  @Runs(cancelEffect)
  @Mutation(() => OutboxEffectResult, { description: 'Ends a side effect that is not wanted any more.' })
  cancelEffect(
    @Arg('input') input: CancelEffectInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<OutboxEffect | RefusedType> {
    return ctx.run(cancelEffect, input, info, OutboxEffect);
  }
}
