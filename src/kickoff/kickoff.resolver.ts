import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { First, Many, One } from '../core/graphql/relations.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Stage } from '../handoff/stage.rules.js';
import { Person } from '../identity/person.entity.js';
import { closeHandoff, holdKickoff, scheduleKickoff } from './kickoff.commands.js';
import { HandoffFeedback, Kickoff, KickoffState } from './kickoff.entity.js';
import { CloseHandoffInput, ScheduleKickoffInput } from './kickoff.input.js';

@Resolver(() => Handoff)
export class HandoffKickoffResolver {
  @Many(Kickoff, 'handoffId', 'The kickoff dates, newest first; at most one is scheduled.', { orderBy: ['-id'] })
  kickoffs: Kickoff[];

  @First(HandoffFeedback, 'handoffId', 'What delivery said after the handoff.')
  feedback: HandoffFeedback | null;

  @Runs(scheduleKickoff)
  @Mutation(() => HandoffResult, {
    description: 'Gives the client a date, or moves it; only under a live sign-off with no blocking decision open.',
  })
  scheduleKickoff(
    @Arg('input') input: ScheduleKickoffInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(scheduleKickoff, input, info, Handoff);
  }

  @Runs(holdKickoff)
  @Mutation(() => HandoffResult, { description: 'Records that the kickoff took place.' })
  holdKickoff(
    @Arg('input') input: HandoffChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(holdKickoff, input, info, Handoff);
  }

  @Runs(closeHandoff)
  @Mutation(() => HandoffResult, { description: "Closes the handoff with delivery's feedback." })
  closeHandoff(
    @Arg('input') input: CloseHandoffInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(closeHandoff, input, info, Handoff);
  }
}

@Resolver(() => Kickoff)
export class KickoffResolver {
  @FieldResolver(() => Boolean, {
    description: 'Whether the date stands: scheduled, and the sign-off under it has not ended since.',
  })
  async live(@Root() kickoff: Kickoff, @Ctx() { reader }: RequestContext): Promise<boolean> {
    const handoff = await reader.one(Handoff, kickoff.handoffId);
    return kickoff.state === KickoffState.SCHEDULED && handoff?.stage === Stage.KICKOFF_SCHEDULED;
  }

  @One(Kickoff, 'scheduledBy', Person, 'Who scheduled it.')
  scheduler: Person | null;
}
