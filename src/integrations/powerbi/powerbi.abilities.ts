import type { AbilityContribution } from '../../core/ability.js';
import { PERSON_ROLES, Role } from '../../identity/roles.js';
import { GrantedClass } from './powerbi.entity.js';

const { REVOPS_ADMIN, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, AUDITOR } = Role;

/**
 * Power BI: administrators and auditors see what goes out; what of it not everybody may see is let out by somebody who sees
 * it themselves, which the administrator of connections does not (margin).
 */
export const powerBiAbilities: AbilityContribution = (grant) => {
  grant(PERSON_ROLES, 'read', 'PowerBiReport');
  for (const subject of ['PowerBiClass', 'PowerBiBatch', 'PowerBiRefresh'])
    grant([REVOPS_ADMIN, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, AUDITOR], 'read', subject);
  grant([REVOPS_ADMIN], 'refresh', 'PowerBiRefresh');
  grant([FINANCE_APPROVER, SERVICE_DELIVERY_LEAD], 'grant', 'PowerBiClass', { fieldClass: GrantedClass.MARGIN });
  grant([REVOPS_ADMIN, SERVICE_DELIVERY_LEAD], 'grant', 'PowerBiClass', { fieldClass: GrantedClass.PERSONAL });
  grant([REVOPS_ADMIN, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD], 'revoke', 'PowerBiClass');
};
