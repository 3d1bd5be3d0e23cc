import { type Actor, sameActor } from './actor.js';
import { AppError } from './error.js';
import type { Query } from './statement.js';

/**
 * The actor of now is not the one for whom an operation was begun. Nothing was done and nothing is answered; the
 * operation is run again from its beginning as the actor of now (core/graphql/settling.ts). Whoever does not do that
 * shows this refusal.
 */
export class ActorChanged extends AppError {
  /** @param current the actor of now; null when the membership, the seat or the key has ended. */
  constructor(readonly current: Actor | null) {
    super('BUSY', 'Your rights have just changed.', { remedy: 'Send it again.' });
    this.name = 'ActorChanged';
  }
}

/** How the actor of a request is known. */
export interface Standing<T> {
  /** The actor as the membership or the key stands in the flush that it travels with; null when it has ended. */
  readonly current: Query<Actor | null>;
  /**
   * The same actor, or null when they may have changed since an earlier request of the same token, for which they were
   * read: it confirms them before anything is answered. Null for an actor who was read for this request.
   */
  readonly assumed: Query<Actor | null> | null;
  /** Told once an assumed actor was found to be the same. */
  readonly confirmed?: () => void;
  /**
   * Signs in from the beginning: whoever the token's bearer is now, or the refusal that a first request gets. Null for an
   * operation that has begun again already: another change is told to the client.
   */
  readonly renew: (() => Promise<T>) | null;
}

/**
 * The query with the actor of now, as an answer that must be this very actor: else ActorChanged, whatever the reason. Its
 * answer is read first in its flush, so that no other answer of a flush says anything to an actor of the past.
 */
export function confirming(actor: Actor, current: Query<Actor | null>): Query<Actor> {
  return {
    ...current,
    read: (rows) => {
      const now = orNull(() => current.read(rows));
      if (!now || !sameActor(now, actor)) throw new ActorChanged(now);
      return actor;
    },
  };
}

/** A seat that has ended refuses by its own message; who signs in from the beginning is told. */
function orNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
