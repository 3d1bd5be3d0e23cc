import type { AbilityContribution } from '../core/ability.js';
import { DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';
import { CHECKERS } from './spot-check.rules.js';

const READABLE = [
  'QualityScore',
  'ScoreCriterion',
  'ScoreAmendment',
  'Remediation',
  'QualityReview',
  'ReviewItem',
  'ReviewAction',
  'SpotCheckDraw',
  'SpotCheck',
  'RedFlag',
];
const { SALES_MANAGER, REVOPS_ADMIN } = Role;

/**
 * Everybody in the house sees how handoffs score and what reviews say, so that sales and delivery learn; money by the
 * classes of the fields. Delivery and RevOps judge; who is judged never does (the commands and the schema see to it).
 */
export const qualityAbilities: AbilityContribution = (grant) => {
  for (const subject of READABLE) grant(PERSON_ROLES, 'read', subject);
  grant([...DELIVERY, REVOPS_ADMIN], 'amend', 'QualityScore');
  grant([...DELIVERY, REVOPS_ADMIN], 'settle', 'Remediation');
  const working = [SALES_MANAGER, ...DELIVERY, REVOPS_ADMIN];
  // Whoever the configuration names: the command asks whether it is the owner or deputy.
  grant([...working, Role.FINANCE_APPROVER], 'hold', 'QualityReview');
  grant(working, 'act', 'QualityReview');
  grant([...working, Role.FINANCE_APPROVER], 'complete', 'ReviewAction');
  grant(CHECKERS, 'check', 'SpotCheck');
  grant([Role.SERVICE_DELIVERY_LEAD, REVOPS_ADMIN], 'acknowledge', 'RedFlag');
  grant(['SYSTEM'], 'freeze', 'QualityScore');
  grant(['SYSTEM'], ['make', 'tell'], 'QualityReview');
};
