import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import { localDay } from '../core/local-day.js';
import type { Page } from '../core/page.js';
import type { Reader } from '../core/reader.js';
import type { Where } from '../core/statement.js';
import { Assumption } from '../handoff/content.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { openDecision, reassignDecision, resolveDecision } from './decision.commands.js';
import { Decision, DecisionState } from './decision.entity.js';
import { DecisionsArgs, OpenDecisionInput, ReassignDecisionInput, ResolveDecisionInput } from './decision.input.js';
import { newestConfiguration, overdueEntries } from './decision.queries.js';

const DecisionConnection = connectionOf(Decision, 'Decision');
const DecisionResult = resultOf('DecisionResult', Decision);
type Answer = Promise<Decision | RefusedType>;

/** Open entries of the days that have passed in the tenant's time zone, of handoffs that have not ended. */
async function overdue(reader: Reader): Promise<Where<Decision>> {
  const [version, now] = await Promise.all([reader.ask(newestConfiguration()), reader.now()]);
  const timeZone = version ? configurationOf(version).tenant.timeZone : 'UTC';
  return reader.ask(overdueEntries(localDay(timeZone, now)));
}

@Resolver(() => Handoff)
export class HandoffDecisionResolver {
  @Many(Decision, 'handoffId', 'The decision log, oldest first.')
  decisions: Decision[];
}

@Resolver(() => Decision)
export class DecisionResolver {
  @Allow('read', 'Decision')
  @Query(() => DecisionConnection, {
    description: 'The decision logs of the handoffs that you may read, newest first.',
  })
  async decisions(@Args() args: DecisionsArgs, @Ctx() { reader }: RequestContext): Promise<Page<Decision>> {
    // Overdue is only what is open: asked for with another state, the list is empty.
    const states = Object.values(DecisionState).filter(
      (state) => (!args.state || state === args.state) && (!args.overdueOnly || state === DecisionState.OPEN),
    );
    return reader.page(Decision, { state: states, ...(args.overdueOnly ? await overdue(reader) : {}) }, args.checked());
  }

  @One(Decision, 'handoffId', Handoff, 'The handoff; its revision is what the next change expects.')
  handoff: Handoff | null;

  @One(Decision, 'assumptionId', Assumption, 'The assumption that it decides, if it decides one.')
  assumption: Assumption | null;

  @One(Decision, 'ownerId', Person, 'Who decides it.')
  owner: Person | null;

  @One(Decision, 'escalationContactId', Person, 'Who is told when the owner does not decide.')
  escalationContact: Person | null;

  @One(Decision, 'decidedBy', Person, 'Who decided it.')
  decider: Person | null;

  @One(Decision, 'openedBy', Person, 'Who opened it.')
  opener: Person | null;

  @Runs(openDecision)
  @Mutation(() => DecisionResult, {
    description: 'Puts a question into the decision log, with owner, due date and escalation contact.',
  })
  openDecision(
    @Arg('input') input: OpenDecisionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(openDecision, input, info, Decision);
  }

  @Runs(resolveDecision)
  @Mutation(() => DecisionResult, {
    description: 'Decides an entry, with outcome and reason; by its owner or by whoever leads delivery.',
  })
  resolveDecision(
    @Arg('input') input: ResolveDecisionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(resolveDecision, input, info, Decision);
  }

  @Runs(reassignDecision)
  @Mutation(() => DecisionResult, { description: 'Gives an entry to another owner.' })
  reassignDecision(
    @Arg('input') input: ReassignDecisionInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(reassignDecision, input, info, Decision);
  }
}
