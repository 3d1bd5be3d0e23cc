import type { AbilityContribution } from '../core/ability.js';
import { EVERYONE, Role } from '../identity/roles.js';

/** The roles that see personal data; names held apart are read by nobody else, whatever the field. */
const SEES_NAMES = [Role.SALES_MANAGER, Role.DELIVERY_MANAGER, Role.SERVICE_DELIVERY_LEAD, Role.REVOPS_ADMIN];

/** RevOps proposes; RevOps, finance or the delivery lead decides, never on one's own proposal. */
export const catalogueAbilities: AbilityContribution = (grant) => {
  grant(SEES_NAMES, 'read', 'PersonalText');
  grant(SEES_NAMES, 'read', 'PersonalKey');
  grant(
    EVERYONE.filter((role) => role !== Role.INTEGRATOR),
    'read',
    'ConfigurationVersion',
  );
  grant([Role.REVOPS_ADMIN], 'propose', 'ConfigurationVersion');
  grant([Role.REVOPS_ADMIN, Role.FINANCE_APPROVER, Role.SERVICE_DELIVERY_LEAD], 'decide', 'ConfigurationVersion');
  grant(['SYSTEM'], 'provision', 'TenantProfile');
};
