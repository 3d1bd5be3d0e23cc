import { Args, ArgsType, Ctx, Field, FieldResolver, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Sensitive } from '../core/graphql/rights.js';
import { ApprovalRequest } from '../approval/request.entity.js';
import { ExceptionHistory, exceptionHistoryOf, ExceptionRecordType } from './exception-history.view.js';
import { ExceptionDetail, exceptionOf, ExceptionWeighing } from './exception.view.js';
import { TermsChange, termsChangeOf } from './terms-change.view.js';

@ArgsType()
class ChangesArgs {
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'true: since your own last vote; otherwise since the last vote of anybody.',
  })
  mine: boolean;
}

/** What the approver of a margin exception sees beside the figures of its parts (issue 3). */
@Resolver(() => ApprovalRequest)
export class ApprovalRequestExceptionResolver {
  @Sensitive('MARGIN')
  @FieldResolver(() => ExceptionDetail, {
    nullable: true,
    description:
      'The exception line by line, and how it was weighed; null for another kind of request, and when the content that it asks about is gone.',
  })
  exception(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<ExceptionDetail | null> {
    return exceptionOf(reader, request);
  }

  @FieldResolver(() => TermsChange, {
    nullable: true,
    description: 'What the terms of the current round differ in from those of the last vote; null when nobody voted.',
  })
  changesSinceLastVote(
    @Root() request: ApprovalRequest,
    @Args() { mine }: ChangesArgs,
    @Ctx() { reader, actor }: RequestContext,
  ): Promise<TermsChange | null> {
    return termsChangeOf(reader, request, mine, actor);
  }

  @FieldResolver(() => ExceptionHistory, {
    nullable: true,
    description: 'Earlier margin exceptions of this requester, template and client; null for another kind of request.',
  })
  history(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<ExceptionHistory | null> {
    return exceptionHistoryOf(reader, request);
  }
}

@Resolver(() => ExceptionWeighing)
export class ExceptionWeighingResolver {
  @FieldResolver(() => [ApprovalRequest], {
    description: "The client's other exceptions that counted together with it when it was asked for.",
  })
  countedTogether(@Root() weighing: ExceptionWeighing, @Ctx() { reader }: RequestContext): Promise<ApprovalRequest[]> {
    return requestsOf(reader, weighing.priorRequestIds);
  }
}

@Resolver(() => ExceptionRecordType)
export class ExceptionRecordResolver {
  @FieldResolver(() => [ApprovalRequest], { description: 'The latest of them, newest first, five at most.' })
  latest(@Root() record: ExceptionRecordType, @Ctx() { reader }: RequestContext): Promise<ApprovalRequest[]> {
    return requestsOf(reader, record.latestIds);
  }
}

async function requestsOf(reader: RequestContext['reader'], ids: readonly string[]): Promise<ApprovalRequest[]> {
  const requests = await Promise.all(ids.map((id) => reader.one(ApprovalRequest, id)));
  return requests.filter((request) => request !== null);
}
