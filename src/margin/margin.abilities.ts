import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES, Role } from '../identity/roles.js';

/** Sales asks for an exception; who may see its figures, the class MARGIN of the fields says. */
export const marginAbilities: AbilityContribution = (grant) => {
  grant(PERSON_ROLES, 'read', 'MarginException');
  grant([Role.SALES_MANAGER], 'requestException', 'Handoff');
};
