import type { AbilityContribution } from '../core/ability.js';
import { PERSON_ROLES, Role } from '../identity/roles.js';
import { Handoff } from './handoff.entity.js';
import { Stage } from './stage.rules.js';

const { SALES_MANAGER, DELIVERY_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN, AUDITOR, INTEGRATOR } =
  Role;

/** Rows that are reached only through their handoff: whoever may read that one reads them. */
const CONTENT = ['Stakeholder', 'Assumption', 'Risk', 'HandoffStatement'] as const;

/** What a delivery manager works on: whatever sales has handed over once, and what is already theirs. */
const HANDED_OVER = { stage: { $in: Object.values(Stage).filter((stage) => stage !== Stage.DRAFT) } };

/** Who reads a handoff, who writes into it, and who moves it on (sales edits, delivery reads and edits its intake). */
export const handoffAbilities: AbilityContribution = (grant, actor, within) => {
  within('handoffId', Handoff);
  grant([SALES_MANAGER, FINANCE_APPROVER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN, AUDITOR], 'read', 'Handoff');
  // What the worker does about a handoff it does about any.
  grant(['SYSTEM'], 'read', 'Handoff');
  for (const subject of CONTENT) grant(PERSON_ROLES, 'read', subject);
  if (actor.scopes.includes('handoffs:read')) {
    for (const subject of ['Handoff', ...CONTENT]) grant([INTEGRATOR], 'read', subject);
  }
  for (const theirs of [HANDED_OVER, { deliveryManagerId: actor.id }]) {
    grant([DELIVERY_MANAGER], ['read', 'assess', 'intake'], 'Handoff', theirs);
  }
  grant([SERVICE_DELIVERY_LEAD], ['assess', 'intake'], 'Handoff');
  grant([SALES_MANAGER], ['edit', 'assess'], 'Handoff');
  grant([SALES_MANAGER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN], 'assign', 'Handoff');
  grant([SALES_MANAGER, REVOPS_ADMIN], ['reassign', 'withdraw'], 'Handoff');
};
