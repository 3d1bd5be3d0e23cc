import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES, Role } from '../identity/roles.js';

/** The delivery manager judges the checkpoints; whoever sees a handoff sees them. */
export const phaseAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of ['Checkpoint', 'CheckpointReturn']) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  grant([Role.DELIVERY_MANAGER], 'judgeCheckpoint', 'Handoff');
};
