import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';
import { OWNERS } from './decision.rules.js';

/** Sales and delivery keep the log; every role that may own an entry may decide it. Auditors and programs only read. */
export const decisionAbilities: AbilityContribution = (grant, actor) => {
  grant(PERSON_ROLES, 'read', 'Decision');
  if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', 'Decision');
  grant([Role.SALES_MANAGER, ...DELIVERY], 'open', 'Decision');
  grant(OWNERS, 'decide', 'Decision');
  grant(['SYSTEM'], 'openConflicts', 'Decision');
};
