import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';

/** Sales owns the promises; delivery helps to give them a home. Auditors and programs only read. */
export const commitmentAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of ['Commitment', 'CommitmentDeclaration']) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  grant([Role.SALES_MANAGER], 'record', 'Commitment');
  grant([Role.SALES_MANAGER, ...DELIVERY], 'resolve', 'Commitment');
};
