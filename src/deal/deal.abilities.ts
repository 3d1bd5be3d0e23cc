import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES, Role } from '../identity/roles.js';

const SUBJECTS = ['Client', 'Deal', 'DealSnapshot', 'QuoteLine'] as const;

/** Deals and clients: every role of people reads them; sales and RevOps import; a program by the scopes of its key. */
export const dealAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of SUBJECTS) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  grant([Role.SALES_MANAGER, Role.REVOPS_ADMIN], 'import', 'Deal');
  if (actor.scopes.includes('deals:import')) grant([Role.INTEGRATOR], 'import', 'Deal');
};
