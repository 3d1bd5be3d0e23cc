import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, EVERYONE, PERSON_ROLES } from '../identity/roles.js';

/** Delivery plans; everyone who sees a handoff sees its plan and sign-off, and every person what the team has left. */
export const feasibilityAbilities: AbilityContribution = (grant) => {
  grant(EVERYONE, 'read', 'ResourceBooking');
  grant(EVERYONE, 'read', 'FeasibilitySignOff');
  grant(PERSON_ROLES, 'read', 'CapacityChange');
  grant(DELIVERY, 'plan', 'Handoff');
  grant(DELIVERY, 'plan', 'CapacityChange');
};
