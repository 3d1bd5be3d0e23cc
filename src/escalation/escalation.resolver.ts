import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Decision } from '../decision/decision.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { clocksOf, stateOf } from './clock.rules.js';
import { pauseClocks, resumeClocks } from './escalation.commands.js';
import { Escalation, HandoffPause, SlaClock } from './escalation.entity.js';
import { EscalationsArgs, PauseClocksInput } from './escalation.input.js';
import { groundsOf } from './escalation.queries.js';

const EscalationConnection = connectionOf(Escalation, 'Escalation');

@Resolver(() => Handoff)
export class HandoffEscalationResolver {
  @FieldResolver(() => [SlaClock], {
    description:
      'Every run of every clock of the service level, oldest first: what is due when, what was met or breached.',
  })
  async clocks(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<SlaClock[]> {
    const [ground, now] = await Promise.all([reader.keyed('deadlines', groundsOf, handoff.id), reader.now()]);
    if (!ground) return [];
    const { pauses } = ground.history;
    return clocksOf(ground.history, configurationOf(ground.version)).map(({ setting, ...clock }) => {
      return Object.assign(new SlaClock(), clock, setting, { state: stateOf({ setting, ...clock }, pauses, now) });
    });
  }

  @Many(HandoffPause, 'handoffId', 'When the client asked to wait, oldest first.')
  pauses: HandoffPause[];

  @Many(Escalation, 'handoffId', 'Who was told of which deadline, oldest first.')
  escalations: Escalation[];

  @Runs(pauseClocks)
  @Mutation(() => HandoffResult, {
    description: "Lets a handoff's clocks stand still from now on, since the client asked to wait.",
  })
  pauseClocks(
    @Arg('input') input: PauseClocksInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(pauseClocks, input, info, Handoff);
  }

  @Runs(resumeClocks)
  @Mutation(() => HandoffResult, { description: "Lets a handoff's clocks run again." })
  resumeClocks(
    @Arg('input') input: HandoffChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(resumeClocks, input, info, Handoff);
  }
}

@Resolver(() => Escalation)
export class EscalationResolver {
  @Allow('read', 'Escalation')
  @Query(() => EscalationConnection, { description: 'Who was told of which deadline, newest first.' })
  escalations(@Args() args: EscalationsArgs, @Ctx() { reader, actor }: RequestContext): Promise<Page<Escalation>> {
    const { openOnly, mineOnly } = args;
    const where = { ...(openOnly ? { endedAt: null } : {}), ...(mineOnly ? { personId: actor.id } : {}) };
    return reader.page(Escalation, where, args.checked());
  }

  @One(Escalation, 'handoffId', Handoff, 'The handoff.')
  handoff: Handoff | null;

  @One(Escalation, 'decisionId', Decision, 'The decision that is overdue; null for a clock.')
  decision: Decision | null;

  @One(Escalation, 'personId', Person, 'Who was told.')
  person: Person | null;
}

@Resolver(() => HandoffPause)
export class HandoffPauseResolver {
  @One(HandoffPause, 'pausedBy', Person, 'Who stopped the clocks.')
  pauser: Person | null;

  @One(HandoffPause, 'resumedBy', Person, 'Who let them run again; null while they stand still.')
  resumer: Person | null;
}
