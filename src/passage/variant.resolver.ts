import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  Info,
  Mutation,
  ObjectType,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Runs } from '../core/graphql/rights.js';
import { resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { completePreClose, decidePreClose, requestPreClose } from './pre-close.commands.js';
import { PreClose } from './pre-close.entity.js';
import { DecidePreCloseInput, RequestPreCloseInput } from './pre-close.input.js';
import { confirmCarriedOver, linkPredecessor } from './predecessor.commands.js';
import { ConfirmCarriedOverInput, LinkPredecessorInput } from './predecessor.input.js';
import { handingOverOf } from './predecessor.queries.js';

const PreCloseResult = resultOf('PreCloseResult', PreClose);
type PreCloseAnswer = Promise<PreClose | RefusedType>;
type HandoffAnswer = Promise<Handoff | RefusedType>;

/** The part that somebody had in the earlier handoff. */
export enum HandingOverPart {
  DELIVERY_MANAGER = 'DELIVERY_MANAGER',
  PROJECT_LEAD = 'PROJECT_LEAD',
}
registerEnumType(HandingOverPart, {
  name: 'HandingOverPart',
  description: 'The part that somebody had in the earlier handoff.',
  valuesConfig: {
    DELIVERY_MANAGER: { description: 'Answered for its delivery.' },
    PROJECT_LEAD: { description: 'Led its project.' },
  },
});

@ObjectType('HandingOver', {
  description: 'Somebody who delivered the earlier handoff and hands over (document 004, POC-to-paid).',
})
export class HandingOverType {
  @Field(() => HandingOverPart, { description: 'The part that they had.' })
  part: HandingOverPart;

  personId: string;
}

@Resolver(() => Handoff)
export class HandoffVariantResolver {
  @Many(PreClose, 'handoffId', 'The requests that delivery reviews before the contract is signed, newest first.', {
    orderBy: ['-id'],
  })
  preCloses: PreClose[];

  @One(Handoff, 'predecessorId', Handoff, 'The earlier handoff that it goes on from.')
  predecessor: Handoff | null;

  @FieldResolver(() => [HandingOverType], {
    description: 'Who delivered the earlier handoff and hands over; empty without one.',
  })
  async handingOver(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<HandingOverType[]> {
    const found = await reader.keyed('handing-over', handingOverOf, handoff.id);
    const of = (part: HandingOverPart, personId: string | null | undefined): HandingOverType[] =>
      personId ? [Object.assign(new HandingOverType(), { part, personId })] : [];
    return [
      ...of(HandingOverPart.DELIVERY_MANAGER, found?.deliveryManagerId),
      ...of(HandingOverPart.PROJECT_LEAD, found?.projectLeadId),
    ];
  }

  @Runs(requestPreClose)
  @Mutation(() => PreCloseResult, {
    description: 'Asks that delivery reviews before the contract is signed; somebody in delivery answers.',
  })
  requestPreClose(
    @Arg('input') input: RequestPreCloseInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): PreCloseAnswer {
    return ctx.run(requestPreClose, input, info, PreClose);
  }

  @Runs(decidePreClose)
  @Mutation(() => PreCloseResult, {
    description: 'Allows a review before the signature, or not; never by who asked or owns the deal.',
  })
  decidePreClose(
    @Arg('input') input: DecidePreCloseInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): PreCloseAnswer {
    return ctx.run(decidePreClose, input, info, PreClose);
  }

  @Runs(completePreClose)
  @Mutation(() => HandoffResult, {
    description: 'The contract is there: the handoff in review goes on like any other. It does so by itself, too.',
  })
  completePreClose(
    @Arg('input') input: HandoffChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): HandoffAnswer {
    return ctx.run(completePreClose, input, info, Handoff);
  }

  @Runs(linkPredecessor)
  @Mutation(() => HandoffResult, {
    description:
      'Says which earlier handoff of the client it goes on from, and takes over its content to be confirmed.',
  })
  linkPredecessor(
    @Arg('input') input: LinkPredecessorInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): HandoffAnswer {
    return ctx.run(linkPredecessor, input, info, Handoff);
  }

  @Runs(confirmCarriedOver)
  @Mutation(() => HandoffResult, { description: 'Says of what was carried over that it still holds.' })
  confirmCarriedOver(
    @Arg('input') input: ConfirmCarriedOverInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): HandoffAnswer {
    return ctx.run(confirmCarriedOver, input, info, Handoff);
  }
}

@Resolver(() => HandingOverType)
export class HandingOverResolver {
  @One(HandingOverType, 'personId', Person, 'Who it is.')
  person: Person | null;
}

@Resolver(() => PreClose)
export class PreCloseResolver {
  @One(PreClose, 'handoffId', Handoff, 'The handoff; its revision is what the next change expects.')
  handoff: Handoff | null;

  @One(PreClose, 'requestedBy', Person, 'Who asked.')
  requester: Person | null;

  @One(PreClose, 'decidedBy', Person, 'Who answered; never who asked.')
  decider: Person | null;
}
