import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';

const { SALES_MANAGER, FINANCE_APPROVER, REVOPS_ADMIN, INTEGRATOR } = Role;

/** Everyone reads; who provides and who verifies which item, the rules say by the item's roles. Auditors and programs only read. */
export const checklistAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of ['ChecklistItem', 'Evidence']) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([INTEGRATOR], 'read', subject);
  }
  const workers = [SALES_MANAGER, ...DELIVERY, FINANCE_APPROVER, REVOPS_ADMIN];
  grant(workers, 'provide', 'ChecklistItem');
  grant(workers, 'verify', 'ChecklistItem');
  grant(['SYSTEM'], 'invalidate', 'ChecklistItem');
};
