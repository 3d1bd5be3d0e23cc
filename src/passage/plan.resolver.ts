import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { AddResourceBookingInput, RemoveResourceBookingInput } from '../feasibility/feasibility.input.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { addResourceBooking, adoptProposedPlan, removeResourceBooking } from './plan.commands.js';

@Resolver(() => Handoff)
export class ResourcePlanResolver {
  @Runs(addResourceBooking)
  @Mutation(() => HandoffResult, {
    description: 'Adds a line to the resource plan. Under a live sign-off that ends it: it was given for another plan.',
  })
  addResourceBooking(
    @Arg('input') input: AddResourceBookingInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(addResourceBooking, input, info, Handoff);
  }

  @Runs(removeResourceBooking)
  @Mutation(() => HandoffResult, {
    description: 'Takes a line out of the resource plan. Under a live sign-off that ends it.',
  })
  removeResourceBooking(
    @Arg('input') input: RemoveResourceBookingInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(removeResourceBooking, input, info, Handoff);
  }

  @Runs(adoptProposedPlan)
  @Mutation(() => HandoffResult, {
    description: 'Takes over the proposed resource plan (proposedResourcePlan) where there is none yet.',
  })
  adoptProposedPlan(
    @Arg('input') input: HandoffChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(adoptProposedPlan, input, info, Handoff);
  }
}
