const MINUTE = 60_000;
/** A token is renewed this long before it ends: Microsoft's pages advise five to ten minutes. */
const AHEAD = 7 * MINUTE;
const SOONEST = 5000;

/** How long to wait before a token that ends at `expiresAt` is renewed, in milliseconds. */
export const renewalIn = (expiresAt: string, now: number): number =>
  Math.max(SOONEST, Date.parse(expiresAt) - now - AHEAD);

/** Whether a token is so near its end that it is renewed at once. */
export const isDue = (expiresAt: string, now: number): boolean => Date.parse(expiresAt) - now <= AHEAD;
