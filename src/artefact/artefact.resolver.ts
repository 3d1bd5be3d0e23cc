import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Person } from '../identity/person.entity.js';
import { exportDataset, issueArtefact } from './report-file.commands.js';
import { ReportFile } from './report-file.entity.js';
import { ExportDatasetInput, IssueArtefactInput } from './report-file.input.js';

const ReportFileConnection = connectionOf(ReportFile, 'ReportFile');
const ReportFileResult = resultOf('ReportFileResult', ReportFile);

/** Datasets and artefacts as files. */
@Resolver(() => ReportFile)
export class ReportFileResolver {
  @Allow('read', 'ReportFile')
  @Query(() => ReportFileConnection, {
    description: 'The files that you asked for, or all of them for administrators and auditors; newest first.',
  })
  reportFiles(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<ReportFile>> {
    return reader.page(ReportFile, {}, args.checked());
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Where the file is fetched, on this server, with your own token: only in the answer that made it, and once.',
  })
  url(@Root() row: ReportFile, @Ctx() { secrets }: RequestContext): string | null {
    return secrets.get(row.id) ?? null;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How many bytes the fetched file has; 2147483647 for a longer one.',
  })
  bytes(@Root() { bytes }: ReportFile): number | null {
    return bytes === null ? null : Math.min(Number(bytes), 2_147_483_647);
  }

  @One(ReportFile, 'requestedBy', Person, 'Who asked for it; nobody else may fetch it.')
  requestedBy: Person | null;

  @Runs(exportDataset)
  @Mutation(() => ReportFileResult, {
    description:
      'Asks for a dataset as CSV or XLSX, with the columns and rows that your role sees. Refused: NO_PERIOD, PERIOD, DATASET_TOO_LARGE.',
  })
  exportDataset(
    @Arg('input') input: ExportDatasetInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ReportFile | RefusedType> {
    return ctx.run(exportDataset, input, info, ReportFile);
  }

  @Runs(issueArtefact)
  @Mutation(() => ReportFileResult, {
    description:
      'Asks for an artefact of document 002. It is made of live data when it is fetched; what your role does not see says that it is withheld.',
  })
  issueArtefact(
    @Arg('input') input: IssueArtefactInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ReportFile | RefusedType> {
    return ctx.run(issueArtefact, input, info, ReportFile);
  }
}
