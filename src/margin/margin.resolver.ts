import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many } from '../core/graphql/relations.js';
import { Runs, Sensitive } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { ApprovalRequestResult } from '../approval/approval.result.js';
import { ApprovalRequest } from '../approval/request.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { handoffSubject } from '../handoff/handoff.rules.js';
import { requestMarginException } from './margin.commands.js';
import { MarginSummary } from './margin.entity.js';
import { RequestMarginExceptionInput } from './margin.input.js';
import { exceptionFiguresOf, marginOf } from './margin.view.js';

@Resolver(() => Handoff)
export class HandoffMarginResolver {
  @Sensitive('MARGIN')
  @FieldResolver(() => MarginSummary, {
    nullable: true,
    description: "The margin of the handoff's terms against the floors in force today; null for a program.",
  })
  margin(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<MarginSummary | null> {
    return marginOf(reader, handoff);
  }

  @Many(ApprovalRequest, 'subjectId', 'The approval requests about this handoff, newest first, ended ones too.', {
    orderBy: ['-id'],
    where: { subjectType: 'Handoff' },
  })
  approvalRequests: ApprovalRequest[];

  @Runs(requestMarginException)
  @Mutation(() => ApprovalRequestResult, {
    description:
      'Asks the approvers to let the deal pass below its margin floor: one of them, or two different people above materiality. Refused: NOT_EDITABLE, NOTHING_TO_EXCEPT, COST_MISSING and other findings that no exception covers, ALREADY_REQUESTED, QUORUM_UNREACHABLE.',
  })
  requestMarginException(
    @Arg('input') input: RequestMarginExceptionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApprovalRequest | RefusedType> {
    return ctx.run(requestMarginException, input, info, ApprovalRequest);
  }
}

@Resolver(() => ApprovalRequest)
export class ApprovalRequestMarginResolver {
  @FieldResolver(() => Handoff, {
    nullable: true,
    description: 'The handoff that it is about; null when it is about something else, or not for you to read.',
  })
  handoff(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<Handoff | null> {
    const { type } = handoffSubject(request.subjectId);
    return request.subjectType === type ? reader.one(Handoff, request.subjectId) : Promise.resolve(null);
  }

  @Sensitive('MARGIN')
  @FieldResolver(() => MarginSummary, {
    nullable: true,
    description:
      'Floor, actual margin and shortfall of exactly the content that the current round asks about; null for another kind of request.',
  })
  marginException(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<MarginSummary | null> {
    return exceptionFiguresOf(reader, request);
  }
}
