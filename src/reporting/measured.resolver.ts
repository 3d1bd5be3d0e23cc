import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { KpiBaseline } from '../kpi/kpi.entity.js';
import { KpiBaselineResult } from '../kpi/kpi.resolver.js';
import { FreezeKpiBaselineFromCasesInput } from './kpi-figure.input.js';
import { freezeKpiBaselineFromCases } from './measured.commands.js';

@Resolver()
export class MeasuredBaselineResolver {
  @Runs(freezeKpiBaselineFromCases)
  @Mutation(() => KpiBaselineResult, {
    description:
      'Freezes what was measured in a period as the baseline of a KPI; once. Refused: KPI_UNKNOWN, PERIOD_INVALID, NOT_ELIGIBLE, ALREADY_FROZEN, REPORTING_BEHIND.',
  })
  freezeKpiBaselineFromCases(
    @Arg('input') input: FreezeKpiBaselineFromCasesInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<KpiBaseline | RefusedType> {
    return ctx.run(freezeKpiBaselineFromCases, input, info, KpiBaseline);
  }
}
