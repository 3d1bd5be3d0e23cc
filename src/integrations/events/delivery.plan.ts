import { enqueue, type OutboxMessage } from '../../core/outbox/message.js';
import { insertAll, type Statement } from '../../core/statement.js';
import { DeliveryState, EventDelivery } from './delivery.entity.js';
import type { EventEndpoint } from './endpoint.entity.js';
import { eventsOf, type OutboundEvent, type SealedEntry } from './event.rules.js';
import { EventType } from './event-type.js';

/** The kind of the effect that makes one attempt at one delivery. */
export const DELIVER_EVENT = 'event.deliver';

/** The outbox's name of an endpoint: each has a lane and a pause of its own, so that none waits for another. */
export const laneOf = (endpointId: string): string => `WEBHOOK/${endpointId}`;

/** The next attempt at a delivery; each is an effect of its own, and asked for twice it is one. */
export function attemptMessage(
  { id, endpointId, attempts }: Pick<EventDelivery, 'id' | 'endpointId' | 'attempts'>,
  notBefore: Date | null,
): OutboxMessage {
  return {
    kind: DELIVER_EVENT,
    aggregate: { type: 'EventDelivery', id },
    effectKey: `${DELIVER_EVENT}/${id}/${attempts + 1}`,
    payload: { deliveryId: id, endpointId },
    vendor: laneOf(endpointId),
    ...(notBefore ? { notBefore } : {}),
  };
}

/** Whether an endpoint wants an event; a test is for the endpoint that it is about. */
export function wants({ id, eventTypes }: Pick<EventEndpoint, 'id' | 'eventTypes'>, event: OutboundEvent): boolean {
  if (event.type === EventType.ENDPOINT_TEST) return event.subjectId === id;
  return eventTypes.length === 0 || eventTypes.includes(event.type);
}

type Fresh = Omit<EventDelivery, 'tenantId'>;
interface Making {
  readonly now: Date;
  readonly newId: () => string;
}

/** A delivery that was not tried yet. */
export function freshDelivery(
  event: OutboundEvent,
  endpointId: string,
  replayId: string | null,
  { now, newId }: Making,
): Fresh {
  const { id: eventId, ...told } = event;
  return {
    id: newId(),
    endpointId,
    eventId,
    ...told,
    replayId,
    state: DeliveryState.PENDING,
    attempts: 0,
    responseStatus: null,
    reason: null,
    createdAt: now,
    lastAttemptAt: null,
    nextAttemptAt: now,
  };
}

/** What the relay owes each endpoint of these entries: what it wants, after the number up to which it was told. */
export function owed(entries: readonly SealedEntry[], endpoints: readonly EventEndpoint[], making: Making): Fresh[] {
  return entries.flatMap((entry) => {
    const events = eventsOf(entry);
    return endpoints
      .filter(({ relayedSeq }) => relayedSeq < entry.seq)
      .flatMap((endpoint) =>
        events
          .filter((event) => wants(endpoint, event))
          .map((event) => freshDelivery(event, endpoint.id, null, making)),
      );
  });
}

/** Rows a statement: PostgreSQL takes 65,535 values at most. */
const ROWS = 500;

/** The statements that keep deliveries and ask for their first attempts. */
export function kept(deliveries: readonly Fresh[], { now, newId }: Making): Statement[] {
  const parts = Array.from({ length: Math.ceil(deliveries.length / ROWS) }, (_, index) =>
    deliveries.slice(index * ROWS, (index + 1) * ROWS),
  );
  return parts.flatMap((part) => [
    ...insertAll(EventDelivery, part),
    ...enqueue(
      part.map((delivery) => attemptMessage(delivery, null)),
      now,
      newId,
    ),
  ]);
}
