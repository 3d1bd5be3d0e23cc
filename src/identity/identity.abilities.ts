import type { AbilityContribution } from '../core/ability.js';
import { READ_ON_RECORD } from '../core/graphql/read-record.js';
import { DELIVERY, EVERYONE, Role, SEES_MARGIN } from './roles.js';

const { SALES_MANAGER, DELIVERY_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN, AUDITOR, INTEGRATOR } =
  Role;

/** Members, tenant and keys; and which kinds of field each role may see. */
export const identityAbilities: AbilityContribution = (grant, actor) => {
  grant(EVERYONE, 'read', 'Person');
  grant(EVERYONE, 'read', 'TenantProfile');
  grant([REVOPS_ADMIN, AUDITOR], 'read', 'RoleGrant');
  grant([REVOPS_ADMIN, AUDITOR], 'read', 'Account');
  grant([REVOPS_ADMIN, AUDITOR], 'read', 'ApiKey');
  grant([INTEGRATOR], 'read', 'ApiKey', { id: actor.id });
  grant([AUDITOR, FINANCE_APPROVER], 'read', 'LedgerEntry');
  grant(EVERYONE, 'read', 'LedgerEntry', { actorId: actor.id });
  grant([AUDITOR, FINANCE_APPROVER], 'read', 'LedgerSeal');
  grant([AUDITOR, FINANCE_APPROVER, REVOPS_ADMIN], 'read', 'LedgerCheckpoint');
  // Whoever reads as an auditor is recorded doing so (core/graphql/read-record.ts).
  grant([AUDITOR], READ_ON_RECORD.action, READ_ON_RECORD.subject);
  grant([REVOPS_ADMIN], 'administer', 'Person');
  grant([REVOPS_ADMIN], 'administer', 'ApiKey');
  grant([REVOPS_ADMIN, 'SYSTEM'], 'administer', 'TenantProfile');
  grant(['SYSTEM'], 'resume', 'TenantProfile');
  grant([SALES_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, AUDITOR], 'see', 'COST');
  grant(SEES_MARGIN, 'see', 'MARGIN');
  grant([SALES_MANAGER, FINANCE_APPROVER, ...DELIVERY, AUDITOR], 'see', 'COMMERCIAL');
  grant([SALES_MANAGER, DELIVERY_MANAGER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN], 'see', 'PERSONAL');
  grant([REVOPS_ADMIN], 'see', 'CREDENTIAL');
};
