import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';

/** Sales and delivery ask; delivery moves the baseline by what was approved; who sees a handoff sees its scope changes. */
export const scopeChangeAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of ['ScopeChange', 'ScopeChangeLine', 'ChangeOrder']) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  const asking = [Role.SALES_MANAGER, ...DELIVERY];
  grant(asking, ['request', 'withdraw', 'agree'], 'ScopeChange');
  grant(DELIVERY, 'rebaseline', 'Handoff');
};
