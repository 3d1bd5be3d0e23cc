import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';

/** The rep introduces delivery; delivery may do it for them. */
export const introductionAbilities: AbilityContribution = (grant) => {
  grant(PERSON_ROLES, 'read', 'Introduction');
  grant([Role.SALES_MANAGER, ...DELIVERY], 'introduce', 'Handoff');
};
