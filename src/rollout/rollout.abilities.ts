import type { AbilityContribution } from '../core/ability.js';
import { Stage } from '../handoff/stage.rules.js';
import { ACTING_ROLES, PERSON_ROLES, Role } from '../identity/roles.js';

const { SALES_MANAGER, DELIVERY_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN } = Role;

/** The handoffs that a delivery manager sees (handoff.abilities.ts). */
const HANDED_OVER = { stage: { $in: Object.values(Stage).filter((stage) => stage !== Stage.DRAFT) } };

/** RevOps runs the rollout, delivery agrees to it; whoever owns an item completes it, and everybody says where a gate was wrong. */
export const rolloutAbilities: AbilityContribution = (grant, actor) => {
  for (const subject of ['Rollout', 'RolloutItem', 'PilotHandoff', 'HypercareCheck', 'GateMisfire'])
    grant(PERSON_ROLES, 'read', subject);
  for (const subject of ['TrainingRecord', 'Certification', 'HandoffBuddy']) grant(PERSON_ROLES, 'read', subject);
  grant([REVOPS_ADMIN], 'run', 'Rollout');
  grant([SERVICE_DELIVERY_LEAD], 'confirm', 'Rollout');
  grant([REVOPS_ADMIN], 'assign', 'RolloutItem');
  grant(ACTING_ROLES, 'complete', 'RolloutItem', { ownerId: actor.id });
  grant([REVOPS_ADMIN], 'complete', 'RolloutItem');
  grant([SALES_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN], 'reportMisfire', 'Handoff');
  for (const theirs of [HANDED_OVER, { deliveryManagerId: actor.id }])
    grant([DELIVERY_MANAGER], 'reportMisfire', 'Handoff', theirs);
  grant([REVOPS_ADMIN, SERVICE_DELIVERY_LEAD], 'record', 'TrainingRecord');
  grant([REVOPS_ADMIN, SERVICE_DELIVERY_LEAD], 'certify', 'Certification');
  grant([SALES_MANAGER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN], 'nameBuddy', 'Handoff');
};
