import type { AbilityContribution } from '../core/ability.js';
import { EVERYONE, Role } from '../identity/roles.js';

/** RevOps proposes; RevOps, finance or the delivery lead decides, never on one's own proposal. */
export const catalogueAbilities: AbilityContribution = (grant) => {
  grant(
    EVERYONE.filter((role) => role !== Role.INTEGRATOR),
    'read',
    'ConfigurationVersion',
  );
  grant([Role.REVOPS_ADMIN, 'SYSTEM'], 'propose', 'ConfigurationVersion');
  grant([Role.REVOPS_ADMIN, Role.FINANCE_APPROVER, Role.SERVICE_DELIVERY_LEAD], 'decide', 'ConfigurationVersion');
  grant(['SYSTEM'], 'provision', 'TenantProfile');
};
