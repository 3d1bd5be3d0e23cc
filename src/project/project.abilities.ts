import type { AbilityContribution } from '../core/ability.js';
import { ACTING_ROLES, DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';

const READABLE = [
  'Project',
  'ProjectMilestone',
  'ProjectTask',
  'TaskDependency',
  'BudgetBaseline',
  'BudgetBaselineLine',
] as const;

/** Delivery runs the project; everyone who sees a handoff sees its project and budget, by the classes of its fields. */
export const projectAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of READABLE) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  grant(DELIVERY, 'assign', 'Project');
  grant(DELIVERY, 'complete', 'ProjectTask');
  // Sales and finance own tasks too: billing, the introduction to the client.
  grant(ACTING_ROLES, 'complete', 'ProjectTask', { ownerId: actor.id });
};
