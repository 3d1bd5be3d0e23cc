import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { ApprovalRequest } from '../approval/request.entity.js';
import { Person } from '../identity/person.entity.js';
import { DrawSampleInput, ExportPopulationInput, MakeEvidencePackInput } from './audit.input.js';
import { AuditExport } from './audit-export.entity.js';
import { eligibilityFor, EligibilityArgs, EligibilityType } from './eligibility.view.js';
import { exportPopulation, makeEvidencePack } from './export.commands.js';
import { handlesOf } from './population.queries.js';
import { drawSample } from './sample.commands.js';
import { AuditSample, AuditSampleItem } from './sample.entity.js';

const AuditExportConnection = connectionOf(AuditExport, 'AuditExport');
const AuditExportResult = resultOf('AuditExportResult', AuditExport);
const AuditSampleConnection = connectionOf(AuditSample, 'AuditSample');
const AuditSampleResult = resultOf('AuditSampleResult', AuditSample);

/** What auditors count and take away. */
@Resolver(() => AuditExport)
export class AuditExportResolver {
  @Allow('read', 'AuditExport')
  @Query(() => AuditExportConnection, { description: 'What was exported for auditors, newest first.' })
  auditExports(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<AuditExport>> {
    return reader.page(AuditExport, {}, args.checked());
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Where the file is fetched, on this server, with your own token: only in the answer that made it, and once.',
  })
  url(@Root() row: AuditExport, @Ctx() { secrets }: RequestContext): string | null {
    return secrets.get(row.id) ?? null;
  }

  @One(AuditExport, 'requestedBy', Person, 'Who asked for it; nobody else may fetch it.')
  requestedBy: Person | null;

  @One(AuditExport, 'requestId', ApprovalRequest, 'The request of a pack, if it is of one.')
  request: ApprovalRequest | null;

  @One(AuditExport, 'sampleId', AuditSample, 'The sample of a pack, if it is of one.')
  sample: AuditSample | null;

  @Runs(exportPopulation)
  @Mutation(() => AuditExportResult, {
    description:
      'Takes every row of a population in a period, as CSV; the count is in the ledger. Refused: PERIOD, PERIOD_NOT_OVER, POPULATION_TOO_LARGE.',
  })
  exportPopulation(
    @Arg('input') input: ExportPopulationInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuditExport | RefusedType> {
    return ctx.run(exportPopulation, input, info, AuditExport);
  }

  @Runs(makeEvidencePack)
  @Mutation(() => AuditExportResult, {
    description:
      'Packs the evidence behind one request, or behind everything in a sample, as zip. Refused: ONE_OF_TWO, SAMPLE_EMPTY.',
  })
  makeEvidencePack(
    @Arg('input') input: MakeEvidencePackInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuditExport | RefusedType> {
    return ctx.run(makeEvidencePack, input, info, AuditExport);
  }

  @Allow('audit', 'ApprovalRequest')
  @Query(() => EligibilityType, {
    description:
      'Who could have approved a request at an instant of the past, with every reason for or against, by what was true then.',
  })
  couldHaveApproved(@Args() args: EligibilityArgs, @Ctx() { reader }: RequestContext): Promise<EligibilityType> {
    return eligibilityFor(reader, args);
  }
}

/** Samples and how they were drawn. */
@Resolver(() => AuditSample)
export class AuditSampleResolver {
  @Allow('read', 'AuditSample')
  @Query(() => AuditSample, { description: 'A sample with its rows; NOT_FOUND when there is none here.' })
  sample(
    @Arg('id', () => ID, { description: 'The id of the sample.' }) id: string,
    @Ctx() { reader }: RequestContext,
  ): Promise<AuditSample> {
    return reader.required(AuditSample, id);
  }

  @Allow('read', 'AuditSample')
  @Query(() => AuditSampleConnection, { description: 'The samples, newest first.' })
  samples(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<AuditSample>> {
    return reader.page(AuditSample, {}, args.checked());
  }

  @Many(AuditSampleItem, 'sampleId', 'Its rows in the order drawn.', { orderBy: ['position'] })
  items: AuditSampleItem[];

  @FieldResolver(() => String, { description: 'Who drew it: the handle of a person, or the name of a job.' })
  async drawnBy(@Root() { drawnBy }: AuditSample, @Ctx() { reader }: RequestContext): Promise<string> {
    return (await reader.once('handles', handlesOf)).get(drawnBy) ?? drawnBy;
  }

  @Runs(drawSample)
  @Mutation(() => AuditSampleResult, {
    description:
      'Draws a sample by a seed that stays on record: the same seed draws the same rows. Refused: ONE_OF_TWO, PERIOD, PERIOD_NOT_OVER, POPULATION_TOO_LARGE.',
  })
  drawSample(
    @Arg('input') input: DrawSampleInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuditSample | RefusedType> {
    return ctx.run(drawSample, input, info, AuditSample);
  }
}

/** The rows of samples. */
@Resolver(() => AuditSampleItem)
export class AuditSampleItemResolver {
  @One(AuditSampleItem, 'requestId', ApprovalRequest, 'The request behind it; null for a waived item.')
  request: ApprovalRequest | null;
}
