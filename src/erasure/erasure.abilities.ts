import type { AbilityContribution } from '../core/ability.js';
import { Role } from '../identity/roles.js';

/** Who runs the tenant answers its requests for erasure. */
export const erasureAbilities: AbilityContribution = (grant) => {
  for (const subject of ['Person', 'Handoff', 'Deal']) grant([Role.REVOPS_ADMIN], 'erase', subject);
};
