import type { AbilityContribution } from '../../core/ability.js';
import { Role } from '../../identity/roles.js';

const { REVOPS_ADMIN, AUDITOR, INTEGRATOR } = Role;
const SUBJECTS = ['EventEndpoint', 'EventDelivery'] as const;

/** Outbound events: administrators and programs with the scope manage endpoints, auditors see them. */
export const eventAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of SUBJECTS) {
    grant([REVOPS_ADMIN, AUDITOR], 'read', subject);
    if (actor.scopes.includes('events:manage')) grant([INTEGRATOR], 'read', subject);
  }
  grant([REVOPS_ADMIN], 'administer', 'EventEndpoint');
  if (actor.scopes.includes('events:manage')) grant([INTEGRATOR], 'administer', 'EventEndpoint');
  grant(['SYSTEM'], 'disable', 'EventEndpoint');
};
