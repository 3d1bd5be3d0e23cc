import { candidatesOf, type VotingFacts } from '../approval/approval.rules.js';
import { bothTerms, isBroken } from '../approval/break-glass.rules.js';
import { isOpen } from '../approval/deadline.rules.js';
import { type ApprovalNeed, both, isStricter, reaches } from '../approval/need.rules.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import { implies } from './quorum.rules.js';

/** What of a request follows the policy. */
export type RequestTerms = Pick<ApprovalRequest, 'need' | 'strictest' | 'breakGlass'>;

/** What an open request is made to ask for. */
export interface Tightened {
  readonly terms: RequestTerms;
  /** Whether an approval that was reached reaches the new terms too, by votes or as an emergency. */
  readonly stillApproved: boolean;
}

/**
 * What a request asks for after a policy was changed: what it asked and what the policy asks now, never less (approvals
 * rule 13: raising strictness applies to open requests, loosening does not). Null when nothing is stricter, nothing is
 * to be approved any more, or the request has ended.
 */
export function tighten(facts: VotingFacts, asked: Readonly<RequestTerms> | null, now: Date): Tightened | null {
  const { request } = facts;
  if (!asked || !isOpen(request, now)) return null;
  const terms = {
    need: raised(request.need, asked.need),
    strictest: raised(request.strictest, asked.strictest),
    breakGlass: bothTerms(request.breakGlass, asked.breakGlass),
  };
  const isSame =
    !isStricter(terms.need, request.need) &&
    !isStricter(terms.strictest, request.strictest) &&
    JSON.stringify(terms.breakGlass) === JSON.stringify(request.breakGlass);
  if (isSame) return null;
  const counted = { ...facts, request: { ...request, ...terms } };
  return { terms, stillApproved: isBroken(counted) || reaches(terms.need, candidatesOf(counted, now)) };
}

/** Both needs, without a quorum of the second that the first asks for already: a looser policy adds nothing. */
export function raised(need: ApprovalNeed, asked: ApprovalNeed): ApprovalNeed {
  const more = asked.quorums.filter((quorum) => !need.quorums.some((own) => implies(own, quorum)));
  return both(need, { ...asked, quorums: more });
}
