import type { AbilityContribution } from '../core/ability.js';
import { ACTING_ROLES, DELIVERY, EVERYONE, PERSON_ROLES, Role } from '../identity/roles.js';

/**
 * Delivery says what it found; everyone who sees a handoff sees it. What follows from returns is seen by who sees to it, by
 * the rep whom it is about, and by those who answer for the whole; nobody else reads of a colleague's coaching.
 */
export const feedbackAbilities: AbilityContribution = (grant, actor) => {
  grant(EVERYONE, 'read', 'RepeatAsk');
  grant(PERSON_ROLES, 'read', 'ClientSurvey');
  grant(DELIVERY, 'observe', 'Handoff');
  grant([Role.SALES_MANAGER, Role.REVOPS_ADMIN, ...DELIVERY], 'survey', 'Handoff');
  grant(ACTING_ROLES, ['read', 'settle'], 'FollowUp', { ownerId: actor.id });
  grant([Role.SALES_MANAGER], 'read', 'FollowUp', { repId: actor.id });
  grant([Role.SERVICE_DELIVERY_LEAD, Role.AUDITOR], 'read', 'FollowUp');
  grant([Role.REVOPS_ADMIN], ['read', 'settle'], 'FollowUp');
  grant(['SYSTEM'], 'raise', 'FollowUp');
};
