import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES, Role } from '../identity/roles.js';

const { REVOPS_ADMIN, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, AUDITOR } = Role;

/**
 * Every person exports datasets, within the columns and rows that their role sees; whoever answers for the process issues
 * its artefacts. A file is who asked for it's; administrators and auditors see that it was made.
 */
export const artefactAbilities: AbilityContribution = (grant, actor) => {
  grant([REVOPS_ADMIN, AUDITOR], 'read', 'ReportFile');
  grant(PERSON_ROLES, 'read', 'ReportFile', { requestedBy: actor.id });
  grant(PERSON_ROLES, ['export', 'take'], 'ReportFile');
  grant([REVOPS_ADMIN, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, AUDITOR], 'issue', 'ReportFile');
  grant(['SYSTEM'], 'record', 'ReportFile');
};
