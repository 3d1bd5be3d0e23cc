import type { AbilityContribution } from '../core/ability.js';

/** What only the operator does, on the command line: no role of a tenant holds these. */
export const tenantLifeAbilities: AbilityContribution = (grant) => {
  grant(['SYSTEM'], ['offboard', 'park'], 'TenantProfile');
};
