import { createHash } from 'node:crypto';
import type { Actor } from '../core/actor.js';
import type { TokenTimes } from '../core/bearer.js';
import { RecentlyUsed } from '../core/recently-used.js';
import type { SeenStamp } from './membership-stamp.js';

/** What is known of a token or API key that somebody has signed in with. */
export interface Remembered {
  /** As last read, with the abilities that were built for this very object (abilityOf). */
  readonly actor: Actor;
  /** The membership by which they were found; null where nothing tells that it is still the same. */
  readonly stamp: SeenStamp | null;
  /** The verified token's times and directory; null for an API key, which has its end in the database. */
  readonly token: { readonly times: TokenTimes; readonly tid: string | null } | null;
}

/** Bounds of the memory of one process. */
export const SIGN_IN_MEMORY = {
  /** Tokens and keys that are remembered; the one that was shown longest ago goes first. */
  most: 10_000,
  /** How long after its verification a token is not verified again, in milliseconds. */
  verifiedFor: 60_000,
} as const;

/**
 * Who signed in lately, by the SHA-256 of their token or key: neither is kept, and nothing of it is logged. It spares the
 * verification and the round trip of the sign-in; it decides nothing, since an actor found here is only assumed.
 */
export class SignInMemory {
  private readonly entries = new RecentlyUsed<string, Remembered & { readonly at: number }>(SIGN_IN_MEMORY.most);

  /** @param age a clock in milliseconds that never goes back; the process's own unless a test has another. */
  constructor(private readonly age: () => number = () => performance.now()) {}

  /** What was remembered of a secret less than a minute ago, or null. */
  find(secret: string): Remembered | null {
    const name = nameOf(secret);
    const found = this.entries.get(name);
    if (!found) return null;
    if (this.age() - found.at < SIGN_IN_MEMORY.verifiedFor) return found;
    this.entries.delete(name);
    return null;
  }

  /** Remembers from now on. */
  keep(secret: string, remembered: Remembered): void {
    this.entries.set(nameOf(secret), { ...remembered, at: this.age() });
  }

  /** Forgets what was remembered of a secret. */
  forget(secret: string): void {
    this.entries.delete(nameOf(secret));
  }

  /** How many are remembered. */
  get size(): number {
    return this.entries.size;
  }
}

const nameOf = (secret: string): string => createHash('sha256').update(secret).digest('base64');
