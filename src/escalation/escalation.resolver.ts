import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { RequestContext } from '../core/graphql/context.js';
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

  @FieldResolver(() => [HandoffPause], { description: 'When the client asked to wait, oldest first.' })
  pauses(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<HandoffPause[]> {
    return reader.many(HandoffPause, 'handoffId', handoff.id);
  }

  @FieldResolver(() => [Escalation], { description: 'Who was told of which deadline, oldest first.' })
  escalations(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<Escalation[]> {
    return reader.many(Escalation, 'handoffId', handoff.id);
  }

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

  @FieldResolver(() => Handoff, { nullable: true, description: 'The handoff.' })
  handoff(@Root() escalation: Escalation, @Ctx() { reader }: RequestContext): Promise<Handoff | null> {
    return reader.one(Handoff, escalation.handoffId);
  }

  @FieldResolver(() => Decision, { nullable: true, description: 'The decision that is overdue; null for a clock.' })
  decision(@Root() escalation: Escalation, @Ctx() { reader }: RequestContext): Promise<Decision | null> {
    return reader.one(Decision, escalation.decisionId);
  }

  @FieldResolver(() => Person, { nullable: true, description: 'Who was told.' })
  person(@Root() escalation: Escalation, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, escalation.personId);
  }
}

@Resolver(() => HandoffPause)
export class HandoffPauseResolver {
  @FieldResolver(() => Person, { nullable: true, description: 'Who stopped the clocks.' })
  pauser(@Root() pause: HandoffPause, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, pause.pausedBy);
  }

  @FieldResolver(() => Person, { nullable: true, description: 'Who let them run again; null while they stand still.' })
  resumer(@Root() pause: HandoffPause, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, pause.resumedBy);
  }
}
