import type { AbilityContribution } from '../../../core/ability.js';
import { PERSON_ROLES, Role } from '../../../identity/roles.js';

/** Whoever reads evidence reads what became of its document; SharePoint decides who may open it there. */
export const evidenceDocumentAbilities: AbilityContribution = (grant, actor) => {
  grant(PERSON_ROLES, 'read', 'EvidenceDocument');
  if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', 'EvidenceDocument');
  grant(['SYSTEM'], 'watch', 'EvidenceDocument');
};
