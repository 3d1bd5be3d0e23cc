import type { AbilityContribution } from '../../core/ability.js';
import { Role } from '../../identity/roles.js';
import { LEAST_PRIVILEGE } from './review.rules.js';

/** Reviews are read by who reads connections, and closed by who had no hand in them. */
export const reviewAbilities: AbilityContribution = (grant) => {
  grant([Role.REVOPS_ADMIN, Role.AUDITOR], 'read', 'IntegrationReview');
  grant(LEAST_PRIVILEGE.roles, 'review', 'IntegrationReview');
  grant(['SYSTEM'], 'open', 'IntegrationReview');
};
