import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { allows } from '../core/ability.js';
import { RequestContext } from '../core/graphql/context.js';
import { personalTextsOf } from '../core/graphql/personal-texts.js';
import { First, Many, One } from '../core/graphql/relations.js';
import { Allow, Runs, Sensitive } from '../core/graphql/rights.js';
import { resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { BudgetBaseline } from '../project/baseline.entity.js';
import { draftBriefCommand, releaseBrief } from './brief.commands.js';
import { Brief } from './brief.entity.js';
import { ReleaseBriefInput } from './brief.input.js';
import { briefMarkdown } from './brief.markdown.js';
import { joinBrief } from './brief.personal.js';

const BriefResult = resultOf('BriefResult', Brief);

@Resolver(() => Handoff)
export class HandoffBriefResolver {
  @Many(Brief, 'handoffId', 'Every version of the brief, newest first.', { orderBy: ['-version'] })
  briefs: Brief[];

  @First(Brief, 'handoffId', 'The latest version of the brief; null before the first submit.', {
    orderBy: ['-version'],
  })
  currentBrief: Brief | null;
}

@Resolver(() => Brief)
export class BriefResolver {
  @Allow('read', 'Brief')
  @Query(() => Brief, { description: 'One version of a brief.' })
  brief(
    @Arg('id', () => ID, { description: 'The brief.' }) id: string,
    @Ctx() { reader }: RequestContext,
  ): Promise<Brief> {
    return reader.required(Brief, id);
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => String, {
    description:
      'The whole text as Markdown. For roles that may not see personal data, names and contacts are marked as withheld: that is the text of markdownHash. What was erased is marked for everybody.',
  })
  async markdown(@Root() brief: Brief, @Ctx() ctx: RequestContext): Promise<string> {
    if (!allows(ctx.ability, 'see', 'PERSONAL')) return brief.markdown;
    return briefMarkdown(joinBrief(brief.document, await personalTextsOf(ctx, brief.id)));
  }

  @FieldResolver(() => Handoff, { description: 'The handoff.' })
  handoff(@Root() brief: Brief, @Ctx() { reader }: RequestContext): Promise<Handoff> {
    return reader.required(Handoff, brief.handoffId);
  }

  @One(Brief, 'baselineId', BudgetBaseline, 'The budget baseline that it speaks of.')
  baseline: BudgetBaseline | null;

  @One(Brief, 'releasedBy', Person, 'The person who released it; null while it is a draft.')
  releasedBy: Person | null;

  @Runs(draftBriefCommand)
  @Mutation(() => BriefResult, { description: 'Generates the next version of the brief from the data as it stands.' })
  draftBrief(
    @Arg('input') input: HandoffChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Brief | RefusedType> {
    return ctx.run(draftBriefCommand, input, info, Brief);
  }

  @Runs(releaseBrief)
  @Mutation(() => BriefResult, { description: 'Releases the latest version: you have read it and stand behind it.' })
  releaseBrief(
    @Arg('input') input: ReleaseBriefInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Brief | RefusedType> {
    return ctx.run(releaseBrief, input, info, Brief);
  }
}
