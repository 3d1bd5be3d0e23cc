import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES, Role } from '../identity/roles.js';
import { CONTROL_RUN_EFFECT } from './control.commands.js';
import { OVERRIDE_SAMPLING } from './control.rules.js';

const { AUDITOR, REVOPS_ADMIN } = Role;

/**
 * Auditors and administrators count and draw; evidence itself, with its terms and figures, only auditors take away. What
 * they write is the record of their own work: no business record. Overrides are reviewed by whom the control names.
 */
export const auditAbilities: AbilityContribution = (grant) => {
  const auditing = [AUDITOR, REVOPS_ADMIN];
  for (const subject of ['AuditExport', 'AuditSample']) grant(auditing, 'read', subject);
  // What an auditor draws is theirs; what the monthly control drew is everybody's, like the requests behind it.
  grant(PERSON_ROLES, 'read', 'AuditSample', { drawnBy: CONTROL_RUN_EFFECT });
  for (const subject of ['AuditSampleItem', 'ControlRun', 'ControlItem']) grant(PERSON_ROLES, 'read', subject);
  grant(auditing, 'export', 'AuditExport');
  grant(auditing, 'take', 'AuditExport');
  grant(auditing, 'draw', 'AuditSample');
  grant([AUDITOR], 'pack', 'AuditExport');
  grant(['SYSTEM'], 'recordPack', 'AuditExport');
  grant(auditing, 'audit', 'ApprovalRequest');
  grant(['SYSTEM'], 'run', 'ControlRun');
  grant(OVERRIDE_SAMPLING.roles, 'review', 'ControlItem');
};
