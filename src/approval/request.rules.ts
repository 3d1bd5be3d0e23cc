import type { Actor } from '../core/actor.js';
import { type Finding, finding } from '../core/finding.js';
import type { VotingFacts } from './approval.rules.js';
import { isExpired, isOpen } from './deadline.rules.js';
import { seat } from '../core/seating.js';
import type { ApprovalNeed, Step } from './need.rules.js';
import { ApprovalState } from './request.entity.js';
import type { Standing } from './standing.rules.js';

/**
 * Findings when a need could never be met as people stand now: it is never approved instead (approvals rule 11). Names
 * each step, how many are missing, and out of whom. `barred` are the requester and the contributors.
 */
export function quorumFindings(
  { quorums }: Pick<ApprovalNeed, 'quorums'>,
  barred: readonly string[],
  standing: Standing,
): Finding[] {
  const out = new Set(barred.map(standing.canonicalOf));
  const candidates = standing.people
    .filter((person) => !out.has(person))
    .map((id) => ({ id, fits: (step: Step) => couldFill(standing, id, step) }));
  return quorums.flatMap((quorum) =>
    seat(quorum, candidates).free.map(({ step, missing }) => {
      const available = candidates.filter(({ fits }) => fits(step)).length;
      return finding({
        code: 'QUORUM_UNREACHABLE',
        path: `approvers.${step.name}`,
        message: `${step.approvers} different people ${outOf(step)} must approve, and ${missing} of them ${missing === 1 ? 'is' : 'are'} missing: requester and contributors do not count.`,
        facts: {
          step: step.name,
          needed: step.approvers,
          available,
          missing,
          roles: [...step.roles],
          people: [...step.people],
        },
        remedy: `A RevOps administrator gives one of the roles to ${missing} more ${missing === 1 ? 'person' : 'people'} who did not write on the content, or has the policy changed.`,
      });
    }),
  );
}

function couldFill(standing: Standing, person: string, { roles, people }: Step): boolean {
  if (people.some((named) => standing.canonicalOf(named) === person)) return true;
  return standing.grantsOf(person).some(({ role }) => roles.includes(role));
}

function outOf({ roles, people }: Step): string {
  const named = people.length === 0 ? '' : `${people.length} named people`;
  const holders = roles.length === 0 ? '' : `the holders of ${roles.join(', ')}`;
  return `out of ${[holders, named].filter((part) => part !== '').join(' and ')}`;
}

/** A finding unless the actor is the requester, and one when there is nothing to withdraw (approvals rule 7). */
export function withdrawFindings(
  { request, standing }: Pick<VotingFacts, 'request' | 'standing'>,
  actor: Actor,
  now: Date,
): Finding[] {
  const findings: Finding[] = [];
  if (standing.canonicalOf(actor.id) !== standing.canonicalOf(request.requesterId)) {
    findings.push(
      finding({
        code: 'NOT_REQUESTER',
        path: 'request.requester',
        message: 'Only the requester withdraws a request.',
        facts: {},
        remedy: 'Reject it instead, or ask the requester.',
      }),
    );
  }
  if (!isOpen(request, now)) {
    findings.push(
      finding({
        code: 'NOT_OPEN',
        path: 'request.state',
        message: `The request has ended: ${isExpired(request, now) ? ApprovalState.EXPIRED : request.state}.`,
        facts: { state: request.state },
        remedy: 'There is nothing to withdraw.',
      }),
    );
  }
  return findings;
}
