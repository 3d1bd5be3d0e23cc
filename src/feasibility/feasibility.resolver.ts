import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { addResourceBooking, removeResourceBooking } from './feasibility.commands.js';
import { FeasibilitySignOff, ResourceBooking } from './feasibility.entity.js';
import { AddResourceBookingInput, RemoveResourceBookingInput } from './feasibility.input.js';

@Resolver(() => Handoff)
export class HandoffFeasibilityResolver {
  @FieldResolver(() => [ResourceBooking], { description: 'The resource plan.' })
  resourcePlan(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<ResourceBooking[]> {
    return reader.many(ResourceBooking, 'handoffId', handoff.id, ['fromOn', 'id']);
  }

  @FieldResolver(() => [FeasibilitySignOff], { description: 'The sign-offs, newest first; at most one is live.' })
  signOffs(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<FeasibilitySignOff[]> {
    return reader.many(FeasibilitySignOff, 'handoffId', handoff.id, ['-id']);
  }

  @Runs(addResourceBooking)
  @Mutation(() => HandoffResult, { description: 'Adds a line to the resource plan.' })
  addResourceBooking(
    @Arg('input') input: AddResourceBookingInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(addResourceBooking, input, info, Handoff);
  }

  @Runs(removeResourceBooking)
  @Mutation(() => HandoffResult, { description: 'Takes a line out of the resource plan.' })
  removeResourceBooking(
    @Arg('input') input: RemoveResourceBookingInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(removeResourceBooking, input, info, Handoff);
  }
}

@Resolver(() => ResourceBooking)
export class ResourceBookingResolver {
  @FieldResolver(() => Person, { nullable: true, description: 'The person, when one is named already.' })
  person(@Root() booking: ResourceBooking, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, booking.personId);
  }
}

@Resolver(() => FeasibilitySignOff)
export class FeasibilitySignOffResolver {
  @FieldResolver(() => Person, { nullable: true, description: 'The delivery manager who signed.' })
  signer(@Root() signOff: FeasibilitySignOff, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, signOff.signedBy);
  }
}
