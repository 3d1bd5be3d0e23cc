import type { AbilityContribution } from '../core/ability.js';
import { ACTING_ROLES, DELIVERY, PERSON_ROLES, Role } from '../identity/roles.js';

/** What is read through its meeting, and the meeting itself. */
const MEETINGS = ['HandoffMeeting', 'MeetingParticipant', 'MeetingSegment', 'MeetingCheck', 'ActionItem'] as const;

/** Sales and delivery meet; whoever was given an action does it. Auditors and programs only read. */
export const meetingAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of MEETINGS) {
    grant(PERSON_ROLES, 'read', subject);
    if (actor.scopes.includes('handoffs:read')) grant([Role.INTEGRATOR], 'read', subject);
  }
  grant([Role.SALES_MANAGER, ...DELIVERY], 'meet', 'Handoff');
  grant([Role.SALES_MANAGER, ...DELIVERY], 'add', 'ActionItem');
  grant(ACTING_ROLES, 'do', 'ActionItem');
};
