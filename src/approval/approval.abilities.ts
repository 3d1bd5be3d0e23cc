import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES, Role } from '../identity/roles.js';

const SUBJECTS = [
  'ApprovalRequest',
  'ApprovalRound',
  'ApprovalParticipant',
  'ApprovalVote',
  'ApprovalGrant',
  'Contribution',
] as const;
const VOTERS = PERSON_ROLES.filter((role) => role !== Role.AUDITOR);

/**
 * Every person reads requests, a program by the scope of its key. The tenant's policy says which roles answer a request,
 * so that every role but the auditor may try, and the rules answer with findings (SELF_APPROVAL, NOT_ELIGIBLE); a
 * program never votes.
 */
export const approvalAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of SUBJECTS) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  grant(VOTERS, 'vote', 'ApprovalRequest');
  grant([Role.SALES_MANAGER], 'withdraw', 'ApprovalRequest');
};
