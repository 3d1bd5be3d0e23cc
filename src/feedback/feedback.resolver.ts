import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Mutation, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Reader } from '../core/reader.js';
import { FeasibilitySignOff } from '../feasibility/feasibility.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { HandoffReturn } from '../passage/gate.entity.js';
import { acceptancesOf } from './acceptance.rules.js';
import { HandoffAcceptance } from './acceptance.types.js';
import { giveFeedback, recordClientSurvey, recordRepeatAsk } from './feedback.commands.js';
import { GiveFeedbackInput, RecordClientSurveyInput, RecordRepeatAskInput } from './feedback.input.js';
import { FollowUp } from './follow-up.entity.js';
import { ClientSurvey, RepeatAsk } from './observation.entity.js';

async function viewOf(handoff: Handoff, reader: Reader): Promise<HandoffAcceptance[]> {
  const [signOffs, returns] = await Promise.all([
    reader.many(FeasibilitySignOff, 'handoffId', handoff.id, ['-id']),
    reader.many(HandoffReturn, 'handoffId', handoff.id, ['-id']),
  ]);
  return acceptancesOf(handoff, signOffs, returns).map((one) => Object.assign(new HandoffAcceptance(), one));
}

/** What delivery says of a handoff, and what it and the client found afterwards. */
@Resolver(() => Handoff)
export class HandoffAcceptanceFieldsResolver {
  @FieldResolver(() => HandoffAcceptance, {
    nullable: true,
    description: 'What delivery says of it now: accepted, needs revision, rejected; null while it has not answered.',
  })
  async acceptance(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<HandoffAcceptance | null> {
    return (await viewOf(handoff, reader)).find(({ stands }) => stands) ?? null;
  }

  @FieldResolver(() => [HandoffAcceptance], { description: 'Everything that delivery has said of it, newest first.' })
  acceptances(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<HandoffAcceptance[]> {
    return viewOf(handoff, reader);
  }

  @Many(RepeatAsk, 'handoffId', 'What delivery had to ask again, oldest first.')
  repeatAsks: RepeatAsk[];

  @FieldResolver(() => Int, { description: 'How often delivery had to ask again.' })
  async repeatAskCount(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<number> {
    return (await reader.many(RepeatAsk, 'handoffId', handoff.id)).length;
  }

  @Many(ClientSurvey, 'handoffId', 'What the client said in surveys, oldest first.')
  clientSurveys: ClientSurvey[];

  @Many(FollowUp, 'handoffId', 'What its returns called for, as far as you may see it.')
  followUps: FollowUp[];

  @Runs(giveFeedback)
  @Mutation(() => HandoffResult, {
    description: 'Delivery says whether the handoff was accurate, what surprised it, whether expectations were met.',
  })
  giveFeedback(
    @Arg('input') input: GiveFeedbackInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(giveFeedback, input, info, Handoff);
  }

  @Runs(recordRepeatAsk)
  @Mutation(() => HandoffResult, { description: 'Records what delivery had to ask the client or sales again.' })
  recordRepeatAsk(
    @Arg('input') input: RecordRepeatAskInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(recordRepeatAsk, input, info, Handoff);
  }

  @Runs(recordClientSurvey)
  @Mutation(() => HandoffResult, { description: 'Records what the client said of the handoff in a survey.' })
  recordClientSurvey(
    @Arg('input') input: RecordClientSurveyInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(recordClientSurvey, input, info, Handoff);
  }
}

@Resolver(() => HandoffAcceptance)
export class HandoffAcceptanceResolver {
  @One(HandoffAcceptance, 'personId', Person, 'Who said it.')
  decider: Person | null;
}

@Resolver(() => RepeatAsk)
export class RepeatAskResolver {
  @One(RepeatAsk, 'recordedBy', Person, 'Who recorded it.')
  recorder: Person | null;
}

@Resolver(() => ClientSurvey)
export class ClientSurveyResolver {
  @One(ClientSurvey, 'recordedBy', Person, 'Who recorded it.')
  recorder: Person | null;
}
