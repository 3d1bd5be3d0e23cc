import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { factTypes, FindingFactType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { BEGUN, Stage } from '../handoff/stage.rules.js';
import { Person } from '../identity/person.entity.js';
import { CapacityCheck, CapacityConflict } from './conflict.types.js';
import { Booking, FeasibilitySignOff, ResourceBooking, SignOffState } from './feasibility.entity.js';
import { capacityCheckOf, concerns, proposedPlanOf } from './plan.view.js';
import { ProposedBooking } from './proposal.types.js';

@Resolver(() => Handoff)
export class HandoffFeasibilityResolver {
  @Many(ResourceBooking, 'handoffId', 'The resource plan.', { orderBy: ['fromOn', 'id'] })
  resourcePlan: ResourceBooking[];

  @Many(FeasibilitySignOff, 'handoffId', 'The sign-offs, newest first; at most one is live.', { orderBy: ['-id'] })
  signOffs: FeasibilitySignOff[];

  @FieldResolver(() => CapacityCheck, {
    description: 'Whether the resource plan fits into what the team has left, as things stand now (document 004).',
  })
  capacityCheck(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<CapacityCheck> {
    return capacityCheckOf(handoff.id, reader);
  }

  @FieldResolver(() => [ProposedBooking], {
    description:
      'A resource plan to begin with, drawn from tasks, budget and milestones; adoptProposedPlan takes it over. Empty before the first submit.',
  })
  proposedResourcePlan(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<ProposedBooking[]> {
    return proposedPlanOf(handoff.id, reader);
  }
}

@Resolver(() => ResourceBooking)
export class ResourceBookingResolver {
  @One(ResourceBooking, 'personId', Person, 'The person, when one is named already.')
  person: Person | null;

  @FieldResolver(() => Booking, {
    description: 'How firmly it is booked: it follows from the sign-off and the kickoff.',
  })
  async booking(@Root() { handoffId }: ResourceBooking, @Ctx() { reader }: RequestContext): Promise<Booking> {
    const [handoff, signOffs] = await Promise.all([
      reader.one(Handoff, handoffId),
      reader.many(FeasibilitySignOff, 'handoffId', handoffId, ['-id']),
    ]);
    if (handoff?.stage === Stage.WITHDRAWN) return Booking.FREED;
    const isBegun = handoff !== null && BEGUN.includes(handoff.stage);
    return isBegun || signOffs.some(({ state }) => state === SignOffState.LIVE) ? Booking.HARD : Booking.SOFT;
  }

  @FieldResolver(() => [CapacityConflict], {
    description: "The conflicts of the plan in this line's weeks, of its role or person.",
  })
  async conflicts(@Root() line: ResourceBooking, @Ctx() { reader }: RequestContext): Promise<CapacityConflict[]> {
    const { conflicts } = await capacityCheckOf(line.handoffId, reader);
    return conflicts.filter((conflict) => concerns(conflict, line));
  }
}

@Resolver(() => CapacityConflict)
export class CapacityConflictResolver {
  @One(CapacityConflict, 'personId', Person, 'The person whose hours run out; null when it is a role.')
  person: Person | null;

  @FieldResolver(() => [Handoff], { description: 'The other handoffs that take the hours, those that you may read.' })
  async handoffs(@Root() { handoffIds }: CapacityConflict, @Ctx() { reader }: RequestContext): Promise<Handoff[]> {
    const handoffs = await Promise.all(handoffIds.map((id) => reader.one(Handoff, id)));
    return handoffs.filter((handoff) => handoff !== null);
  }
}

@Resolver(() => FeasibilitySignOff)
export class FeasibilitySignOffResolver {
  @One(FeasibilitySignOff, 'signedBy', Person, 'The delivery manager who signed.')
  signer: Person | null;

  @FieldResolver(() => [FindingFactType], {
    description: 'What was and what is, for programs, once it has ended: versions, days, ids; empty while it holds.',
  })
  endFacts(@Root() { endFacts }: FeasibilitySignOff): FindingFactType[] {
    return factTypes(endFacts ?? {});
  }
}
