import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';

/** Everyone who sees a handoff sees its briefs; a named person of sales or delivery stands behind one. */
export const briefAbilities: AbilityContribution = (grant, actor) => {
  grant(PERSON_ROLES, 'read', 'Brief');
  if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', 'Brief');
  grant([Role.SALES_MANAGER, ...DELIVERY], 'draft', 'Brief');
  grant([Role.SALES_MANAGER, Role.DELIVERY_MANAGER], 'release', 'Brief');
};
