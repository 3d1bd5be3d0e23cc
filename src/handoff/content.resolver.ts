import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../core/graphql/context.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { addAssumption, removeAssumption, resolveAssumption } from './assumption.commands.js';
import {
  AddAssumptionInput,
  AddRiskInput,
  AddStakeholderInput,
  AddStatementInput,
  RemoveAssumptionInput,
  RemoveRiskInput,
  RemoveStakeholderInput,
  RemoveStatementInput,
  ResolveAssumptionInput,
  ReviseRiskInput,
  ReviseStakeholderInput,
  ReviseStatementInput,
} from './content.input.js';
import { Handoff } from './handoff.entity.js';
import { HandoffResult } from './handoff.result.js';
import { addRisk, removeRisk, reviseRisk } from './risk.commands.js';
import { addStakeholder, removeStakeholder, reviseStakeholder } from './stakeholder.commands.js';
import { addStatement, removeStatement, reviseStatement } from './statement.commands.js';

/** The mutations of what people write into a handoff; each answers with the handoff, whose revision it raises. */
@Resolver(() => Handoff)
export class HandoffContentResolver {
  @Runs(addStakeholder)
  @Mutation(() => HandoffResult, { description: 'Names a person on either side.' })
  addStakeholder(
    @Arg('input') input: AddStakeholderInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(addStakeholder, input, info, Handoff);
  }

  @Runs(reviseStakeholder)
  @Mutation(() => HandoffResult, { description: 'Changes what is said of a stakeholder.' })
  reviseStakeholder(
    @Arg('input') input: ReviseStakeholderInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(reviseStakeholder, input, info, Handoff);
  }

  @Runs(removeStakeholder)
  @Mutation(() => HandoffResult, { description: 'Takes a stakeholder out.' })
  removeStakeholder(
    @Arg('input') input: RemoveStakeholderInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(removeStakeholder, input, info, Handoff);
  }

  @Runs(addAssumption)
  @Mutation(() => HandoffResult, {
    description: 'Writes down a belief that delivery relies on; delivery may in review too.',
  })
  addAssumption(
    @Arg('input') input: AddAssumptionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(addAssumption, input, info, Handoff);
  }

  @Runs(resolveAssumption)
  @Mutation(() => HandoffResult, { description: 'Confirms or refutes an assumption; delivery may in review too.' })
  resolveAssumption(
    @Arg('input') input: ResolveAssumptionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(resolveAssumption, input, info, Handoff);
  }

  @Runs(removeAssumption)
  @Mutation(() => HandoffResult, { description: 'Takes an assumption out.' })
  removeAssumption(
    @Arg('input') input: RemoveAssumptionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(removeAssumption, input, info, Handoff);
  }

  @Runs(addRisk)
  @Mutation(() => HandoffResult, { description: 'Names a risk; delivery may in review too.' })
  addRisk(
    @Arg('input') input: AddRiskInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(addRisk, input, info, Handoff);
  }

  @Runs(reviseRisk)
  @Mutation(() => HandoffResult, { description: 'Changes what is said of a risk.' })
  reviseRisk(
    @Arg('input') input: ReviseRiskInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(reviseRisk, input, info, Handoff);
  }

  @Runs(removeRisk)
  @Mutation(() => HandoffResult, { description: 'Takes a risk out.' })
  removeRisk(
    @Arg('input') input: RemoveRiskInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(removeRisk, input, info, Handoff);
  }

  @Runs(addStatement)
  @Mutation(() => HandoffResult, { description: 'Writes a statement into the handoff, with its source.' })
  addStatement(
    @Arg('input') input: AddStatementInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(addStatement, input, info, Handoff);
  }

  @Runs(reviseStatement)
  @Mutation(() => HandoffResult, { description: 'Changes a statement.' })
  reviseStatement(
    @Arg('input') input: ReviseStatementInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(reviseStatement, input, info, Handoff);
  }

  @Runs(removeStatement)
  @Mutation(() => HandoffResult, { description: 'Takes a statement out.' })
  removeStatement(
    @Arg('input') input: RemoveStatementInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(removeStatement, input, info, Handoff);
  }
}
