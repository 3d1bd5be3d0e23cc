import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES } from '../identity/roles.js';

/**
 * Everybody in the house reads the figures and the cases behind them; what tells of margin only who sees MARGIN, since the
 * queries leave those rows out.
 */
export const reportingAbilities: AbilityContribution = (grant) => {
  grant(PERSON_ROLES, 'read', 'KpiFigure');
  grant(PERSON_ROLES, 'read', 'Reporting');
};
