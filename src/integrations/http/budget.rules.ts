/** How much may be asked of one instance of a vendor. */
export interface Budget {
  /** Names the instance: its host, and the tenant where the vendor counts per tenant. */
  readonly instance: string;
  /** Whose instance it is: the budget is then one for all processes. Left out, each process counts for itself. */
  readonly tenantId?: string;
  readonly perMinute: number;
  /** Requests that may go out at once after a quiet time. */
  readonly burst: number;
}

/** What is left of a budget at a time. */
export interface BudgetLevel {
  readonly tokens: number;
  readonly filledAt: Date;
  readonly closedUntil: Date | null;
}

/** What a process got: so many requests, or none for so many milliseconds. */
export interface Allowance {
  readonly granted: number;
  /** How long until there is something again; 0 when something was granted. */
  readonly waitMs: number;
  readonly level: BudgetLevel;
}

const MINUTE_MS = 60_000;

/** A sixth of a burst at a time: six processes come to their turn, and the row is written once in so many requests. */
export function chunkOf({ burst }: Pick<Budget, 'burst'>): number {
  return Math.max(1, Math.floor(burst / 6));
}

/**
 * Takes up to `wanted` requests out of a token bucket (of `burst`, refilled with `perMinute`); a new one is full. Over any
 * time t no more than `burst + perMinute * t` are granted to all who take, whatever their clocks say: the time is the
 * database's.
 */
export function take(
  level: BudgetLevel | null,
  { perMinute, burst }: Pick<Budget, 'perMinute' | 'burst'>,
  wanted: number,
  now: Date,
): Allowance {
  const { tokens, filledAt, closedUntil } = refilled(level, { perMinute, burst }, now);
  const closedMs = closedUntil === null ? 0 : Math.max(0, closedUntil.getTime() - now.getTime());
  if (closedMs > 0) return { granted: 0, waitMs: closedMs, level: { tokens, filledAt, closedUntil } };
  const granted = Math.min(tokens, wanted);
  const next = filledAt.getTime() + Math.ceil(MINUTE_MS / perMinute) - now.getTime();
  return {
    granted,
    waitMs: granted > 0 ? 0 : Math.max(1, next),
    level: { tokens: tokens - granted, filledAt, closedUntil: null },
  };
}

/** The level now; a clock that went back adds nothing. */
function refilled(
  level: BudgetLevel | null,
  { perMinute, burst }: Pick<Budget, 'perMinute' | 'burst'>,
  now: Date,
): BudgetLevel {
  if (level === null) return { tokens: burst, filledAt: now, closedUntil: null };
  const { tokens, filledAt, closedUntil } = level;
  const passedMs = Math.max(0, now.getTime() - filledAt.getTime());
  const gained = Math.floor((passedMs * perMinute) / MINUTE_MS);
  if (tokens + gained >= burst) {
    const from = passedMs > 0 ? now : filledAt;
    return { tokens: Math.min(burst, tokens + gained), filledAt: from, closedUntil };
  }
  const counted = new Date(filledAt.getTime() + Math.ceil((gained * MINUTE_MS) / perMinute));
  return { tokens: tokens + gained, filledAt: counted, closedUntil };
}
