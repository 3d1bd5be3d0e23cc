import { candidatesOf, type VotingFacts } from '../approval/approval.rules.js';
import { isBroken } from '../approval/break-glass.rules.js';
import { isOpen } from '../approval/deadline.rules.js';
import { type ApprovalNeed, both, isStricter, reaches } from '../approval/need.rules.js';
import { implies } from './quorum.rules.js';

/** What an open request is made to ask for. */
export interface Tightened {
  readonly need: ApprovalNeed;
  readonly strictest: ApprovalNeed;
  /** Whether an approval that was reached reaches the new need too, or stands as an emergency. */
  readonly stillApproved: boolean;
}

/**
 * What a request asks for after a policy was changed: what it asked and what the policy asks now, never less (approvals
 * rule 13: raising strictness applies to open requests, loosening does not). Null when nothing is stricter, nothing is
 * to be approved any more, or the request has ended.
 */
export function tighten(
  facts: VotingFacts,
  asked: { readonly need: ApprovalNeed; readonly strictest: ApprovalNeed } | null,
  now: Date,
): Tightened | null {
  const { request } = facts;
  if (!asked || !isOpen(request, now)) return null;
  const need = raised(request.need, asked.need);
  const strictest = raised(request.strictest, asked.strictest);
  if (!isStricter(need, request.need) && !isStricter(strictest, request.strictest)) return null;
  const counted = { ...facts, request: { ...request, need } };
  return {
    need,
    strictest,
    stillApproved: isBroken(facts) || reaches(need, candidatesOf(counted, now)),
  };
}

/** Both needs, without a quorum of the second that the first asks for already: a looser policy adds nothing. */
export function raised(need: ApprovalNeed, asked: ApprovalNeed): ApprovalNeed {
  const more = asked.quorums.filter((quorum) => !need.quorums.some((own) => implies(own, quorum)));
  return both(need, { ...asked, quorums: more });
}
