import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, FieldResolver, Info, Int, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import { blocks } from '../core/finding.js';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Runs } from '../core/graphql/rights.js';
import { Told } from '../core/graphql/told.js';
import {
  FindingFactType,
  FindingType,
  factTypes,
  findingType,
  type RefusedType,
  SourceReferenceType,
  tellable,
} from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import {
  AssignHandoffInput,
  ClassifyHandoffInput,
  HandoffChangeInput,
  WithdrawHandoffInput,
} from '../handoff/handoff.input.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { assignDeliveryManager } from './assign.command.js';
import { Gate, GateEvaluation, GateFinding, HandoffReturn } from './gate.entity.js';
import { dryRun } from './gates.js';
import { classifyHandoff, importDeal } from './intake.commands.js';
import { passageFacts } from './passage.facts.js';
import { ImportDealInput, ReturnHandoffInput, RevokeSignOffInput, SignOffFeasibilityInput } from './passage.input.js';
import { returnHandoff, revokeSignOff, signOffFeasibility } from './review.commands.js';
import { submitHandoff } from './submit.command.js';
import { withdrawHandoff } from './withdraw.command.js';

@ObjectType({ description: 'A dry run of a gate: what would fail now, with the remedy of each.' })
export class Readiness {
  @Field(() => Gate, { description: 'The gate that was asked.' })
  gate: Gate;

  @Field(() => Boolean, { description: 'Whether the transition would happen.' })
  ready: boolean;

  @Field(() => Int, { description: 'Checklist completeness, in basis points.' })
  completenessBps: number;

  @Field(() => [FindingType], { description: 'Everything that stands in the way, and what is only worth a look.' })
  findings: FindingType[];

  @Field(() => [SourceReferenceType], { description: 'What it was judged from.' })
  sources: SourceReferenceType[];
}

@Resolver(() => Handoff)
export class HandoffPassageResolver {
  @FieldResolver(() => Readiness, { description: 'The dry run of a gate: nothing is recorded.' })
  async readiness(
    @Root() handoff: Handoff,
    @Arg('for', () => Gate, { description: 'Which gate.' }) gate: Gate,
    @Ctx() { reader, ability }: RequestContext,
  ): Promise<Readiness> {
    const [ground, now] = await Promise.all([reader.askAll(passageFacts(handoff.id)), reader.now()]);
    const { findings, completenessBps, sources } = dryRun(gate, { ...ground, handoff }, now);
    return {
      gate,
      ready: !blocks(findings),
      completenessBps,
      findings: findings.map((found) => findingType(found, ability)),
      sources: [...sources],
    };
  }

  @Many(GateEvaluation, 'handoffId', 'Every attempt to pass a gate, newest first.', { orderBy: ['-id'] })
  evaluations: GateEvaluation[];

  @Many(HandoffReturn, 'handoffId', 'Every return, newest first.', { orderBy: ['-id'] })
  returns: HandoffReturn[];

  @Runs(importDeal)
  @Mutation(() => HandoffResult, {
    description:
      'Takes a deal as HaloPSA exports it: opens its handoff, or brings it up to date. The same content twice makes one snapshot.',
  })
  importDeal(
    @Arg('input') input: ImportDealInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(importDeal, input, info, Handoff);
  }

  @Runs(classifyHandoff)
  @Mutation(() => HandoffResult, {
    description:
      'Corrects service template, deal type or segment; tier and checklist follow, approvals of the terms fall.',
  })
  classifyHandoff(
    @Arg('input') input: ClassifyHandoffInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(classifyHandoff, input, info, Handoff);
  }

  @Runs(assignDeliveryManager)
  @Mutation(() => HandoffResult, {
    description:
      'Names the delivery manager: an active member with that role. Before the kickoff was held, another one ends the sign-off; of a draft, they take over the open decisions and actions of the former one, as owner and as escalation contact.',
  })
  assignDeliveryManager(
    @Arg('input') input: AssignHandoffInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(assignDeliveryManager, input, info, Handoff);
  }

  @Runs(submitHandoff)
  @Mutation(() => HandoffResult, { description: 'Closed-won, through the gate; makes project, baseline and brief.' })
  submitHandoff(
    @Arg('input') input: HandoffChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(submitHandoff, input, info, Handoff);
  }

  @Runs(returnHandoff)
  @Mutation(() => HandoffResult, { description: 'Sends the handoff back to sales, naming the gaps.' })
  returnHandoff(
    @Arg('input') input: ReturnHandoffInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(returnHandoff, input, info, Handoff);
  }

  @Runs(signOffFeasibility)
  @Mutation(() => HandoffResult, {
    description: "Accepts feasibility, resource plan and named risks; binds the baseline's version.",
  })
  signOffFeasibility(
    @Arg('input') input: SignOffFeasibilityInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(signOffFeasibility, input, info, Handoff);
  }

  @Runs(revokeSignOff)
  @Mutation(() => HandoffResult, { description: 'Takes the sign-off back; a scheduled kickoff is off with it.' })
  revokeSignOff(
    @Arg('input') input: RevokeSignOffInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(revokeSignOff, input, info, Handoff);
  }

  @Runs(withdrawHandoff)
  @Mutation(() => HandoffResult, {
    description:
      'Takes the handoff out of the path: the deal was lost or reopened. Requests, sign-off and project end with it.',
  })
  withdrawHandoff(
    @Arg('input') input: WithdrawHandoffInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(withdrawHandoff, input, info, Handoff);
  }
}

@Resolver(() => GateEvaluation)
export class GateEvaluationResolver {
  @Many(GateFinding, 'evaluationId', 'What it found, in order.', { orderBy: ['position'] })
  findings: GateFinding[];
}

@Resolver(() => GateFinding)
export class GateFindingResolver {
  @Told('message', 'What was wrong; withheld where it tells figures that you may not see.')
  message: string;

  @FieldResolver(() => [FindingFactType], { description: 'The facts behind it, for programs; withheld likewise.' })
  facts(@Root() found: GateFinding, @Ctx() { ability }: RequestContext): FindingFactType[] {
    return factTypes(tellable(found, ability).facts);
  }

  @Told('remedy', 'What to do about it; withheld likewise.')
  remedy: string;
}

@Resolver(() => HandoffReturn)
export class HandoffReturnResolver {
  @One(HandoffReturn, 'returnedBy', Person, 'Who returned it.')
  returner: Person | null;
}
