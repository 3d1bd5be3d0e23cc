import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { AmendCriterionInput, CompleteRemediationInput, ScoresArgs, TasksArgs } from './quality.input.js';
import { ScoreFigures, ScoreStatistic } from './quality.types.js';
import { frozenFigures, liveScore, statistics } from './quality.view.js';
import { amendCriterion, completeRemediation } from './score.commands.js';
import { QualityScore, Remediation, RemediationState, ScoreAmendment } from './score.entity.js';

const QualityScoreResult = resultOf('QualityScoreResult', QualityScore);
const RemediationResult = resultOf('RemediationResult', Remediation);
const RemediationConnection = connectionOf(Remediation, 'Remediation');

@Resolver(() => Handoff)
export class HandoffQualityResolver {
  @FieldResolver(() => ScoreFigures, {
    nullable: true,
    description: 'The score by the 100-point rubric as it would be frozen now (document 004).',
  })
  liveScore(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<ScoreFigures | null> {
    return liveScore(reader, handoff.id);
  }

  @FieldResolver(() => [QualityScore], { description: 'Its frozen scores, oldest first: one a sign-off.' })
  scores(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<QualityScore[]> {
    return reader.many(QualityScore, 'handoffId', handoff.id);
  }

  @FieldResolver(() => [Remediation], { description: 'What of it had to be put right, oldest first.' })
  remediations(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<Remediation[]> {
    return reader.many(Remediation, 'handoffId', handoff.id);
  }
}

@Resolver(() => QualityScore)
export class QualityScoreResolver {
  @Allow('read', 'QualityScore')
  @Query(() => [ScoreStatistic], {
    description: 'Scores by rep, team, template or tier in a period, beside the period of the same length before.',
  })
  qualityScores(@Args() args: ScoresArgs, @Ctx() { reader }: RequestContext): Promise<ScoreStatistic[]> {
    return statistics(reader, args);
  }

  @FieldResolver(() => ScoreFigures, { description: 'What counts: the computed points with the newest amendments.' })
  figures(@Root() score: QualityScore, @Ctx() { reader }: RequestContext): Promise<ScoreFigures> {
    return frozenFigures(reader, score);
  }

  @FieldResolver(() => [ScoreAmendment], { description: 'What reviewers amended, oldest first.' })
  amendments(@Root() { id }: QualityScore, @Ctx() { reader }: RequestContext): Promise<ScoreAmendment[]> {
    return reader.many(ScoreAmendment, 'scoreId', id);
  }

  @FieldResolver(() => Person, { nullable: true, description: 'The rep who is scored.' })
  rep(@Root() { ownerId }: QualityScore, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, ownerId);
  }

  @Runs(amendCriterion)
  @Mutation(() => QualityScoreResult, {
    description:
      'Gives a criterion other points than were computed, with the reason; both stay. Refused: OWN_SCORE, POINTS_OUT_OF_RANGE.',
  })
  amendCriterion(
    @Arg('input') input: AmendCriterionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<QualityScore | RefusedType> {
    return ctx.run(amendCriterion, input, info, QualityScore);
  }
}

@Resolver(() => ScoreAmendment)
export class ScoreAmendmentResolver {
  @FieldResolver(() => Person, { nullable: true, description: 'Who amended it.' })
  amender(@Root() { amendedBy }: ScoreAmendment, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, amendedBy);
  }
}

@Resolver(() => ScoreStatistic)
export class ScoreStatisticResolver {
  @FieldResolver(() => Person, { nullable: true, description: 'The person; null for a template or a tier.' })
  person(@Root() { personId }: ScoreStatistic, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, personId);
  }
}

@Resolver(() => Remediation)
export class RemediationResolver {
  @Allow('read', 'Remediation')
  @Query(() => RemediationConnection, { description: 'Substandard handoffs that are to be put right, newest first.' })
  remediations(@Args() args: TasksArgs, @Ctx() { reader, actor }: RequestContext): Promise<Page<Remediation>> {
    const where = {
      ...(args.openOnly ? { state: RemediationState.OPEN } : {}),
      ...(args.mineOnly ? { ownerId: actor.id } : {}),
    };
    return reader.page(Remediation, where, args.checked());
  }

  @FieldResolver(() => Handoff, { nullable: true, description: 'The handoff.' })
  handoff(@Root() { handoffId }: Remediation, @Ctx() { reader }: RequestContext): Promise<Handoff | null> {
    return reader.one(Handoff, handoffId);
  }

  @FieldResolver(() => Person, { nullable: true, description: 'The rep who puts it right.' })
  owner(@Root() { ownerId }: Remediation, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, ownerId);
  }

  @FieldResolver(() => QualityScore, { nullable: true, description: 'The score that called for it.' })
  score(@Root() { scoreId }: Remediation, @Ctx() { reader }: RequestContext): Promise<QualityScore | null> {
    return reader.one(QualityScore, scoreId);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is open past its time.' })
  async overdue(@Root() { state, dueAt }: Remediation, @Ctx() { reader }: RequestContext): Promise<boolean> {
    const now = await reader.now();
    return state === RemediationState.OPEN && dueAt < now;
  }

  @Runs(completeRemediation)
  @Mutation(() => RemediationResult, {
    description:
      'Says that a substandard handoff was put right; it is scored again. Refused: NOT_OPEN, OWN_SCORE, STILL_SUBSTANDARD.',
  })
  completeRemediation(
    @Arg('input') input: CompleteRemediationInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Remediation | RefusedType> {
    return ctx.run(completeRemediation, input, info, Remediation);
  }
}
