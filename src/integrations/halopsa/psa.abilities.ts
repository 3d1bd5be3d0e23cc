import type { AbilityContribution } from '../../core/ability.js';
import { PERSON_ROLES, Role } from '../../identity/roles.js';

/** Everyone who sees a project sees its counterparts in the PSA; administrators bring it there again. */
export const psaAbilities: AbilityContribution = (grant, actor) => {
  grant(PERSON_ROLES, 'read', 'PsaObject');
  if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', 'PsaObject');
  grant([Role.REVOPS_ADMIN, Role.SERVICE_DELIVERY_LEAD], 'provision', 'Project');
  grant([Role.REVOPS_ADMIN, Role.AUDITOR, Role.SALES_MANAGER], 'read', 'PsaDeal');
  grant([Role.REVOPS_ADMIN, Role.AUDITOR], 'read', 'PsaSweep');
  // What the PSA says is taken over by the worker.
  grant(['SYSTEM'], 'import', 'Deal');
  grant(['SYSTEM'], 'withdraw', 'Handoff');
};
