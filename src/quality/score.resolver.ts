import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
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

  @Many(QualityScore, 'handoffId', 'Its frozen scores, oldest first: one a sign-off.')
  scores: QualityScore[];

  @Many(Remediation, 'handoffId', 'What of it had to be put right, oldest first.')
  remediations: Remediation[];
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

  @Many(ScoreAmendment, 'scoreId', 'What reviewers amended, oldest first.')
  amendments: ScoreAmendment[];

  @One(QualityScore, 'ownerId', Person, 'The rep who is scored.')
  rep: Person | null;

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
  @One(ScoreAmendment, 'amendedBy', Person, 'Who amended it.')
  amender: Person | null;
}

@Resolver(() => ScoreStatistic)
export class ScoreStatisticResolver {
  @One(ScoreStatistic, 'personId', Person, 'The person; null for a template or a tier.')
  person: Person | null;
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

  @One(Remediation, 'handoffId', Handoff, 'The handoff.')
  handoff: Handoff | null;

  @One(Remediation, 'ownerId', Person, 'The rep who puts it right.')
  owner: Person | null;

  @One(Remediation, 'scoreId', QualityScore, 'The score that called for it.')
  score: QualityScore | null;

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
