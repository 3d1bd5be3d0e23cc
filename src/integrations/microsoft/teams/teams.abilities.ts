import type { AbilityContribution } from '../../../core/ability.js';
import { Role } from '../../../identity/roles.js';

/** Cards: whoever sees the connections sees what went through them; the worker sends the links of a request's voters. */
export const teamsAbilities: AbilityContribution = (grant) => {
  grant([Role.REVOPS_ADMIN, Role.AUDITOR], 'read', 'TeamsCard');
  grant(['SYSTEM'], 'send', 'VoteLink');
};
