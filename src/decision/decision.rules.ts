import type { Actor } from '../core/actor.js';
import { type Finding, finding } from '../core/finding.js';
import { daysBetween } from '../core/local-day.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { isHiddenFrom } from '../handoff/handoff.rules.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import { DELIVERY, Role } from '../identity/roles.js';
import { type Decision, DecisionState } from './decision.entity.js';

const SHORTEST_REASON = 10;

/** Who may own an entry: whoever can decide on a scope or a price. */
export const OWNERS: readonly Role[] = [Role.SALES_MANAGER, ...DELIVERY, Role.FINANCE_APPROVER, Role.REVOPS_ADMIN];

/**
 * What of the decision log stands in the way of a client date (requirement 002 steps 4 and 5): an open entry that
 * blocks kickoff is blocking, another is a warning; each says whether it is overdue on this day.
 */
export function kickoffDecisionFindings(decisions: readonly Decision[], today: string): Finding[] {
  return decisions
    .filter(({ state }) => state === DecisionState.OPEN)
    .map(({ id, number, kind, dueOn, blocksKickoff }) => {
      const late = Math.max(0, daysBetween(dueOn, today));
      return finding({
        code: 'DECISION_OPEN',
        severity: blocksKickoff ? 'BLOCKING' : 'WARNING',
        path: `decisions.${number}`,
        message: `Decision ${number} is open, due on ${dueOn}${late > 0 ? `, ${late} days overdue` : ''}.`,
        facts: { decisionId: id, number, kind, dueOn, overdue: late > 0, daysOverdue: late },
        remedy: `Its owner decides it with resolveDecision${late > 0 ? ', or the escalation contact sees to it' : ''}.`,
      });
    });
}

/** Who answers for an entry, until when, and who is told if nothing happens. */
export interface Responsibility {
  readonly ownerId: string;
  readonly escalationContactId: string;
  readonly dueOn: string;
}

/** What is wrong with an owner, an escalation path or a due date: an entry that nobody can decide is none. */
export function responsibilityFindings(
  { ownerId, escalationContactId, dueOn }: Responsibility,
  people: readonly RoleHolder[],
  today: string,
): Finding[] {
  const findings: Finding[] = [];
  if (!people.some(({ personId, role }) => personId === ownerId && OWNERS.includes(role))) {
    findings.push(
      finding({
        code: 'OWNER_NOT_ELIGIBLE',
        path: 'ownerId',
        message: 'The owner is no active member who can decide it.',
        facts: { ownerId, roles: [...OWNERS] },
        remedy: `Name an active member with one of the roles ${OWNERS.join(', ')}.`,
      }),
    );
  }
  if (!people.some(({ personId }) => personId === escalationContactId)) {
    findings.push(
      finding({
        code: 'CONTACT_NOT_ELIGIBLE',
        path: 'escalationContactId',
        message: 'The escalation contact is no active member.',
        facts: { escalationContactId },
        remedy: 'Name an active member.',
      }),
    );
  }
  if (ownerId === escalationContactId) {
    findings.push(
      finding({
        code: 'ESCALATION_TO_OWNER',
        path: 'escalationContactId',
        message: 'Owner and escalation contact are the same person.',
        facts: { ownerId },
        remedy: 'Name somebody else who is told when the owner does not decide.',
      }),
    );
  }
  return [...findings, ...dueFindings(dueOn, today)];
}

/** A finding for an escalation contact from whom the handoff is hidden: they would be told of what they cannot look into. */
export function hiddenContactFindings(
  handoff: Pick<Handoff, 'stage' | 'deliveryManagerId'>,
  escalationContactId: string,
  people: readonly RoleHolder[],
): Finding[] {
  if (!isHiddenFrom(handoff, escalationContactId, people)) return [];
  return [
    finding({
      code: 'CONTACT_CANNOT_SEE',
      path: 'escalationContactId',
      message: 'The escalation contact is a delivery manager whose draft this is not, and cannot see it.',
      facts: { escalationContactId, deliveryManagerId: handoff.deliveryManagerId },
      remedy: 'Name somebody else, such as a lead, or give the contact the handoff with assignDeliveryManager.',
    }),
  ];
}

/** A finding for a day to be due on that has passed. */
export function dueFindings(dueOn: string, today: string): Finding[] {
  if (dueOn >= today) return [];
  return [
    finding({
      code: 'DUE_IN_THE_PAST',
      path: 'dueOn',
      message: `dueOn is ${dueOn}, before today.`,
      facts: { dueOn, today },
      remedy: 'Give today or a later day.',
    }),
  ];
}

/** Whether this person may decide or hand on an entry that is open: its owner, or who leads delivery. */
export function ownerFindings({ number, ownerId, state }: Decision, actor: Actor): Finding[] {
  const path = `decisions.${number}`;
  const findings: Finding[] = [];
  if (state !== DecisionState.OPEN) {
    findings.push(
      finding({
        code: 'DECISION_CLOSED',
        path,
        message: `Decision ${number} is ${state}.`,
        facts: { number, state },
        remedy: 'Open a new entry if the question arises again.',
      }),
    );
  }
  if (actor.id !== ownerId && !DELIVERY.some((role) => actor.roles.includes(role))) {
    findings.push(
      finding({
        code: 'NOT_THE_OWNER',
        path,
        message: 'Only the owner, a delivery manager or a service delivery lead does this.',
        facts: { number },
        remedy: 'Ask the owner, or delivery to reassign it.',
      }),
    );
  }
  return findings;
}

/** What a decision lacks: an outcome and a reason that say something. */
export function outcomeFindings(outcome: string, reason: string): Finding[] {
  const findings: Finding[] = [];
  if (outcome.trim() === '') {
    findings.push(
      finding({
        code: 'OUTCOME_MISSING',
        path: 'outcome',
        message: 'The outcome is blank.',
        facts: {},
        remedy: 'Say what was decided.',
      }),
    );
  }
  if (reason.trim().length < SHORTEST_REASON) {
    findings.push(
      finding({
        code: 'REASON_TOO_SHORT',
        path: 'reason',
        message: `A reason has at least ${SHORTEST_REASON} characters.`,
        facts: { characters: reason.trim().length },
        remedy: 'Say why, so that others can follow it.',
      }),
    );
  }
  return findings;
}

/**
 * What keeps an entry from asking about an assumption: another asks already (one assumption, one decision), or it would
 * not block the kickoff, which an unchecked assumption does (requirement 002 step 5).
 */
export function assumptionFindings(
  { assumptionId, blocksKickoff }: Pick<Decision, 'assumptionId' | 'blocksKickoff'>,
  decisions: readonly Decision[],
): Finding[] {
  if (assumptionId === null) return [];
  const findings: Finding[] = [];
  const known = decisions.find((decision) => decision.assumptionId === assumptionId);
  if (known) {
    findings.push(
      finding({
        code: 'ALREADY_IN_THE_LOG',
        path: 'assumptionId',
        message: `The assumption is decision ${known.number} already.`,
        facts: { decisionId: known.id, number: known.number },
        remedy: `Use decision ${known.number}.`,
      }),
    );
  }
  if (!blocksKickoff) {
    findings.push(
      finding({
        code: 'ASSUMPTION_BLOCKS_KICKOFF',
        path: 'blocksKickoff',
        message: 'An assumption that nobody has checked blocks the kickoff.',
        facts: { assumptionId },
        remedy: 'Leave blocksKickoff true, or confirm the assumption first (resolveAssumption).',
      }),
    );
  }
  return findings;
}
