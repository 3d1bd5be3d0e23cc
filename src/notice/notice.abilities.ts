import type { AbilityContribution } from '../core/ability.js';
import { ACTING_ROLES, PERSON_ROLES } from '../identity/roles.js';

/** Everybody sees what they themselves were told and sets how; nobody sees or sets another's. */
export const noticeAbilities: AbilityContribution = (grant, actor) => {
  const own = { personId: actor.id };
  grant(PERSON_ROLES, 'read', 'Notice', own);
  grant(PERSON_ROLES, 'read', 'NoticePreference', own);
  grant(ACTING_ROLES, 'set', 'NoticePreference', own);
  grant(['SYSTEM'], 'notify', 'ApprovalRequest');
};
