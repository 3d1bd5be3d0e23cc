import type { AbilityContribution } from '../core/ability.js';
import { EVERYONE, Role } from '../identity/roles.js';

/** The roles that see personal data; names held apart are read by nobody else, whatever the field. */
const SEES_NAMES = [Role.SALES_MANAGER, Role.DELIVERY_MANAGER, Role.SERVICE_DELIVERY_LEAD, Role.REVOPS_ADMIN];

/** Every person reads the configuration; how it changes is governance's. */
export const catalogueAbilities: AbilityContribution = (grant) => {
  grant(SEES_NAMES, 'read', 'PersonalText');
  grant(SEES_NAMES, 'read', 'PersonalKey');
  grant(
    EVERYONE.filter((role) => role !== Role.INTEGRATOR),
    'read',
    'ConfigurationVersion',
  );
  grant(['SYSTEM'], 'provision', 'TenantProfile');
};
