import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Allow } from '../core/graphql/rights.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { SimulatedDealsArgs, SimulatePolicyArgs } from './simulation.args.js';
import { PolicySimulation, SimulatedDeal } from './simulation.types.js';
import { simulate } from './simulation.view.js';

@Resolver(() => PolicySimulation)
export class SimulationResolver {
  @Allow('simulate', 'ConfigurationVersion')
  @Query(() => PolicySimulation, {
    description:
      'Runs a policy over the deals of a period: which it would have refused, who would have had to approve, whether they could have, and how long it would have taken by what was measured here. Changes nothing.',
  })
  simulatePolicy(@Args() args: SimulatePolicyArgs, @Ctx() ctx: RequestContext): Promise<PolicySimulation> {
    return simulate(args, ctx);
  }

  @FieldResolver(() => [SimulatedDeal], { description: 'The deals, newest first.' })
  deals(@Root() { run }: PolicySimulation, @Args() args: SimulatedDealsArgs): readonly SimulatedDeal[] {
    return run.slice(0, args.checked());
  }
}

@Resolver(() => SimulatedDeal)
export class SimulatedDealResolver {
  @One(SimulatedDeal, 'handoffId', Handoff, 'The handoff; null when it is not for you to read.')
  handoff: Handoff | null;

  @FieldResolver(() => [Person], { description: 'Who approved it then.' })
  async approversThen(@Root() deal: SimulatedDeal, @Ctx() { reader }: RequestContext): Promise<Person[]> {
    const people = await Promise.all(deal.approverIds.map((personId) => reader.one(Person, personId)));
    return people.filter((person) => person !== null);
  }
}
