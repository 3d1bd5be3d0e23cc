import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, EVERYONE, PERSON_ROLES, Role } from '../identity/roles.js';

/** Sales imports and submits; delivery reviews; the delivery manager signs off. */
export const passageAbilities: AbilityContribution = (grant, actor) => {
  grant(EVERYONE, 'read', 'GateEvaluation');
  grant(EVERYONE, 'read', 'GateFinding');
  grant(EVERYONE, 'read', 'HandoffReturn');
  grant([Role.SALES_MANAGER, Role.REVOPS_ADMIN], 'import', 'Deal');
  // Who imports sees the handoff that the answer is about.
  if (actor.scopes.includes('deals:import')) {
    grant([Role.INTEGRATOR], 'import', 'Deal');
    grant([Role.INTEGRATOR], 'read', 'Handoff');
  }
  grant(PERSON_ROLES, 'read', 'PreClose');
  if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', 'PreClose');
  grant([Role.SALES_MANAGER], ['submit', 'requestPreClose'], 'Handoff');
  grant(DELIVERY, 'decidePreClose', 'Handoff');
  grant([Role.SALES_MANAGER, ...DELIVERY, 'SYSTEM'], 'completePreClose', 'Handoff');
  grant(['SYSTEM'], 'follow', 'Handoff');
  grant(DELIVERY, 'review', 'Handoff');
  grant([Role.DELIVERY_MANAGER], 'signOff', 'Handoff');
};
