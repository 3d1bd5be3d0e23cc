import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs, Sensitive } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import { FindingType, findingType, MoneyType, type RefusedType } from '../core/graphql/types.js';
import { formatMoney } from '../core/money.js';
import type { Page } from '../core/page.js';
import { Person } from '../identity/person.entity.js';
import { KpiBaseline } from '../kpi/kpi.entity.js';
import { backtestDeals, freezeBaselineFromBacktest, startBacktest } from './backtest.commands.js';
import { Backtest, BacktestDeal } from './backtest.entity.js';
import {
  BacktestDealsInput,
  BacktestedDealsArgs,
  FreezeBaselineFromBacktestInput,
  StartBacktestInput,
} from './backtest.input.js';
import { outcomesByBacktest } from './backtest.queries.js';
import { BacktestSummary } from './backtest.types.js';
import { summaryOf } from './backtest.view.js';

const BacktestResult = resultOf('BacktestResult', Backtest);
const BacktestBaselineResult = resultOf('BacktestBaselineResult', KpiBaseline);
const BacktestConnection = connectionOf(Backtest, 'Backtest');
const BacktestDealConnection = connectionOf(BacktestDeal, 'BacktestDeal');

@Resolver(() => Backtest)
export class BacktestResolver {
  @Allow('read', 'Backtest')
  @Query(() => BacktestConnection, { description: 'Every back-test, newest first.' })
  backtests(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<Backtest>> {
    return reader.page(Backtest, {}, args.checked());
  }

  @Allow('read', 'Backtest')
  @Query(() => Backtest, { nullable: true, description: 'A back-test; null when there is none of this id.' })
  backtest(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() { reader }: RequestContext,
  ): Promise<Backtest | null> {
    return reader.one(Backtest, id);
  }

  @Allow('read', 'BacktestDeal')
  @Query(() => BacktestDealConnection, { description: 'The deals of a back-test, the one judged last first.' })
  backtestedDeals(@Args() args: BacktestedDealsArgs, @Ctx() { reader }: RequestContext): Promise<Page<BacktestDeal>> {
    return reader.page(BacktestDeal, { backtestId: args.backtestId }, args.checked());
  }

  @One(Backtest, 'startedBy', Person, 'Who started it.')
  starter: Person | null;

  @FieldResolver(() => BacktestSummary, { description: 'What its deals came to, with numerators and denominators.' })
  async summary(@Root() backtest: Backtest, @Ctx() { reader }: RequestContext): Promise<BacktestSummary> {
    return summaryOf(backtest, (await reader.keyed('backtest.outcomes', outcomesByBacktest, backtest.id)) ?? []);
  }

  @Runs(startBacktest)
  @Mutation(() => BacktestResult, {
    description:
      'Begins to judge won deals of the past under the configuration that rules now. No handoff is opened and no vendor is told.',
  })
  startBacktest(
    @Arg('input') input: StartBacktestInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Backtest | RefusedType> {
    return ctx.run(startBacktest, input, info, Backtest);
  }

  @Runs(backtestDeals)
  @Mutation(() => BacktestResult, {
    description:
      'Judges won deals in audit mode. One that cannot be judged becomes a row that says why. Refused: DEAL_REPEATED, BACKTEST_FROZEN, BACKTEST_FULL; BACKTEST_UNFINISHED while the worker reads.',
  })
  backtestDeals(
    @Arg('input') input: BacktestDealsInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Backtest | RefusedType> {
    return ctx.run(backtestDeals, input, info, Backtest);
  }

  @Runs(freezeBaselineFromBacktest)
  @Mutation(() => BacktestBaselineResult, {
    description:
      'Freezes the figures of a back-test as the baseline of a KPI; once. Refused: KPI_NOT_BACKTESTED, BACKTEST_UNFINISHED, NOTHING_JUDGED, ALREADY_FROZEN.',
  })
  freezeBaselineFromBacktest(
    @Arg('input') input: FreezeBaselineFromBacktestInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<KpiBaseline | RefusedType> {
    return ctx.run(freezeBaselineFromBacktest, input, info, KpiBaseline);
  }
}

@Resolver(() => BacktestDeal)
export class BacktestDealResolver {
  @Sensitive('MARGIN')
  @FieldResolver(() => MoneyType, { nullable: true, description: 'Its revenue over the contract.' })
  revenue(@Root() { revenueMinor, currency }: BacktestDeal): MoneyType | null {
    return amount(revenueMinor, currency);
  }

  @Sensitive('MARGIN')
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: 'Its margin over the contract; null while a cost is unknown, which is not 0.',
  })
  margin(@Root() { marginMinor, currency }: BacktestDeal): MoneyType | null {
    return amount(marginMinor, currency);
  }

  @FieldResolver(() => [FindingType], { description: 'Everything that the gate would have named.' })
  findings(@Root() { findings }: BacktestDeal, @Ctx() { ability }: RequestContext): FindingType[] {
    return findings.map((found) => findingType(found, ability));
  }
}

const amount = (minor: bigint | null, currency: string | null): MoneyType | null =>
  minor === null || currency === null
    ? null
    : Object.assign(new MoneyType(), { amount: formatMoney({ minor, currency }), currency });
