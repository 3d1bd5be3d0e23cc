import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../../core/graphql/context.js';
import { One } from '../../core/graphql/relations.js';
import { Allow, Runs } from '../../core/graphql/rights.js';
import { connectionOf, resultOf } from '../../core/graphql/shapes.js';
import type { RefusedType } from '../../core/graphql/types.js';
import { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { Page } from '../../core/page.js';
import { Person } from '../../identity/person.entity.js';
import { grantPowerBiClass, refreshPowerBi, revokePowerBiClass } from './powerbi.commands.js';
import { PowerBiBatch, PowerBiClass, PowerBiRefresh } from './powerbi.entity.js';
import { PowerBiClassInput, PowerBiPageArgs, RefreshPowerBiInput } from './powerbi.input.js';
import { effectsOfBatches } from './powerbi.queries.js';
import { PowerBiState, powerBiStates } from './powerbi.view.js';

const PowerBiBatchConnection = connectionOf(PowerBiBatch, 'PowerBiBatch');
const PowerBiRefreshConnection = connectionOf(PowerBiRefresh, 'PowerBiRefresh');
const PowerBiClassResult = resultOf('PowerBiClassResult', PowerBiClass);
const PowerBiRefreshResult = resultOf('PowerBiRefreshResult', PowerBiRefresh);

/** What goes out to Power BI, and who lets it. */
@Resolver(() => PowerBiClass)
export class PowerBiResolver {
  @Allow('read', 'PowerBiClass')
  @Query(() => [PowerBiState], {
    description:
      'The connections to Power BI: what they do, what may leave and how far they are. Hardly ever more than one.',
  })
  powerBiStates(@Ctx() { reader }: RequestContext): Promise<PowerBiState[]> {
    return reader.ask(powerBiStates());
  }

  @One(PowerBiClass, 'grantedById', Person, 'Who granted it.')
  grantedBy: Person | null;

  @Runs(grantPowerBiClass)
  @Mutation(() => PowerBiClassResult, {
    description:
      'Lets a class that you see yourself out to the present workspace of a connection. Refused: POWERBI_OTHER_VENDOR, POWERBI_CLASS_GRANTED.',
  })
  grantPowerBiClass(
    @Arg('input') input: PowerBiClassInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PowerBiClass | RefusedType> {
    return ctx.run(grantPowerBiClass, input, info, PowerBiClass);
  }

  @Runs(revokePowerBiClass)
  @Mutation(() => PowerBiClassResult, {
    description: 'Takes a class back: what is pushed begins anew without it. Refused: POWERBI_CLASS_NOT_GRANTED.',
  })
  revokePowerBiClass(
    @Arg('input') input: PowerBiClassInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PowerBiClass | RefusedType> {
    return ctx.run(revokePowerBiClass, input, info, PowerBiClass);
  }
}

/** Rows that went out. */
@Resolver(() => PowerBiBatch)
export class PowerBiBatchResolver {
  @Allow('read', 'PowerBiBatch')
  @Query(() => PowerBiBatchConnection, { description: 'What was pushed to Power BI by a connection, newest first.' })
  powerBiBatches(@Args() args: PowerBiPageArgs, @Ctx() { reader }: RequestContext): Promise<Page<PowerBiBatch>> {
    return reader.page(PowerBiBatch, { integrationId: args.integrationId }, args.checked());
  }

  @FieldResolver(() => OutboxEffect, {
    nullable: true,
    description: 'The effect that sends it; null for whoever may not look into the outbox.',
  })
  async effect(@Root() { id }: PowerBiBatch, @Ctx() { reader }: RequestContext): Promise<OutboxEffect | null> {
    return reader.one(OutboxEffect, await reader.keyed('powerBiBatch.effect', effectsOfBatches, id));
  }
}

/** Refreshes of the import model. */
@Resolver(() => PowerBiRefresh)
export class PowerBiRefreshResolver {
  @Allow('read', 'PowerBiRefresh')
  @Query(() => PowerBiRefreshConnection, { description: "The refreshes of a connection's model, newest first." })
  powerBiRefreshes(@Args() args: PowerBiPageArgs, @Ctx() { reader }: RequestContext): Promise<Page<PowerBiRefresh>> {
    return reader.page(PowerBiRefresh, { integrationId: args.integrationId }, args.checked());
  }

  @One(PowerBiRefresh, 'askedById', Person, 'Who asked for it; null when the model has changed.')
  askedBy: Person | null;

  @Runs(refreshPowerBi)
  @Mutation(() => PowerBiRefreshResult, {
    description:
      'Has the worker refresh the model now. Refused: POWERBI_NO_MODEL, POWERBI_REFRESH_RUNS, POWERBI_REFRESH_LIMIT.',
  })
  refreshPowerBi(
    @Arg('input') input: RefreshPowerBiInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PowerBiRefresh | RefusedType> {
    return ctx.run(refreshPowerBi, input, info, PowerBiRefresh);
  }
}
