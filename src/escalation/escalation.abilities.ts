import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, EVERYONE, PERSON_ROLES, Role } from '../identity/roles.js';

/** Everyone sees what is late; sales and delivery say when a client asked to wait. */
export const escalationAbilities: AbilityContribution = (grant) => {
  grant(EVERYONE, 'read', 'Escalation');
  grant(PERSON_ROLES, 'read', 'HandoffPause');
  grant([Role.SALES_MANAGER, ...DELIVERY], 'pause', 'Handoff');
  grant(['SYSTEM'], 'escalate', 'Handoff');
};
