import type { Trace } from './request-log.js';

/** Who changes something: an agent, by a screen or through an API application. */
export interface Actor {
  readonly agentId: number;
  /** The API application's client id; null for a person at the screen. */
  readonly clientId: string | null;
  /** Fields of tickets that are not written, in silence: no permission, or a scripted fault. */
  readonly silentFields: readonly string[];
}

/** Where a change notes what it did and what it dropped. */
export type Notes = Pick<Trace, 'effects' | 'dropped'>;

/** A person at the screen. */
export function personActor(agentId: number): Actor {
  return { agentId, clientId: null, silentFields: [] };
}

/** Notes for a change that no request asked for. */
export function noNotes(): Notes {
  return { effects: [], dropped: [] };
}
