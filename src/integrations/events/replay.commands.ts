import { command, done, refused } from '../../core/command.js';
import { type Query, selectFirst, sql } from '../../core/statement.js';
import { freshDelivery, kept } from './delivery.plan.js';
import { EventDelivery } from './delivery.entity.js';
import { EndpointState } from './endpoint.entity.js';
import { rangeFindings, stateFindings, unknownEvent } from './endpoint.rules.js';
import type { EndpointInput, ReplayEventsInput } from './event.input.js';
import { lockEndpoint, sealedBefore } from './event.queries.js';
import { replayMessage } from './replay.plan.js';

const administer = { action: 'administer', subject: 'EventEndpoint' } as const;

const nothing = <T>(answer: T): Query<T> => sql('select 1 where $1::uuid is null', [], () => answer);

/**
 * Sends again what an endpoint was, or should have been, sent: one event, or all that it wants of a time. Each keeps its
 * id, so that a receiver that has it already knows it.
 */
export const replayEvents = command({
  name: 'replayEvents',
  ...administer,
  facts: ({ endpointId, eventId = null, since = null }: ReplayEventsInput) => ({
    endpoint: lockEndpoint(endpointId),
    delivery:
      eventId === null
        ? nothing<EventDelivery | null>(null)
        : selectFirst(EventDelivery, { endpointId, eventId }, { orderBy: ['id'] }),
    before: since === null ? nothing(0) : sealedBefore(since),
  }),
  target: ({ endpoint }) => endpoint,
  decide: ({ endpoint, delivery, before }, input, moment) => {
    const { now, newId } = moment;
    const { id, relayedSeq } = endpoint;
    const subject = { type: 'EventEndpoint', id };
    const range = rangeFindings(input, now);
    const isUnknown = range.length === 0 && typeof input.eventId === 'string' && delivery === null;
    const findings = [
      ...stateFindings(endpoint, EndpointState.ACTIVE),
      ...range,
      ...(isUnknown ? [unknownEvent()] : []),
    ];
    if (findings.length > 0) return refused(findings, { subject });
    const replayId = newId();
    if (delivery) {
      const { eventId, type, occurredAt, subjectType, subjectId, data } = delivery;
      const event = { id: eventId, type, occurredAt, subjectType, subjectId, data };
      return done({
        id,
        subject,
        body: { replayId, eventId },
        writes: kept([freshDelivery(event, id, replayId, moment)], moment),
        wakesWorker: true,
      });
    }
    const { since, until } = input;
    const time = { since: since!, until: until ?? now };
    return done({
      id,
      subject,
      body: { replayId, since: time.since.toISOString(), until: time.until.toISOString() },
      messages: [replayMessage({ endpointId: id, replayId, ...time, after: before, upTo: relayedSeq })],
    });
  },
});

/** Has a test event sent to one endpoint, by the whole way that every event goes: ledger, seal, relay, delivery. */
export const sendTestEvent = command({
  name: 'sendTestEvent',
  ...administer,
  facts: ({ endpointId }: EndpointInput) => ({ endpoint: lockEndpoint(endpointId) }),
  target: ({ endpoint }) => endpoint,
  decide: ({ endpoint }) => {
    const { id } = endpoint;
    const subject = { type: 'EventEndpoint', id };
    const findings = stateFindings(endpoint, EndpointState.ACTIVE);
    return findings.length > 0 ? refused(findings, { subject }) : done({ id, subject });
  },
});
