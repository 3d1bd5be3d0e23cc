import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Allow } from '../core/graphql/rights.js';
import { connectionOf } from '../core/graphql/shapes.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { kpiCasesPage } from './kpi-case.queries.js';
import { KpiCasesArgs, KpiComparisonArgs, KpiFiguresArgs, KpiTrendArgs, knownKeys } from './kpi-figure.input.js';
import { KpiCase, KpiComparison, KpiFigureType } from './kpi-figure.types.js';
import { classesOf, comparisonView, figuresView, presentOf, visibleKeys } from './kpi-figure.view.js';

const KpiCaseConnection = connectionOf(KpiCase, 'KpiCase');

@Resolver(() => KpiFigureType)
export class KpiFigureResolver {
  @Allow('read', 'KpiFigure')
  @Query(() => [KpiFigureType], {
    description: 'The KPIs of a period as far as it is known, in the order asked; those of margin for who sees margin.',
  })
  async kpiFigures(@Args() args: KpiFiguresArgs, @Ctx() ctx: RequestContext): Promise<KpiFigureType[]> {
    const keys = visibleKeys(args.keys ? knownKeys(args.keys) : null, ctx.ability);
    return figuresView(ctx, keys, [args.period()], args.slice ?? {});
  }

  @Allow('read', 'KpiFigure')
  @Query(() => [KpiFigureType], {
    description: 'One KPI by calendar weeks or months, oldest first; a step without a case is there, too, with null.',
  })
  async kpiTrend(@Args() args: KpiTrendArgs, @Ctx() ctx: RequestContext): Promise<KpiFigureType[]> {
    const keys = visibleKeys(knownKeys([args.key], 'key'), ctx.ability);
    return figuresView(ctx, keys, args.steps(), args.slice ?? {});
  }

  @Allow('read', 'KpiFigure')
  @Query(() => [KpiComparison], {
    description: 'KPIs before and after: the frozen baseline beside week 4, week 8 and quarter one.',
  })
  async kpiComparison(@Args() { keys }: KpiComparisonArgs, @Ctx() ctx: RequestContext): Promise<KpiComparison[]> {
    return comparisonView(ctx, visibleKeys(keys ? knownKeys(keys) : null, ctx.ability));
  }
}

@Resolver(() => KpiCase)
export class KpiCaseResolver {
  @Allow('read', 'KpiFigure')
  @Query(() => KpiCaseConnection, {
    description: 'The cases that a figure was added up from, those that counted last first.',
  })
  async kpiCases(@Args() args: KpiCasesArgs, @Ctx() { reader, ability }: RequestContext): Promise<Page<KpiCase>> {
    const [key] = visibleKeys(knownKeys([args.key], 'key'), ability);
    const [period, page] = [args.period(), args.checked()];
    const { at, on } = await presentOf(reader);
    const slice = args.slice ?? {};
    const question = { key: key!, period, slice, asOf: at, asOfOn: on, sees: classesOf(ability) };
    return reader.ask(kpiCasesPage(question, page));
  }

  @One(KpiCase, 'handoffId', Handoff, 'The handoff that it belongs to.')
  handoff: Handoff | null;
}
