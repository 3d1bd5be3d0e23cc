import type { AbilityContribution } from '../../core/ability.js';
import { DELIVERY, PERSON_ROLES, Role } from '../../identity/roles.js';

/**
 * Everyone who sees a project sees its counterparts in the PSA and where they drifted; administrators bring it there
 * again, delivery puts a drift right, and who answers for delivery or money lets one stand.
 */
export const psaAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of ['PsaObject', 'PsaDrift']) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  grant([Role.REVOPS_ADMIN, ...DELIVERY], 'restore', 'PsaDrift');
  grant([Role.SERVICE_DELIVERY_LEAD, Role.FINANCE_APPROVER], 'accept', 'PsaDrift');
  grant([Role.REVOPS_ADMIN, Role.SERVICE_DELIVERY_LEAD], 'provision', 'Project');
  grant([Role.REVOPS_ADMIN, Role.AUDITOR, Role.SALES_MANAGER], 'read', 'PsaDeal');
  for (const subject of ['PsaSweep', 'PsaProjectSweep']) grant([Role.REVOPS_ADMIN, Role.AUDITOR], 'read', subject);
  // What the PSA says is taken over by the worker.
  grant(['SYSTEM'], 'import', 'Deal');
  grant(['SYSTEM'], 'withdraw', 'Handoff');
  grant(['SYSTEM'], 'watch', 'PsaDrift');
};
