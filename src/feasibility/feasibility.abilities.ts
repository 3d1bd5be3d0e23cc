import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, EVERYONE } from '../identity/roles.js';

/** Delivery plans; everyone who sees a handoff sees its plan and sign-off. */
export const feasibilityAbilities: AbilityContribution = (grant) => {
  grant(EVERYONE, 'read', 'ResourceBooking');
  grant(EVERYONE, 'read', 'FeasibilitySignOff');
  grant(DELIVERY, 'plan', 'Handoff');
};
