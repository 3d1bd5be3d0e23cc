import type { Actor } from '../core/actor.js';
import { type Finding, finding } from '../core/finding.js';
import { dueFindings } from '../decision/decision.rules.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import { ACTING_ROLES, DELIVERY, Role } from '../identity/roles.js';
import { type ActionItem, ActionState } from './action.entity.js';

/** The number of the next action of a handoff; none is ever deleted. */
export const nextAction = (existing: readonly ActionItem[]): string => `A-${existing.length + 1}`;

/** What is wrong with who is to do an action, or with the day by which. */
export function assignmentFindings(
  { ownerId, dueOn }: Pick<ActionItem, 'ownerId' | 'dueOn'>,
  people: readonly RoleHolder[],
  today: string,
): Finding[] {
  const findings: Finding[] = [];
  if (!people.some(({ personId, role }) => personId === ownerId && ACTING_ROLES.includes(role)))
    findings.push(
      finding({
        code: 'OWNER_NOT_ELIGIBLE',
        path: 'ownerId',
        message: 'The owner is no active member who could do it.',
        facts: { ownerId },
        remedy: 'Name an active member; an auditor only reads.',
      }),
    );
  return [...findings, ...dueFindings(dueOn, today)];
}

/** Whether this person may finish an action or hand it on: its owner, or sales and delivery, who met about it. */
export function doerFindings({ number, ownerId, state }: ActionItem, actor: Actor): Finding[] {
  const path = `actionItems.${number}`;
  const findings: Finding[] = [];
  if (state !== ActionState.OPEN)
    findings.push(
      finding({
        code: 'ACTION_DONE',
        path,
        message: `Action ${number} was done.`,
        facts: { number },
        remedy: 'Add another one if there is more to do.',
      }),
    );
  if (actor.id !== ownerId && ![Role.SALES_MANAGER, ...DELIVERY].some((role) => actor.roles.includes(role)))
    findings.push(
      finding({
        code: 'NOT_THE_OWNER',
        path,
        message: 'Only its owner, sales or delivery does this.',
        facts: { number },
        remedy: 'Ask its owner.',
      }),
    );
  return findings;
}
