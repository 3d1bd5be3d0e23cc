import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, Field, FieldResolver, Info, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { allows } from '../core/ability.js';
import type { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Client, Deal, DealSnapshot } from '../deal/deal.entity.js';
import { Person } from '../identity/person.entity.js';
import { Assumption, HandoffStatement, Risk, Stakeholder } from './content.entity.js';
import { assignOwner, editHandoff, editIntake } from './handoff.commands.js';
import { Handoff } from './handoff.entity.js';
import {
  AssignHandoffInput,
  EditHandoffInput,
  EditIntakeInput,
  HandoffArgs,
  HandoffNumberArgs,
  HandoffsArgs,
  StatementsArgs,
} from './handoff.input.js';
import { HandoffResult } from './handoff.result.js';
import { HANDOFF_ACTIONS, type Transition, transitionsFor } from './stage.rules.js';

const HandoffConnection = connectionOf(Handoff, 'Handoff');

@ObjectType('HandoffAnswer', { description: "An answer to one of the configuration's questions." })
class HandoffAnswerType {
  @Field(() => String, { description: 'The key of the question.' })
  key: string;

  @Field(() => String, { description: '"true" or "false" for a yes-or-no question, the value of an option otherwise.' })
  value: string;
}

@Resolver(() => Handoff)
export class HandoffResolver {
  @Allow('read', 'Handoff')
  @Query(() => Handoff, { description: 'One handoff; NOT_FOUND when there is none here for you.' })
  handoff(@Args() { id }: HandoffArgs, @Ctx() { reader }: RequestContext): Promise<Handoff> {
    return reader.required(Handoff, id);
  }

  @Allow('read', 'Handoff')
  @Query(() => Handoff, {
    nullable: true,
    description: 'The handoff with this number; null when there is none here for you.',
  })
  handoffByNumber(@Args() { number }: HandoffNumberArgs, @Ctx() { reader }: RequestContext): Promise<Handoff | null> {
    return reader.first(Handoff, 'number', number);
  }

  @Allow('read', 'Handoff')
  @Query(() => HandoffConnection, { description: 'The handoffs, newest first.' })
  handoffs(@Args() args: HandoffsArgs, @Ctx() { reader }: RequestContext): Promise<Page<Handoff>> {
    const given = Object.entries(args.filter ?? {}).filter(([, value]) => value !== null && value !== undefined);
    return reader.page(Handoff, Object.fromEntries(given), args.checked());
  }

  @One(Handoff, 'dealId', Deal, 'The deal that is handed over.')
  deal: Deal | null;

  @One(Handoff, 'dealSnapshotId', DealSnapshot, 'The adopted snapshot: the terms that govern the handoff.')
  snapshot: DealSnapshot | null;

  @One(Handoff, 'clientId', Client, 'The customer.')
  client: Client | null;

  @One(Handoff, 'ownerId', Person, 'The sales manager who owns it.')
  owner: Person | null;

  @One(Handoff, 'submittedBy', Person, 'Who last handed it over in sales; null until it was submitted.')
  submitter: Person | null;

  @One(Handoff, 'deliveryManagerId', Person, 'The delivery manager who answers for it; null until assigned.')
  deliveryManager: Person | null;

  @Many(Stakeholder, 'handoffId', 'The people on both sides who matter.')
  stakeholders: Stakeholder[];

  @Many(Assumption, 'handoffId', 'The beliefs that delivery relies on.')
  assumptions: Assumption[];

  @Many(Risk, 'handoffId', 'The named risks; delivery accepts each when it signs off.')
  risks: Risk[];

  @FieldResolver(() => [HandoffStatement], { description: 'The statements of its content, each with its source.' })
  async statements(
    @Root() handoff: Handoff,
    @Args() { kind }: StatementsArgs,
    @Ctx() { reader }: RequestContext,
  ): Promise<HandoffStatement[]> {
    const all = await reader.many(HandoffStatement, 'handoffId', handoff.id);
    return kind ? all.filter((statement) => statement.kind === kind) : all;
  }

  @FieldResolver(() => [HandoffAnswerType], { description: "The answers to the configuration's questions, by key." })
  answers(@Root() handoff: Handoff): HandoffAnswerType[] {
    const entries = Object.entries(handoff.answers).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(([key, value]) => ({ key, value: String(value) }));
  }

  @FieldResolver(() => [HANDOFF_ACTIONS], {
    description: 'The steps that start here and that you may take; the gate of a step may still refuse it.',
  })
  availableActions(@Root() handoff: Handoff, @Ctx() { ability }: RequestContext): Transition[] {
    return transitionsFor(handoff.stage, (right) => allows(ability, right, 'Handoff', handoff));
  }

  @Runs(editHandoff)
  @Mutation(() => HandoffResult, { description: "Changes sales' fields, in DRAFT and RETURNED; only those given." })
  editHandoff(
    @Arg('input') input: EditHandoffInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(editHandoff, input, info, Handoff);
  }

  @Runs(editIntake)
  @Mutation(() => HandoffResult, { description: "Changes delivery's own fields; only those given." })
  editIntake(
    @Arg('input') input: EditIntakeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(editIntake, input, info, Handoff);
  }

  @Runs(assignOwner)
  @Mutation(() => HandoffResult, { description: 'Gives the handoff to another sales manager.' })
  assignOwner(
    @Arg('input') input: AssignHandoffInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(assignOwner, input, info, Handoff);
  }
}
