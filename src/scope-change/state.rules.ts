import { isExpired } from '../approval/deadline.rules.js';
import { type ApprovalRequest, ApprovalState } from '../approval/request.entity.js';
import { type Finding, finding } from '../core/finding.js';
import type { FeasibilitySignOff } from '../feasibility/feasibility.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { endedFindings } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import type { BudgetBaseline } from '../project/baseline.entity.js';
import { type ChangeOrder, type ScopeChange, ScopeChangeState } from './scope-change.entity.js';

/** Stages in which delivery has signed off. */
const SIGNED: readonly Stage[] = [Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED, Stage.KICKED_OFF];

const BY_REQUEST: Readonly<Record<ApprovalState, ScopeChangeState>> = {
  [ApprovalState.PENDING]: ScopeChangeState.REQUESTED,
  [ApprovalState.APPROVED]: ScopeChangeState.APPROVED,
  [ApprovalState.REJECTED]: ScopeChangeState.REJECTED,
  [ApprovalState.EXPIRED]: ScopeChangeState.EXPIRED,
  [ApprovalState.WITHDRAWN]: ScopeChangeState.WITHDRAWN,
  [ApprovalState.USED]: ScopeChangeState.REBASELINED,
};

/** Where a scope change stands: what its request has come to by now. Nothing depends on a process that marks rows. */
export function stateOf(request: Pick<ApprovalRequest, 'state' | 'expiresAt'>, now: Date): ScopeChangeState {
  return isExpired(request, now) ? ScopeChangeState.EXPIRED : BY_REQUEST[request.state];
}

/** Whether something is still to be done about it: a vote, or the rebaseline. */
export const isOpenState = (state: ScopeChangeState): boolean =>
  state === ScopeChangeState.REQUESTED || state === ScopeChangeState.APPROVED;

/**
 * A finding unless the baseline can move by a scope change: delivery has signed off, or had done so and reviews it again.
 * Before that, and while sales corrects it, the content is simply edited.
 */
export function phaseFindings(handoff: Handoff, signOff: FeasibilitySignOff | null): Finding[] {
  const ended = endedFindings(handoff);
  if (ended.length > 0) return ended;
  const { stage } = handoff;
  if (SIGNED.includes(stage) || (stage === Stage.IN_REVIEW && signOff !== null)) return [];
  const editor = stage === Stage.IN_REVIEW ? 'Delivery returns the handoff, and sales edits it' : 'Sales edits it';
  return [
    finding({
      code: 'SCOPE_STILL_OPEN',
      path: 'handoff.stage',
      message: `A handoff in ${stage} is not signed off: a change of its scope is ordinary editing.`,
      facts: { stage },
      remedy: `${editor} and submits it again; no scope change is needed before the sign-off.`,
    }),
  ];
}

/** What the baseline may move by. */
export interface RebaselineGround {
  readonly change: ScopeChange;
  readonly request: Pick<ApprovalRequest, 'id' | 'state' | 'expiresAt'>;
  /** Whether a live grant covers exactly this content, by what the policy asks now. */
  readonly isCovered: boolean;
  readonly baseline: Pick<BudgetBaseline, 'id' | 'version'>;
  readonly order: ChangeOrder | null;
}

/** Everything that keeps an approved scope change from moving the baseline, at once. */
export function rebaselineFindings(ground: RebaselineGround, now: Date): Finding[] {
  const { change, request } = ground;
  if (stateOf(request, now) === ScopeChangeState.REBASELINED) return [alreadyDone(change)];
  return [...baselineFindings(ground), ...approvalFindings(ground, now), ...agreementFindings(ground)];
}

function alreadyDone({ id, number }: ScopeChange): Finding {
  return finding({
    code: 'ALREADY_REBASELINED',
    path: 'scopeChange.state',
    message: `The baseline has moved by ${number} already.`,
    facts: { scopeChangeId: id },
    remedy: 'Look at the current baseline; a further change is a request of its own.',
  });
}

function baselineFindings({ change, baseline }: RebaselineGround): Finding[] {
  if (baseline.id === change.baselineId) return [];
  return [
    finding({
      code: 'BASELINE_MOVED',
      path: 'baseline.version',
      message: `${change.number} changes version ${change.baselineVersion} of the baseline, and version ${baseline.version} is the current one.`,
      facts: { asked: change.baselineVersion, current: baseline.version },
      remedy: 'Withdraw it and ask for it anew against the current version, so that the effect is computed from it.',
    }),
  ];
}

function approvalFindings({ change, request, isCovered }: RebaselineGround, now: Date): Finding[] {
  if (isCovered) return [];
  const state = stateOf(request, now);
  const message =
    state === ScopeChangeState.APPROVED
      ? `The approval of ${change.number} does not reach what the policy asks for now.`
      : `${change.number} is not approved: it is ${state}.`;
  const remedy =
    state === ScopeChangeState.REQUESTED
      ? 'Wait for the votes (castVote).'
      : 'Withdraw it if it is open, and ask for it anew.';
  return [
    finding({
      code: 'APPROVAL_MISSING',
      path: 'scopeChange.request',
      message,
      facts: { requestId: request.id, state },
      remedy,
    }),
  ];
}

function agreementFindings({ change, order }: RebaselineGround): Finding[] {
  if (order !== null || change.proposedPriceMinor === change.baselinePriceMinor) return [];
  return [
    finding({
      code: 'CLIENT_AGREEMENT_MISSING',
      path: 'scopeChange.changeOrder',
      message: 'The price changes, and no change order that the client signed is recorded.',
      facts: { scopeChangeId: change.id },
      remedy: 'Record the signed change order (recordChangeOrder).',
    }),
  ];
}

/** What a change order is recorded for. */
export interface OrderGround {
  readonly change: ScopeChange;
  readonly request: Pick<ApprovalRequest, 'state' | 'expiresAt'>;
  /** The one that is recorded already. */
  readonly order: ChangeOrder | null;
  /** ISO dates: of the signature, and today in the tenant's time zone. */
  readonly signedOn: string;
  readonly today: string;
}

/** Everything that keeps a change order from being recorded, at once. */
export function orderFindings({ change, request, order, signedOn, today }: OrderGround, now: Date): Finding[] {
  const state = stateOf(request, now);
  const findings: Finding[] = [];
  if (!isOpenState(state)) {
    findings.push(
      finding({
        code: 'SCOPE_CHANGE_ENDED',
        path: 'scopeChange.state',
        message: `${change.number} is ${state}: nothing is agreed under it any more.`,
        facts: { scopeChangeId: change.id, state },
        remedy: 'Ask for the change anew if it is still wanted.',
      }),
    );
  }
  if (order !== null) {
    findings.push(
      finding({
        code: 'CHANGE_ORDER_RECORDED',
        path: 'scopeChange.changeOrder',
        message: `A change order is recorded for ${change.number}.`,
        facts: { changeOrderId: order.id },
        remedy: 'For another order withdraw the scope change and ask for it anew.',
      }),
    );
  }
  if (signedOn > today) {
    findings.push(
      finding({
        code: 'SIGNED_IN_FUTURE',
        path: 'signedOn',
        message: 'The change order would be signed in the future.',
        facts: { signedOn, today },
        remedy: 'Record it on the day of the signature or later.',
      }),
    );
  }
  return findings;
}
