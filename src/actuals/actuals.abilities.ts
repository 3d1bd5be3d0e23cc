import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES, Role } from '../identity/roles.js';

const READABLE = ['ActualsSnapshot', 'ActualsLine', 'ActualsMark', 'ActualsCursor'] as const;

/** Whoever sees a project sees what delivery spent on it, by the classes of the fields; the worker alone records it. */
export const actualsAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of READABLE) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  grant(['SYSTEM'], 'record', 'ActualsSnapshot');
};
