import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequestContext } from '../../core/graphql/context.js';
import { PageArgs } from '../../core/graphql/page-args.js';
import { Allow, Runs } from '../../core/graphql/rights.js';
import { connectionOf, resultOf } from '../../core/graphql/shapes.js';
import type { RefusedType } from '../../core/graphql/types.js';
import type { Page } from '../../core/page.js';
import { DeliveryState, EventDelivery } from './delivery.entity.js';
import { deliveryRemedy } from './delivery.rules.js';
import {
  createEventEndpoint,
  deleteEventEndpoint,
  disableEventEndpoint,
  enableEventEndpoint,
  rotateEventSecret,
  updateEventEndpoint,
} from './endpoint.commands.js';
import { EventEndpoint } from './endpoint.entity.js';
import { endpointRemedy } from './endpoint.rules.js';
import {
  CreateEventEndpointInput,
  EndpointChangeInput,
  EndpointInput,
  ReplayEventsInput,
  UpdateEventEndpointInput,
} from './event.input.js';
import { PRESENT_STATES } from './event.queries.js';
import { replayEvents, sendTestEvent } from './replay.commands.js';

const EventEndpointConnection = connectionOf(EventEndpoint, 'EventEndpoint');
const EventDeliveryConnection = connectionOf(EventDelivery, 'EventDelivery');
const EventEndpointResult = resultOf('EventEndpointResult', EventEndpoint);

@ArgsType()
class EventDeliveriesArgs extends PageArgs {
  @Field(() => ID, { description: 'The endpoint.' })
  endpointId: string;

  @Field(() => DeliveryState, { nullable: true, description: 'Only deliveries in this state.' })
  state: DeliveryState | null;
}

/** What happened to one event on its way to one endpoint. */
@Resolver(() => EventDelivery)
export class EventDeliveryResolver {
  @Allow('read', 'EventDelivery')
  @Query(() => EventDeliveryConnection, { description: 'The deliveries to an endpoint, newest first.' })
  eventDeliveries(@Args() args: EventDeliveriesArgs, @Ctx() { reader }: RequestContext): Promise<Page<EventDelivery>> {
    const { endpointId, state } = args;
    return reader.page(EventDelivery, state ? { endpointId, state } : { endpointId }, args.checked());
  }

  @FieldResolver(() => String, { nullable: true, description: 'What to do about it; null when there is nothing to.' })
  remedy(@Root() delivery: EventDelivery): string | null {
    return deliveryRemedy(delivery);
  }
}

/** Where the tenant wants to be told what happens. */
@Resolver(() => EventEndpoint)
export class EventEndpointResolver {
  @Allow('read', 'EventEndpoint')
  @Query(() => EventEndpointConnection, { description: 'The endpoints of outbound events, newest first.' })
  eventEndpoints(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<EventEndpoint>> {
    return reader.page(EventEndpoint, { state: PRESENT_STATES }, args.checked());
  }

  @FieldResolver(() => String, { nullable: true, description: 'What to do about it; null while it is not disabled.' })
  remedy(@Root() endpoint: EventEndpoint): string | null {
    return endpointRemedy(endpoint);
  }

  // Of no class that programs may not see: whoever makes an endpoint needs its secret, and nobody else is ever told it.
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The signing secret, `whsec_...`: only in the answer that made it, never again, not even to a replay of the request.',
  })
  secret(@Root() { id }: EventEndpoint, @Ctx() { secrets }: RequestContext): string | null {
    return secrets.get(id) ?? null;
  }

  @Runs(createEventEndpoint)
  @Mutation(() => EventEndpointResult, {
    description: 'Makes an endpoint; take its secret from this answer. Refused: EVENT_ADDRESS, EVENT_ENDPOINTS_FULL.',
  })
  createEventEndpoint(
    @Arg('input') input: CreateEventEndpointInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EventEndpoint | RefusedType> {
    return ctx.run(createEventEndpoint, input, info, EventEndpoint);
  }

  @Runs(updateEventEndpoint)
  @Mutation(() => EventEndpointResult, {
    description: 'Changes address, types or description of an endpoint. Refused: EVENT_ADDRESS.',
  })
  updateEventEndpoint(
    @Arg('input') input: UpdateEventEndpointInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EventEndpoint | RefusedType> {
    return ctx.run(updateEventEndpoint, input, info, EventEndpoint);
  }

  @Runs(rotateEventSecret)
  @Mutation(() => EventEndpointResult, {
    description:
      'Gives an endpoint a new secret, in this answer only; the old one signs beside it for 24 hours. Refused: EVENT_SECRET_ROTATED_OFTEN.',
  })
  rotateEventSecret(
    @Arg('input') input: EndpointChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EventEndpoint | RefusedType> {
    return ctx.run(rotateEventSecret, input, info, EventEndpoint);
  }

  @Runs(disableEventEndpoint)
  @Mutation(() => EventEndpointResult, {
    description: 'Stops sending to an endpoint and cancels what waits. Refused: EVENT_ENDPOINT_DISABLED.',
  })
  disableEventEndpoint(
    @Arg('input') input: EndpointChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EventEndpoint | RefusedType> {
    return ctx.run(disableEventEndpoint, input, info, EventEndpoint);
  }

  @Runs(enableEventEndpoint)
  @Mutation(() => EventEndpointResult, {
    description: 'Sends to an endpoint again, from now on; replay what it missed. Refused: EVENT_ENDPOINT_ACTIVE.',
  })
  enableEventEndpoint(
    @Arg('input') input: EndpointChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EventEndpoint | RefusedType> {
    return ctx.run(enableEventEndpoint, input, info, EventEndpoint);
  }

  @Runs(deleteEventEndpoint)
  @Mutation(() => EventEndpointResult, {
    description: 'Ends an endpoint for good and destroys its secrets; what waits for it is cancelled.',
  })
  deleteEventEndpoint(
    @Arg('input') input: EndpointChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EventEndpoint | RefusedType> {
    return ctx.run(deleteEventEndpoint, input, info, EventEndpoint);
  }

  @Runs(replayEvents)
  @Mutation(() => EventEndpointResult, {
    description:
      'Sends events again, under the same ids. Refused: EVENT_REPLAY_RANGE, EVENT_UNKNOWN, EVENT_ENDPOINT_DISABLED.',
  })
  replayEvents(
    @Arg('input') input: ReplayEventsInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EventEndpoint | RefusedType> {
    return ctx.run(replayEvents, input, info, EventEndpoint);
  }

  @Runs(sendTestEvent)
  @Mutation(() => EventEndpointResult, {
    description:
      'Has `endpoint.test` sent to this endpoint; see eventDeliveries a moment later. Refused: EVENT_ENDPOINT_DISABLED.',
  })
  sendTestEvent(
    @Arg('input') input: EndpointInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EventEndpoint | RefusedType> {
    return ctx.run(sendTestEvent, input, info, EventEndpoint);
  }
}
