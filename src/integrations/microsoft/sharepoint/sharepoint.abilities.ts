import type { AbilityContribution } from '../../../core/ability.js';
import { PERSON_ROLES, Role } from '../../../identity/roles.js';

/** Whoever reads a brief reads where it lies; SharePoint decides who may open it there. */
export const sharePointAbilities: AbilityContribution = (grant, actor) => {
  grant(PERSON_ROLES, 'read', 'StoredFile');
  if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', 'StoredFile');
};
