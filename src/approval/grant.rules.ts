import { approversOf, type VotingFacts } from './approval.rules.js';
import type { ApprovalRequest } from './request.entity.js';
import type { ApprovalGrant } from './vote.entity.js';

/** What the worth of a subject's grants depends on now: `votes` and `participants` are those of all its requests. */
export interface GrantFacts extends Omit<VotingFacts, 'request'> {
  readonly grants: readonly ApprovalGrant[];
  readonly requests: readonly ApprovalRequest[];
}

/**
 * The grants whose quorum still stands, counted anew at the moment of the effect (approvals rules 7 and 10): a voter who
 * was suspended or lost the role since, who turned out to be the same human as another, or who came to write on the
 * content or to own it, counts no longer. Ask liveGrant which of them covers the content.
 */
export function standingGrants({ grants, requests, votes, participants, ...rest }: GrantFacts): ApprovalGrant[] {
  return grants.filter((grant) => {
    const request = requests.find(({ id }) => id === grant.requestId);
    if (!request) return false;
    const own = ({ requestId }: { readonly requestId: string }): boolean => requestId === request.id;
    const facts = { request, votes: votes.filter(own), participants: participants.filter(own), ...rest };
    return approversOf(facts).length >= request.approversNeeded;
  });
}
