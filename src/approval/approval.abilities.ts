import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES, Role } from '../identity/roles.js';

const SUBJECTS = [
  'ApprovalRequest',
  'ApprovalRound',
  'ApprovalParticipant',
  'ApprovalVote',
  'ApprovalRevocation',
  'ApprovalGrant',
  'ApprovalUse',
  'Contribution',
  'Delegation',
  'AfterReview',
] as const;
const VOTERS = PERSON_ROLES.filter((role) => role !== Role.AUDITOR);

/** Who hears of emergencies. */
const ALERTED = [Role.REVOPS_ADMIN, Role.FINANCE_APPROVER, Role.SERVICE_DELIVERY_LEAD];

/**
 * Every person reads requests, a program by the scope of its key. The tenant's policy says which roles answer a request,
 * so that every role but the auditor may try, and the rules answer with findings (SELF_APPROVAL, NOT_ELIGIBLE); a
 * program never votes. So with delegations and the reviews of emergencies: the rules say by whom.
 */
export const approvalAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of SUBJECTS) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  grant(VOTERS, 'vote', 'ApprovalRequest');
  grant([Role.SALES_MANAGER, Role.REVOPS_ADMIN, Role.FINANCE_APPROVER], 'withdraw', 'ApprovalRequest');
  grant(VOTERS, 'create', 'Delegation');
  grant(VOTERS, 'end', 'Delegation');
  grant([Role.REVOPS_ADMIN, Role.SERVICE_DELIVERY_LEAD], 'confirm', 'Delegation');
  grant(VOTERS, 'review', 'AfterReview');
  grant([...ALERTED, Role.AUDITOR], 'read', 'Alert');
  grant(ALERTED, 'acknowledge', 'Alert');
};
