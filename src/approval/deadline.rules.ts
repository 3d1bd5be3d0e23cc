import { type ApprovalRequest, ApprovalState, type PinnedTime } from './request.entity.js';

const HOUR = 3_600_000;

/** So many hours of the tenant's working time from an instant on; the engine knows no calendar. */
export type WorkingTimes = (from: Date, hours: number) => readonly PinnedTime[];

/** The instant at which so many hours of the given working time have passed since `from` (approvals rule 6). */
export function afterHours(times: readonly PinnedTime[], hours: number, from: Date): Date {
  let left = hours * HOUR;
  for (const time of times) {
    const begin = Math.max(Date.parse(time.from), from.getTime());
    const length = Math.max(0, Date.parse(time.to) - begin);
    if (left <= length) return new Date(begin + left);
    left -= length;
  }
  return new Date(times.at(-1)!.to);
}

/** The deadlines of a request that opens, or that is open again after it was approved. */
export function deadlines(
  { pendingHours, grantHours }: Pick<ApprovalRequest, 'pendingHours' | 'grantHours'>,
  workingTimes: WorkingTimes,
  now: Date,
): Pick<ApprovalRequest, 'decideBy' | 'expiresAt' | 'workingTimes'> {
  const times = [...workingTimes(now, pendingHours + grantHours)];
  const decideBy = afterHours(times, pendingHours, now);
  return { decideBy, expiresAt: decideBy, workingTimes: times };
}

/** When a grant made now lapses unused: so many hours of the working time that the request pinned (approvals rule 6). */
export function lapseOf(
  { grantHours, workingTimes }: Pick<ApprovalRequest, 'grantHours' | 'workingTimes'>,
  now: Date,
): Date {
  return afterHours(workingTimes, grantHours, now);
}

/**
 * Whether a request's time has run out at an instant: undecided, or approved and not used (approvals rule 6). Judged
 * wherever it matters, so that nothing depends on a process that marks rows.
 */
export function isExpired({ state, expiresAt }: Pick<ApprovalRequest, 'state' | 'expiresAt'>, now: Date): boolean {
  return isOpenState(state) && expiresAt <= now;
}

/** Whether a request is undecided or approved, and not past its time. */
export function isOpen(request: Pick<ApprovalRequest, 'state' | 'expiresAt'>, now: Date): boolean {
  return isOpenState(request.state) && !isExpired(request, now);
}

/**
 * Whether a change of the content opens a new round: the request is open, or it was used and none of its kind has come
 * after it, since what was done under it covers other content.
 */
export function followsContent(
  request: Pick<ApprovalRequest, 'id' | 'kind' | 'state' | 'expiresAt' | 'openedAt'>,
  others: readonly Pick<ApprovalRequest, 'id' | 'kind' | 'openedAt'>[],
  now: Date,
): boolean {
  if (request.state !== ApprovalState.USED) return isOpen(request, now);
  return !others.some((other) => other.kind === request.kind && isLater(other, request));
}

/** By the database's clock: an id is made by a process whose own clock may be wrong (attack A13). */
function isLater(
  one: Pick<ApprovalRequest, 'id' | 'openedAt'>,
  other: Pick<ApprovalRequest, 'id' | 'openedAt'>,
): boolean {
  const ms = one.openedAt.getTime() - other.openedAt.getTime();
  return ms === 0 ? one.id > other.id : ms > 0;
}

function isOpenState(state: ApprovalState): boolean {
  return state === ApprovalState.PENDING || state === ApprovalState.APPROVED;
}
