import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { approveIntroduction, recordIntroduction } from './introduction.commands.js';
import { Introduction, IntroductionDraft, IntroductionState } from './introduction.entity.js';
import { ApproveIntroductionInput, RecordIntroductionInput } from './introduction.input.js';
import { introductionFacts } from './introduction.queries.js';
import { approvalOf, INTRODUCTION_TEMPLATE, introductionFindings, introductionText } from './introduction.rules.js';

@Resolver(() => Handoff)
export class HandoffIntroductionResolver {
  @FieldResolver(() => IntroductionDraft, {
    nullable: true,
    description: 'The introduction of the client to delivery, drafted from the data as it is now.',
  })
  async introduction(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<IntroductionDraft | null> {
    const [facts, introductions] = await Promise.all([
      reader.keyed('introductions', introductionFacts, handoff.id),
      reader.many(Introduction, 'handoffId', handoff.id),
    ]);
    if (!facts) return null;
    const text = introductionText(facts);
    const sent = introductions.find(({ introducedAt }) => introducedAt !== null);
    const approval = sent ?? approvalOf(introductions, text);
    const unsent = approval ? IntroductionState.APPROVED : IntroductionState.DRAFT;
    return Object.assign(new IntroductionDraft(), {
      ...text,
      state: sent ? IntroductionState.SENT : unsent,
      templateVersion: INTRODUCTION_TEMPLATE,
      missing: introductionFindings(facts).map(({ code }) => code),
      approvedBy: approval?.approvedBy ?? null,
      approvedAt: approval?.approvedAt ?? null,
      threadUrl: sent?.threadUrl ?? null,
      introducedAt: sent?.introducedAt ?? null,
    });
  }

  @Runs(approveIntroduction)
  @Mutation(() => HandoffResult, { description: 'Approves the introduction of the client to delivery as it reads.' })
  approveIntroduction(
    @Arg('input') input: ApproveIntroductionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(approveIntroduction, input, info, Handoff);
  }

  @Runs(recordIntroduction)
  @Mutation(() => HandoffResult, {
    description: 'Records that the client was introduced with the approved text, and where the thread goes on.',
  })
  recordIntroduction(
    @Arg('input') input: RecordIntroductionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(recordIntroduction, input, info, Handoff);
  }
}

@Resolver(() => IntroductionDraft)
export class IntroductionDraftResolver {
  @One(IntroductionDraft, 'approvedBy', Person, 'Who approved this text; null while nobody has.')
  approver: Person | null;
}
