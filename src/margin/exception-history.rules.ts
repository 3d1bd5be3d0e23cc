import { ApprovalState } from '../approval/request.entity.js';

/** Days that the history of exceptions goes back. */
export const HISTORY_DAYS = 365;

/** How many of the latest requests a record names. */
export const LATEST_SHOWN = 5;

const TENTH_OF_AN_HOUR = 360_000;

/** One margin exception that was asked for, as far as a history tells of it. */
export interface PastException {
  readonly requestId: string;
  readonly requesterId: string;
  readonly serviceTemplate: string;
  readonly clientId: string;
  readonly state: ApprovalState;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  /** When the current round was approved; null when it was not. */
  readonly grantedAt: Date | null;
  /** Missing margin in minor units of the tenant's currency, as weighed when it was asked; null without a rate. */
  readonly shortfallMinor: bigint | null;
}

/** What became of some exceptions. */
export interface ExceptionFigures {
  readonly asked: number;
  readonly approved: number;
  readonly rejected: number;
  /** Denied since nobody decided in time. */
  readonly expired: number;
  /** Of all of them together; those without a rate are left out. */
  readonly shortfallMinor: bigint;
  /** By the clock, in hours with one decimal, rounded down; null when none was approved or rejected. */
  readonly medianDecisionHours: string | null;
  /** The latest ones, newest first. */
  readonly latestIds: readonly string[];
}

/** The figures of some exceptions; given the oldest first. An approval that lapsed unused was approved all the same. */
export function figuresOf(past: readonly PastException[], now: Date): ExceptionFigures {
  const fates = past.map((one) => fateOf(one, now));
  const count = (fate: Fate): number => fates.filter((own) => own === fate).length;
  return {
    asked: past.length,
    approved: count('APPROVED'),
    rejected: count('REJECTED'),
    expired: count('EXPIRED'),
    shortfallMinor: past.reduce((sum, { shortfallMinor }) => sum + (shortfallMinor ?? 0n), 0n),
    medianDecisionHours: medianHours(past.flatMap((one, index) => decisionTime(one, fates[index]!) ?? [])),
    latestIds: past
      .slice(-LATEST_SHOWN)
      .map(({ requestId }) => requestId)
      .toReversed(),
  };
}

type Fate = 'OPEN' | 'APPROVED' | 'REJECTED' | 'EXPIRED' | 'WITHDRAWN';

function fateOf({ state, grantedAt, expiresAt }: PastException, now: Date): Fate {
  if (state === ApprovalState.USED) return 'APPROVED';
  if (state === ApprovalState.EXPIRED) return grantedAt ? 'APPROVED' : 'EXPIRED';
  if (state === ApprovalState.PENDING) return expiresAt <= now ? 'EXPIRED' : 'OPEN';
  return state;
}

/** Milliseconds from asking to the answer; null where nobody answered. */
function decisionTime({ openedAt, grantedAt, decidedAt }: PastException, fate: Fate): number | null {
  const at = fate === 'APPROVED' ? grantedAt : fate === 'REJECTED' ? decidedAt : null;
  return at && at.getTime() - openedAt.getTime();
}

function medianHours(times: readonly number[]): string | null {
  if (times.length === 0) return null;
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  const tenths = Math.floor(median / TENTH_OF_AN_HOUR);
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}
