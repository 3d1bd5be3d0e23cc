import type { AbilityContribution } from '../../core/ability.js';
import { Role } from '../../identity/roles.js';

const { REVOPS_ADMIN, AUDITOR } = Role;

/** Connections: administrators make and end them, auditors see them, the worker records what its tests found. */
export const connectionAbilities: AbilityContribution = (grant) => {
  grant([REVOPS_ADMIN, AUDITOR], 'read', 'Integration');
  grant([REVOPS_ADMIN], 'administer', 'Integration');
  grant(['SYSTEM'], 'check', 'Integration');
};
