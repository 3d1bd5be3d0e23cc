import type { AbilityContribution } from '../core/ability.js';
import { EVERYONE, PERSON_ROLES, Role, SEES_MARGIN } from '../identity/roles.js';

const { SALES_MANAGER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN, FINANCE_APPROVER } = Role;

/** Definitions are everybody's; of baselines those that tell of margin only who sees margin reads. */
export const kpiAbilities: AbilityContribution = (grant) => {
  grant(EVERYONE, 'read', 'KpiDefinition');
  grant(PERSON_ROLES, 'read', 'KpiSignOff');
  grant(PERSON_ROLES, 'read', 'KpiBaseline', { isMargin: false });
  grant(SEES_MARGIN, 'read', 'KpiBaseline');
  grant(PERSON_ROLES, 'read', 'KpiBaselineConfirmation');
  grant([SALES_MANAGER, SERVICE_DELIVERY_LEAD], 'sign', 'KpiSignOff');
  grant([REVOPS_ADMIN, FINANCE_APPROVER], 'freeze', 'KpiBaseline');
  grant([REVOPS_ADMIN, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD], 'confirm', 'KpiBaseline');
};
