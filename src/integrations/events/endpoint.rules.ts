import { VendorError } from '../../core/outbox/vendor-error.js';
import { type Finding, finding } from '../../core/finding.js';
import { checkedTarget } from '../http/address.rules.js';
import { DisabledReason, type EventEndpoint, EndpointState } from './endpoint.entity.js';

/** Endpoints of a tenant that are not deleted. */
export const MOST_ENDPOINTS = 10;

/** Secrets that sign at once: the present one, and those that were replaced within a day. */
export const MOST_SECRETS = 4;

/** Names that only a network of its own knows (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal). */
const OWN_NETWORK = ['localhost', 'local', 'localdomain', 'internal', 'home.arpa', 'onion'];

const ADDRESS_REMEDY = 'Give a public https address, such as https://hooks.example.com/countersign.';

/**
 * What is wrong with an address by its text alone: not https, credentials, an unusual port, no public host by any
 * spelling. What its name resolves to is judged at every send, since that may change at any time.
 */
export function urlFindings(url: string): Finding[] {
  const no = (message: string): Finding[] => [
    finding({ code: 'EVENT_ADDRESS', path: 'url', message, facts: {}, remedy: ADDRESS_REMEDY }),
  ];
  try {
    const { hostname, hash } = checkedTarget(url, [], null).url;
    const name = hostname.replace(/\.$/, '').toLowerCase();
    const isOwn = OWN_NETWORK.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
    if (isOwn || (!name.includes('.') && !name.startsWith('['))) return no('The address has no public host.');
    return hash === '' ? [] : no('The address has a fragment, which is never sent.');
  } catch (error) {
    if (error instanceof VendorError) return no(error.message);
    throw error;
  }
}

/** Why no further endpoint can be made. */
export function numberFindings(count: number): Finding[] {
  if (count < MOST_ENDPOINTS) return [];
  return [
    finding({
      code: 'EVENT_ENDPOINTS_FULL',
      path: 'url',
      message: `There are ${MOST_ENDPOINTS} endpoints already.`,
      facts: { most: MOST_ENDPOINTS },
      remedy: 'Delete one with deleteEventEndpoint, or pass events on from one of yours.',
    }),
  ];
}

/** Why an endpoint is not in the state that a change needs. */
export function stateFindings({ id, state }: EventEndpoint, wanted: EndpointState): Finding[] {
  if (state === wanted) return [];
  const isActive = state === EndpointState.ACTIVE;
  return [
    finding({
      code: isActive ? 'EVENT_ENDPOINT_ACTIVE' : 'EVENT_ENDPOINT_DISABLED',
      path: 'endpointId',
      message: isActive ? 'The endpoint is active already.' : 'The endpoint is disabled.',
      facts: { endpointId: id },
      remedy: isActive ? 'There is nothing to do.' : 'Enable it first with enableEventEndpoint.',
    }),
  ];
}

/** Why no further secret can be made for now. */
export function rotationFindings(live: number): Finding[] {
  if (live < MOST_SECRETS) return [];
  return [
    finding({
      code: 'EVENT_SECRET_ROTATED_OFTEN',
      path: 'endpointId',
      message: `${MOST_SECRETS} secrets sign for this endpoint already: each for a day beside its successor.`,
      facts: { most: MOST_SECRETS },
      remedy: 'Rotate again tomorrow; if a secret has leaked, delete the endpoint and make a new one.',
    }),
  ];
}

/** What a replay may be asked for. */
export interface ReplayRange {
  readonly eventId?: string | null;
  readonly since?: Date | null;
  readonly until?: Date | null;
}

/** How far back a replay goes, in days. */
export const REPLAY_DAYS = 30;

/** What is wrong with a replay's range: one event, or a time of at most thirty days back. */
export function rangeFindings({ eventId = null, since = null, until = null }: ReplayRange, now: Date): Finding[] {
  const no = (path: string, message: string, remedy: string): Finding =>
    finding({ code: 'EVENT_REPLAY_RANGE', path, message, facts: { days: REPLAY_DAYS }, remedy });
  if ((eventId === null) === (since === null))
    return [no('since', 'A replay is of one event, or of a time.', 'Give either eventId, or since (and until).')];
  if (since === null)
    return until === null ? [] : [no('until', 'One event has no time until which it is replayed.', 'Leave until out.')];
  const earliest = new Date(now.getTime() - REPLAY_DAYS * 86_400_000);
  return [
    ...(since < earliest
      ? [no('since', `That is more than ${REPLAY_DAYS} days ago.`, `Give ${earliest.toISOString()} or later.`)]
      : []),
    ...(since >= (until ?? now)
      ? [no('since', 'It is not before the end.', 'Give a time before until, and in the past.')]
      : []),
  ];
}

/** Why an event cannot be replayed by its id. */
export function unknownEvent(): Finding {
  return finding({
    code: 'EVENT_UNKNOWN',
    path: 'eventId',
    message: 'This endpoint was never sent that event.',
    facts: {},
    remedy: 'Look into eventDeliveries for the id, or replay a time with since and until.',
  });
}

const REMEDIES: Readonly<Record<DisabledReason, string>> = {
  [DisabledReason.BY_HAND]: 'Enable it with enableEventEndpoint, then replay what it missed with replayEvents.',
  [DisabledReason.GONE]:
    'It said that it wants no more events. Correct its address with updateEventEndpoint and enable it, or delete it.',
  [DisabledReason.FAILING]:
    'See in eventDeliveries what it answered; when it works again, enable it with enableEventEndpoint and replay since its endedAt.',
};

/** What to do about an endpoint that is disabled; null while there is nothing to do. */
export const endpointRemedy = ({ reason }: EventEndpoint): string | null => reason && REMEDIES[reason];
