import type { AbilityContribution } from '../core/ability.js';
import { Role } from '../identity/roles.js';
import { OVERRIDE_SAMPLING } from './control.rules.js';

const { AUDITOR, REVOPS_ADMIN } = Role;

/**
 * Auditors and administrators count and draw; evidence itself, with its terms and figures, only auditors take away. What
 * they write is the record of their own work: no business record. Overrides are reviewed by whom the control names.
 */
export const auditAbilities: AbilityContribution = (grant) => {
  const auditing = [AUDITOR, REVOPS_ADMIN];
  for (const subject of ['AuditExport', 'AuditSample', 'AuditSampleItem', 'ControlRun', 'ControlItem'])
    grant(auditing, 'read', subject);
  grant(auditing, 'export', 'AuditExport');
  grant(auditing, 'take', 'AuditExport');
  grant(auditing, 'draw', 'AuditSample');
  grant([AUDITOR], 'pack', 'AuditExport');
  grant(['SYSTEM'], 'recordPack', 'AuditExport');
  grant(auditing, 'audit', 'ApprovalRequest');
  grant(['SYSTEM'], 'run', 'ControlRun');
  for (const subject of ['AuditSample', 'AuditSampleItem', 'ControlRun', 'ControlItem'])
    grant(OVERRIDE_SAMPLING.roles, 'read', subject);
  grant(OVERRIDE_SAMPLING.roles, 'review', 'ControlItem');
};
