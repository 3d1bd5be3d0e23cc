import type { AbilityContribution } from '../core/ability.js';
import { Role } from '../identity/roles.js';

const { SALES_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN, AUDITOR } = Role;

/**
 * Who makes keys for the feed (RevOps, finance), who sees them, and who reads the feed as themselves: those who read every
 * handoff. What each sees of it follows from the classes of field that their roles see.
 */
export const odataAbilities: AbilityContribution = (grant) => {
  grant([REVOPS_ADMIN, FINANCE_APPROVER], ['read', 'administer'], 'FeedKey');
  grant([AUDITOR], 'read', 'FeedKey');
  grant(['SYSTEM'], 'record', 'FeedKey');
  grant([SALES_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN, AUDITOR], 'read', 'Feed');
  // Whoever makes a key has to see its secret once.
  grant([FINANCE_APPROVER], 'see', 'CREDENTIAL');
};
