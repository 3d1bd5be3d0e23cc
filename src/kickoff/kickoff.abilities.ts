import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, EVERYONE } from '../identity/roles.js';

/** Delivery schedules and closes; whoever sees a handoff sees its dates. */
export const kickoffAbilities: AbilityContribution = (grant) => {
  grant(EVERYONE, 'read', 'Kickoff');
  grant(EVERYONE, 'read', 'HandoffFeedback');
  grant(DELIVERY, ['schedule', 'close'], 'Handoff');
};
