import { digestOf } from '../../core/canonical.js';
import { command, done, type Moment, type Outcome, refused } from '../../core/command.js';
import { staleRevision } from '../../core/error.js';
import { insert, remove, type Statement, update } from '../../core/statement.js';
import { DisabledReason, EndpointState, EventEndpoint, EventSecret } from './endpoint.entity.js';
import { numberFindings, rotationFindings, stateFindings, urlFindings } from './endpoint.rules.js';
import type { CreateEventEndpointInput, EndpointChangeInput, UpdateEventEndpointInput } from './event.input.js';
import { endPause, endpointCount, endWaiting, lockEndpoint, sealedUpTo, secretsOf } from './event.queries.js';
import { newSigningSecret, OVERLAP_MS, sealedEventSecret } from './event.secret.js';
import type { EventType } from './event-type.js';

/** Administrators, and programs whose key has the scope `events:manage`. */
const administer = { action: 'administer', subject: 'EventEndpoint' } as const;
const subjectOf = (id: string): { type: string; id: string } => ({ type: 'EventEndpoint', id });

const lockedFacts = ({ endpointId }: EndpointChangeInput) => ({ endpoint: lockEndpoint(endpointId) });
const target = ({ endpoint }: { endpoint: EventEndpoint }): EventEndpoint => endpoint;

function checkRevision({ id, revision }: EventEndpoint, { expectedRevision }: EndpointChangeInput): void {
  if (revision !== expectedRevision) throw staleRevision('EventEndpoint', id, expectedRevision, revision);
}

const typesOf = (types: readonly EventType[]): EventType[] => [...new Set(types)].toSorted();

/** A fresh secret, and the row that keeps it. */
function freshSecret(endpointId: string, version: number, { vault, actor, now, newId }: Moment) {
  const secret = newSigningSecret();
  const of = { tenantId: actor.tenantId, endpointId, version };
  return { secret, write: insert(EventSecret, sealedEventSecret(vault, of, secret, { id: newId(), now })) };
}

/**
 * Makes an endpoint: it gets what is sealed from now on, and its signing secret is in this answer only. The ledger keeps
 * a digest of the address.
 */
export const createEventEndpoint = command({
  name: 'createEventEndpoint',
  ...administer,
  facts: (_input: CreateEventEndpointInput) => ({ count: endpointCount(), sealed: sealedUpTo() }),
  decide: ({ count, sealed }, { url, eventTypes, description = null }, moment) => {
    const findings = [...numberFindings(count), ...urlFindings(url)];
    if (findings.length > 0) return refused(findings);
    const id = moment.newId();
    const { secret, write } = freshSecret(id, 1, moment);
    const types = typesOf(eventTypes);
    const row = {
      id,
      url,
      description,
      eventTypes: types,
      state: EndpointState.ACTIVE,
      reason: null,
      secretVersion: 1,
      failures: 0,
      failingSince: null,
      relayedSeq: sealed,
      createdAt: moment.now,
      endedAt: null,
      revision: 1,
    };
    return done({
      id,
      subject: subjectOf(id),
      body: { urlDigest: digestOf(url), eventTypes: types, secretVersion: 1 },
      writes: [insert(EventEndpoint, row), write],
      secret,
    });
  },
});

/** Changes address, types or description; what waits goes to the new address. */
export const updateEventEndpoint = command({
  name: 'updateEventEndpoint',
  ...administer,
  facts: (input: UpdateEventEndpointInput) => lockedFacts(input),
  target,
  decide: ({ endpoint }, input, _moment) => {
    checkRevision(endpoint, input);
    const { id, revision } = endpoint;
    const url = input.url ?? endpoint.url;
    const findings = url === endpoint.url ? [] : urlFindings(url);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    const eventTypes = input.eventTypes ? typesOf(input.eventTypes) : endpoint.eventTypes;
    const description = input.description ?? endpoint.description;
    return done({
      id,
      subject: subjectOf(id),
      body: { urlDigest: digestOf(url), eventTypes },
      writes: [
        update(EventEndpoint, { id }, { url, eventTypes, description, revision: revision + 1 }),
        ...(url === endpoint.url ? [] : [endPause(id)]),
      ],
    });
  },
});

