import type { AbilityContribution } from '../../core/ability.js';
import { Role } from '../../identity/roles.js';

const { REVOPS_ADMIN, AUDITOR } = Role;

/** Side effects: administrators decide about them, auditors see them. */
export const outboxAbilities: AbilityContribution = (grant) => {
  for (const subject of ['OutboxEffect', 'OutboxAttempt']) grant([REVOPS_ADMIN, AUDITOR], 'read', subject);
  grant([REVOPS_ADMIN], 'administer', 'OutboxEffect');
};
