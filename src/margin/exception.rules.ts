import { DateTime } from 'luxon';
import { type Finding, finding } from '../core/finding.js';
import { addBusinessHours, dateOf, workingTimesOn } from '../catalogue/calendar.rules.js';
import type { ApprovalRule, BusinessCalendar } from '../catalogue/configuration.js';
import { isOpen } from '../approval/approval.rules.js';
import type { ApprovalRequest, PinnedTime } from '../approval/request.entity.js';
import type { MarginVerdict } from './margin.rules.js';
import { MARGIN_EXCEPTION } from './margin.gate.js';

/** The deadlines of a request, by the tenant's business calendar (approvals rule 6). */
export interface ExceptionTerms {
  readonly expiresAt: Date;
  readonly grantHours: number;
  readonly workingTimes: readonly PinnedTime[];
}

/** Everything about the figures and the requests that keeps an exception from being asked for, at once. */
export function exceptionFindings(verdict: MarginVerdict, requests: readonly ApprovalRequest[], now: Date): Finding[] {
  const open = requests.find((request) => request.kind === MARGIN_EXCEPTION && isOpen(request, now));
  return [
    ...verdict.findings.filter((found) => !found.exceptionable),
    ...(verdict.ok ? [nothingToExcept(verdict)] : []),
    ...(open ? [alreadyRequested(open)] : []),
  ];
}

/** Until when a request can be decided, how long its grant lasts, and the working time that both are counted in. */
export function exceptionTerms(rule: ApprovalRule, calendar: BusinessCalendar, now: Date): ExceptionTerms {
  const { pendingExpiryBusinessHours, grantExpiryBusinessHours } = rule;
  const horizon = addBusinessHours(calendar, now, pendingExpiryBusinessHours + grantExpiryBusinessHours);
  return {
    expiresAt: addBusinessHours(calendar, now, pendingExpiryBusinessHours),
    grantHours: grantExpiryBusinessHours,
    workingTimes: workingTimesBetween(calendar, now, horizon),
  };
}

function workingTimesBetween(calendar: BusinessCalendar, from: Date, until: Date): PinnedTime[] {
  const last = dateOf(calendar, until);
  const times: PinnedTime[] = [];
  for (let date = dateOf(calendar, from); date <= last; date = dayAfter(date)) {
    for (const span of workingTimesOn(calendar, date)) {
      const [begin, end] = [span.from < from ? from : span.from, span.to > until ? until : span.to];
      if (begin < end) times.push({ from: begin.toISOString(), to: end.toISOString() });
    }
  }
  return times;
}

const dayAfter = (date: string): string => DateTime.fromISO(date, { zone: 'utc' }).plus({ days: 1 }).toISODate()!;

function nothingToExcept(verdict: MarginVerdict): Finding {
  const [total] = verdict.groups;
  return finding({
    code: 'NOTHING_TO_EXCEPT',
    path: 'margin',
    message: 'No part of the deal is below its margin floor.',
    facts: { marginBps: total?.marginBps ?? null, floorBps: total?.floorBps ?? null },
    remedy: 'Submit the handoff: it needs no margin exception.',
  });
}

function alreadyRequested({ id, state, round, expiresAt }: ApprovalRequest): Finding {
  return finding({
    code: 'ALREADY_REQUESTED',
    path: 'approvalRequest',
    message: `A margin exception is ${state} for this handoff already.`,
    facts: { requestId: id, state, round, expiresAt: expiresAt.toISOString() },
    remedy: 'Wait for the votes; to ask anew, the requester withdraws it first.',
  });
}
