import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Allow } from '../core/graphql/rights.js';
import { connectionOf } from '../core/graphql/shapes.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { SlicedArgs, SlicedPageArgs, StalledArgs } from './kpi-figure.input.js';
import { presentOf } from './kpi-figure.view.js';
import { exceptionsPage, handoffFunnel, reportingState, stalledHandoffs } from './report.queries.js';
import { FunnelStep, ReportedException, ReportingState, StalledHandoff } from './report.types.js';

const StalledHandoffConnection = connectionOf(StalledHandoff, 'StalledHandoff');
const ReportedExceptionConnection = connectionOf(ReportedException, 'ReportedException');

@Resolver()
export class ReportResolver {
  @Allow('read', 'Reporting')
  @Query(() => [FunnelStep], {
    description: 'How far the handoffs came that were opened in a period, stage by stage; returned and withdrawn last.',
  })
  async handoffFunnel(@Args() args: SlicedArgs, @Ctx() { reader }: RequestContext): Promise<FunnelStep[]> {
    const { timeZone } = await presentOf(reader);
    return reader.ask(handoffFunnel(args.period(), args.slice ?? {}, timeZone));
  }

  @Allow('read', 'Reporting')
  @Query(() => ReportingState, { description: 'How far the reporting model is behind the record.' })
  reportingState(@Ctx() { reader }: RequestContext): Promise<ReportingState> {
    return reader.ask(reportingState());
  }
}

@Resolver(() => StalledHandoff)
export class StalledHandoffResolver {
  @Allow('read', 'Reporting')
  @Query(() => StalledHandoffConnection, {
    description:
      'Deadlines that have passed and still wait for what was due, the longest past first, each with who is to act.',
  })
  async stalledHandoffs(@Args() args: StalledArgs, @Ctx() { reader }: RequestContext): Promise<Page<StalledHandoff>> {
    return reader.ask(stalledHandoffs(await reader.now(), args.slice ?? {}, args.checked()));
  }

  @One(StalledHandoff, 'handoffId', Handoff, 'The handoff.')
  handoff: Handoff | null;

  @One(
    StalledHandoff,
    'responsibleId',
    Person,
    'Who is to act: the owner in sales for what sales owes, else the delivery manager.',
  )
  owner: Person | null;
}

@Resolver(() => ReportedException)
export class ReportedExceptionResolver {
  @Allow('read', 'Reporting')
  @Query(() => ReportedExceptionConnection, {
    description:
      'Requests for approval of handoffs and their scope changes that were opened in a period, newest first.',
  })
  async reportedExceptions(
    @Args() args: SlicedPageArgs,
    @Ctx() { reader }: RequestContext,
  ): Promise<Page<ReportedException>> {
    const { timeZone } = await presentOf(reader);
    return reader.ask(exceptionsPage(args.period(), args.slice ?? {}, timeZone, args.checked()));
  }

  @One(ReportedException, 'handoffId', Handoff, 'The handoff.')
  handoff: Handoff | null;

  @One(ReportedException, 'requesterId', Person, 'Who asked.')
  requester: Person | null;
}
