import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { rolloutThresholds } from '../catalogue/rollout.rules.js';
import type { Finding } from '../core/finding.js';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { resultOf } from '../core/graphql/shapes.js';
import { FindingType, findingType, type RefusedType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { choosePilot, recordHypercareCheck } from './pilot.commands.js';
import { advanceRollout, confirmRollout, startRollout, switchEnforcementOn } from './rollout.commands.js';
import { PilotHandoff, Rollout, RolloutItem } from './rollout.entity.js';
import { ChoosePilotInput, RecordHypercareCheckInput, RolloutChangeInput, StartRolloutInput } from './rollout.input.js';
import { findRollout, letPass, overridesSince } from './rollout.queries.js';
import { Hypercare, RolloutOverride, RolloutThresholdsType } from './rollout.types.js';
import { advanceView, enforcementView, hypercareView } from './rollout.view.js';

const RolloutResult = resultOf('RolloutResult', Rollout);

/** So many overrides are shown; all of them are in the population OVERRIDES of the audit. */
const MOST_OVERRIDES = 100;

@Resolver(() => Rollout)
export class RolloutResolver {
  @Allow('read', 'Rollout')
  @Query(() => Rollout, { nullable: true, description: 'The rollout of the tenant; null when it has none.' })
  rollout(@Ctx() { reader }: RequestContext): Promise<Rollout | null> {
    return reader.ask(findRollout());
  }

  @Many(RolloutItem, 'rolloutId', 'The twelve items, in order.', { orderBy: ['position'] })
  items: RolloutItem[];

  @Many(PilotHandoff, 'rolloutId', 'The handoffs that the pilot enforces.')
  pilots: PilotHandoff[];

  @FieldResolver(() => [FindingType], { description: 'What keeps the rollout from its next phase.' })
  async findings(@Root() rollout: Rollout, @Ctx() ctx: RequestContext): Promise<FindingType[]> {
    return shown(await advanceView(rollout, ctx.reader), ctx);
  }

  @FieldResolver(() => [FindingType], { description: 'What keeps enforcement from being switched on.' })
  async enforcementFindings(@Root() rollout: Rollout, @Ctx() ctx: RequestContext): Promise<FindingType[]> {
    return shown(await enforcementView(rollout, ctx.reader), ctx);
  }

  @FieldResolver(() => RolloutThresholdsType, { description: 'What is asked of completion by phase.' })
  async thresholds(@Root() _rollout: Rollout, @Ctx() { reader }: RequestContext): Promise<RolloutThresholdsType> {
    return rolloutThresholds(configurationOf(await reader.once('rulingConfiguration', rulingConfiguration)));
  }

  @FieldResolver(() => Hypercare, { nullable: true, description: 'Hypercare; null before it began.' })
  hypercare(@Root() rollout: Rollout, @Ctx() { reader }: RequestContext): Promise<Hypercare | null> {
    return hypercareView(rollout, reader);
  }

  @FieldResolver(() => [RolloutOverride], {
    description: 'The newest 100 exceptions and emergencies by which a gate was passed since the rollout began.',
  })
  async overrides(@Root() { startedAt }: Rollout, @Ctx() { reader }: RequestContext): Promise<RolloutOverride[]> {
    const rows = await reader.ask(overridesSince(startedAt, MOST_OVERRIDES));
    return rows.map((row) => Object.assign(new RolloutOverride(), row));
  }

  @FieldResolver(() => Int, { description: 'How many submissions went through that enforcement would have refused.' })
  letPass(@Root() _rollout: Rollout, @Ctx() { reader }: RequestContext): Promise<number> {
    return reader.ask(letPass());
  }

  @One(Rollout, 'startedBy', Person, 'Who proposed it.')
  starter: Person | null;

  @One(Rollout, 'confirmedBy', Person, 'Who confirmed it; null while nobody has.')
  confirmer: Person | null;

  @One(Rollout, 'enforcedBy', Person, 'Who switched enforcement on; null before.')
  enforcer: Person | null;

  @Runs(startRollout)
  @Mutation(() => RolloutResult, {
    description: 'Proposes the rollout with its twelve items. Refused: ALREADY_STARTED, DATE_IN_THE_PAST.',
  })
  startRollout(
    @Arg('input') input: StartRolloutInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Rollout | RefusedType> {
    return ctx.run(startRollout, input, info, Rollout);
  }

  @Runs(confirmRollout)
  @Mutation(() => RolloutResult, {
    description:
      'Agrees to the rollout as somebody who did not propose it: from now on what is incomplete lets pass. Refused: SELF_APPROVAL, NOT_OPEN.',
  })
  confirmRollout(
    @Arg('input') input: RolloutChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Rollout | RefusedType> {
    return ctx.run(confirmRollout, input, info, Rollout);
  }

  @Runs(choosePilot)
  @Mutation(() => RolloutResult, {
    description:
      'Puts handoffs under enforcement in the pilot, by name or by the rule. Refused: PILOT_FULL, WRONG_STAGE.',
  })
  choosePilot(
    @Arg('input') input: ChoosePilotInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Rollout | RefusedType> {
    return ctx.run(choosePilot, input, info, Rollout);
  }

  @Runs(advanceRollout)
  @Mutation(() => RolloutResult, {
    description: 'Takes the rollout to its next phase; refused with everything that is not done.',
  })
  advanceRollout(
    @Arg('input') input: RolloutChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Rollout | RefusedType> {
    return ctx.run(advanceRollout, input, info, Rollout);
  }

  @Runs(switchEnforcementOn)
  @Mutation(() => RolloutResult, {
    description:
      'Switches enforcement on, for good; refused with everything that is missing: connections, contacts, baselines, signatures, certifications.',
  })
  switchEnforcementOn(
    @Arg('input') input: RolloutChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Rollout | RefusedType> {
    return ctx.run(switchEnforcementOn, input, info, Rollout);
  }

  @Runs(recordHypercareCheck)
  @Mutation(() => RolloutResult, {
    description: 'Records a look that hypercare asks for, with the completion that is seen. Refused: CHECK_NOT_DUE.',
  })
  recordHypercareCheck(
    @Arg('input') input: RecordHypercareCheckInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Rollout | RefusedType> {
    return ctx.run(recordHypercareCheck, input, info, Rollout);
  }
}

const shown = (findings: readonly Finding[], { ability }: RequestContext): FindingType[] =>
  findings.map((found) => findingType(found, ability));

@Resolver(() => PilotHandoff)
export class PilotHandoffResolver {
  @One(PilotHandoff, 'handoffId', Handoff, 'The handoff.')
  handoff: Handoff | null;

  @One(PilotHandoff, 'chosenBy', Person, 'Who chose it, or had the rule pick.')
  chooser: Person | null;
}

@Resolver(() => RolloutOverride)
export class RolloutOverrideResolver {
  @One(RolloutOverride, 'subjectId', Handoff, 'The handoff.')
  handoff: Handoff | null;
}
