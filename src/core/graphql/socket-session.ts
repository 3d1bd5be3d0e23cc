import type { Actor } from '../actor.js';
import { AppError } from '../error.js';

/** How a socket ends: the codes of RFC 6455 7.4, and of the protocol graphql-transport-ws from 4400 on. */
export const CLOSE = {
  NORMAL: 1000,
  GOING_AWAY: 1001,
  UNSUPPORTED_DATA: 1003,
  POLICY: 1008,
  TRY_AGAIN_LATER: 1013,
  FORBIDDEN: 4403,
  INTERNAL: 4500,
} as const;

/** Longest delay of a timer of Node, in milliseconds; a token that lives longer is looked at again then. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A reason travels in a control frame of 125 bytes, two of which are the code. */
const LONGEST_REASON = 120;

/** Who is on a socket, and until when. */
export class SocketSession {
  private signedIn: Actor | null = null;
  private timer: NodeJS.Timeout | undefined;
  private hasEnded = false;
  private countOpen = (): number => 0;

  /** @param close ends the socket; told once at the most by this session. */
  constructor(readonly close: (code: number, reason: string) => void) {}

  /** The actor, or an error when nobody has signed in: graphql-ws lets nobody so far. */
  get actor(): Actor {
    if (!this.signedIn) throw new Error('Nobody has signed in on this socket');
    return this.signedIn;
  }

  get isSignedIn(): boolean {
    return this.signedIn !== null;
  }

  /** Subscriptions that are open on it. */
  get openOperations(): number {
    return this.countOpen();
  }

  /**
   * Signs in, until the token ends: then the socket is closed, and a client may come back with a fresh one. A socket that
   * closed while its token was looked at waits for nothing.
   */
  begin(actor: Actor, expiresAt: Date | null, countOpen: () => number): void {
    this.signedIn = actor;
    this.countOpen = countOpen;
    if (expiresAt && !this.hasEnded) this.endAt(expiresAt.getTime());
  }

  /** Forgets the timer, and sets none any more; the socket is gone. */
  end(): void {
    this.hasEnded = true;
    clearTimeout(this.timer);
  }

  private endAt(time: number): void {
    const left = time - Date.now();
    if (left <= 0) this.close(CLOSE.FORBIDDEN, 'UNAUTHENTICATED: The access token has expired.');
    else this.timer = setTimeout(() => this.endAt(time), Math.min(left, LONGEST_TIMER)).unref();
  }
}

/** How a socket is closed because of an error: with its code and message when they are safe to show. */
export function closingOf(error: unknown): { readonly code: number; readonly reason: string } {
  if (!(error instanceof AppError)) return { code: CLOSE.INTERNAL, reason: 'INTERNAL_SERVER_ERROR' };
  const isFinal = error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN';
  const code = isFinal ? CLOSE.FORBIDDEN : CLOSE.TRY_AGAIN_LATER;
  return { code, reason: `${error.code}: ${error.message}`.slice(0, LONGEST_REASON) };
}