/** A new signing secret, in this answer only; the one before signs beside it for a day (Standard Webhooks: rotation). */
export const rotateEventSecret = command({
  name: 'rotateEventSecret',
  ...administer,
  facts: (input: EndpointChangeInput) => ({ ...lockedFacts(input), secrets: secretsOf(input.endpointId) }),
  target,
  decide: ({ endpoint, secrets }, input, moment) => {
    checkRevision(endpoint, input);
    const { id, revision } = endpoint;
    const { now } = moment;
    const over = secrets.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= now);
    const findings = rotationFindings(secrets.length - over.length);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    const secretVersion = endpoint.secretVersion + 1;
    const { secret, write } = freshSecret(id, secretVersion, moment);
    return done({
      id,
      subject: subjectOf(id),
      body: { secretVersion },
      writes: [
        update(EventEndpoint, { id }, { secretVersion, revision: revision + 1 }),
        ...over.map((row) => remove(EventSecret, { id: row.id })),
        update(EventSecret, { endpointId: id, expiresAt: null }, { expiresAt: new Date(now.getTime() + OVERLAP_MS) }),
        write,
      ],
      secret,
    });
  },
});

/** Stops sending to an endpoint; what waits is cancelled, and what happens meanwhile can be replayed. */
export const disableEventEndpoint = command({
  name: 'disableEventEndpoint',
  ...administer,
  facts: (input: EndpointChangeInput) => lockedFacts(input),
  target,
  decide: ({ endpoint }, input, { now }) => {
    checkRevision(endpoint, input);
    const { id } = endpoint;
    const findings = stateFindings(endpoint, EndpointState.ACTIVE);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    const ended = { state: EndpointState.DISABLED, reason: DisabledReason.BY_HAND, endedAt: now };
    return changed(endpoint, ended, endWaiting(id));
  },
});

/** Sends to a disabled endpoint again, from now on. */
export const enableEventEndpoint = command({
  name: 'enableEventEndpoint',
  ...administer,
  facts: (input: EndpointChangeInput) => ({ ...lockedFacts(input), sealed: sealedUpTo() }),
  target,
  decide: ({ endpoint, sealed }, input) => {
    checkRevision(endpoint, input);
    const { id } = endpoint;
    const findings = stateFindings(endpoint, EndpointState.DISABLED);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    const fresh = { state: EndpointState.ACTIVE, reason: null, endedAt: null, failures: 0, failingSince: null };
    return changed(endpoint, { ...fresh, relayedSeq: sealed }, [endPause(id)]);
  },
});

/** Ends an endpoint for good: its secrets are destroyed, and of its address the origin is kept. */
export const deleteEventEndpoint = command({
  name: 'deleteEventEndpoint',
  ...administer,
  facts: (input: EndpointChangeInput) => lockedFacts(input),
  target,
  decide: ({ endpoint }, input, { now }) => {
    checkRevision(endpoint, input);
    const { id, url } = endpoint;
    const ended = {
      state: EndpointState.DELETED,
      reason: null,
      url: new URL(url).origin,
      description: null,
      endedAt: now,
    };
    return changed(endpoint, ended, [...endWaiting(id), remove(EventSecret, { endpointId: id })]);
  },
});

function changed(
  { id, revision }: EventEndpoint,
  changes: Partial<EventEndpoint> & Pick<EventEndpoint, 'state'>,
  further: readonly Statement[],
): Outcome {
  return done({
    id,
    subject: subjectOf(id),
    body: { state: changes.state },
    writes: [update(EventEndpoint, { id }, { ...changes, revision: revision + 1 }), ...further],
  });
}
