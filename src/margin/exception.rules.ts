import { type Finding, finding } from '../core/finding.js';
import { isOpen } from '../approval/deadline.rules.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import type { MarginVerdict } from './margin.rules.js';
import { MARGIN_EXCEPTION } from './margin.gate.js';

/** Everything about the figures and the requests that keeps an exception from being asked for, at once. */
export function exceptionFindings(verdict: MarginVerdict, requests: readonly ApprovalRequest[], now: Date): Finding[] {
  const open = requests.find((request) => request.kind === MARGIN_EXCEPTION && isOpen(request, now));
  return [
    ...verdict.findings.filter((found) => !found.exceptionable),
    ...(verdict.ok ? [nothingToExcept(verdict)] : []),
    ...(open ? [alreadyRequested(open)] : []),
  ];
}

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
