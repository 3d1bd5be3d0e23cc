import type { AbilityContribution } from '../core/ability.js';
import { Role } from '../identity/roles.js';

/**
 * RevOps proposes. Who approves, the policy that rules says (castVote). What was approved may be enacted by any of those
 * who answer for policy, the proposer too: the four eyes stand in the votes.
 */
export const governanceAbilities: AbilityContribution = (grant) => {
  grant([Role.REVOPS_ADMIN], 'propose', 'ConfigurationVersion');
  grant([Role.REVOPS_ADMIN, Role.FINANCE_APPROVER, Role.SERVICE_DELIVERY_LEAD], 'enact', 'ConfigurationVersion');
  grant([Role.REVOPS_ADMIN, Role.FINANCE_APPROVER, Role.AUDITOR], 'simulate', 'ConfigurationVersion');
  grant(['SYSTEM'], 'tighten', 'ApprovalRequest');
};
