import type { OutboxMessage } from '../../core/outbox/message.js';

/** The kind of the effect that asks for the deliveries of one part of a replay. */
export const REPLAY_EVENTS = 'event.replay';

/** Entries of the ledger that one part goes through. */
export const REPLAY_PART = 500;

/** What is to be replayed: of a time, between two numbers of the sealed ledger. */
export interface Replay {
  readonly endpointId: string;
  readonly replayId: string;
  readonly since: Date;
  readonly until: Date;
  /** The number after which it goes on. */
  readonly after: number;
  /** The last number; what comes later is the relay's. */
  readonly upTo: number;
}

/** The next part of a replay; our own work, so that it waits for no endpoint. */
export function replayMessage({ endpointId, replayId, since, until, after, upTo }: Replay): OutboxMessage {
  return {
    kind: REPLAY_EVENTS,
    aggregate: { type: 'EventReplay', id: replayId },
    effectKey: `${REPLAY_EVENTS}/${replayId}/${after}`,
    payload: {
      endpointId,
      since: since.toISOString(),
      until: until.toISOString(),
      after: String(after),
      upTo: String(upTo),
    },
  };
}

/** The replay that an effect carries. */
export function replayOf(payload: Readonly<Record<string, string>>, replayId: string): Replay {
  const { endpointId = '', since = '', until = '', after, upTo } = payload;
  return {
    endpointId,
    replayId,
    since: new Date(since),
    until: new Date(until),
    after: Number(after),
    upTo: Number(upTo),
  };
}
