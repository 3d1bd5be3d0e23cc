import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';

/** Everyone who sees a handoff sees its documents; sales and delivery issue them. */
export const documentAbilities: AbilityContribution = (grant, actor) => {
  grant(PERSON_ROLES, 'read', 'IssuedDocument');
  if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', 'IssuedDocument');
  grant([Role.SALES_MANAGER, ...DELIVERY], 'issue', 'IssuedDocument');
};
