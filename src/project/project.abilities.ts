import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, EVERYONE, PERSON_ROLES } from '../identity/roles.js';

/** Delivery runs the project; everyone who sees a handoff sees its project and budget, by the classes of its fields. */
export const projectAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of [
    'Project',
    'ProjectMilestone',
    'ProjectTask',
    'TaskDependency',
    'BudgetBaseline',
    'BudgetBaselineLine',
  ]) {
    grant(EVERYONE, 'read', subject);
  }
  grant(DELIVERY, 'assign', 'Project');
  grant(DELIVERY, 'complete', 'ProjectTask');
  // Sales and finance own tasks too: billing, the introduction to the client.
  grant(PERSON_ROLES, 'complete', 'ProjectTask', { ownerId: actor.id });
};
