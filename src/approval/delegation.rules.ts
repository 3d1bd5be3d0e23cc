import { type Finding, finding } from '../core/finding.js';
import type { Delegation } from './delegation.entity.js';
import type { Standing } from './standing.rules.js';

/** The longest that one delegation runs, in days: an absence, not a change of office. */
export const LONGEST_DELEGATION_DAYS = 60;

const DAY = 86_400_000;

/** Whether a delegation holds at an instant: confirmed before, begun, neither over nor ended by hand. */
export function isLive({ confirmedAt, endedAt, fromAt, untilAt }: Delegation, at: Date): boolean {
  return (
    confirmedAt !== null && confirmedAt <= at && fromAt <= at && at < untilAt && (endedAt === null || at < endedAt)
  );
}

/**
 * Whether a delegation was set up and confirmed by two humans, neither of whom gains by it, as records are known to
 * belong together now: a merge may show that who confirmed it is who set it up, or who got it.
 */
export function isFourEyed(
  { createdBy, confirmedBy, delegatorId, delegateId }: Delegation,
  { canonicalOf }: Pick<Standing, 'canonicalOf'>,
): boolean {
  const [maker, giver, getter] = [createdBy, delegatorId, delegateId].map(canonicalOf);
  if (confirmedBy === null || maker === getter || giver === getter) return false;
  return ![maker, giver, getter].includes(canonicalOf(confirmedBy));
}

/** The delegations by which a person may vote now on a kind of request, by whom they stand in for. */
export function delegationsTo(
  delegations: readonly Delegation[],
  personId: string,
  kind: string,
  standing: Pick<Standing, 'canonicalOf'>,
  now: Date,
): Delegation[] {
  return delegations.filter(
    (delegation) =>
      standing.canonicalOf(delegation.delegateId) === standing.canonicalOf(personId) &&
      isFourEyed(delegation, standing) &&
      (delegation.kinds.length === 0 || delegation.kinds.includes(kind)) &&
      isLive(delegation, now),
  );
}

/** What a delegation is asked to be. */
export interface DelegationTerms {
  readonly delegatorId: string;
  readonly delegateId: string;
  readonly fromAt: Date;
  readonly untilAt: Date;
}

/** Everything that keeps a delegation from being set up, at once (approvals rule 9). */
export function delegationFindings(
  { delegatorId, delegateId, fromAt, untilAt }: DelegationTerms,
  by: { readonly actorId: string; readonly isAdministrator: boolean },
  { canonicalOf, grantsOf }: Standing,
  now: Date,
): Finding[] {
  const findings: Finding[] = [];
  const refuse = (code: string, path: string, message: string, remedy: string): void =>
    void findings.push(finding({ code, path, message, remedy, facts: {} }));
  const isMember = (id: string): boolean => grantsOf(id).length > 0;
  // Of people who are nobody here it says nothing further.
  if (isMember(delegatorId) && canonicalOf(delegatorId) === canonicalOf(delegateId))
    refuse('SAME_PERSON', 'delegateId', 'A person cannot stand in for themselves.', 'Name another person.');
  if (canonicalOf(by.actorId) !== canonicalOf(delegatorId) && !by.isAdministrator)
    refuse(
      'NOT_YOURS',
      'delegatorId',
      "You cannot hand on another person's vote.",
      'The person does it, or a RevOps administrator for somebody who is away.',
    );
  if (canonicalOf(by.actorId) === canonicalOf(delegateId))
    refuse('SELF_GRANT', 'delegateId', 'You cannot give yourself the vote of another person.', 'Somebody else does.');
  for (const [path, id] of [
    ['delegatorId', delegatorId],
    ['delegateId', delegateId],
  ] as const) {
    if (!isMember(id)) refuse('NOT_A_MEMBER', path, 'This is no active member with a role.', 'Name an active member.');
  }
  if (untilAt <= fromAt || untilAt <= now)
    refuse('PERIOD', 'untilAt', 'It would never hold.', 'Give an end after its beginning and after now.');
  else if (untilAt.getTime() - Math.max(fromAt.getTime(), now.getTime()) > LONGEST_DELEGATION_DAYS * DAY)
    refuse(
      'PERIOD',
      'untilAt',
      `A delegation runs for ${LONGEST_DELEGATION_DAYS} days at most.`,
      'Give an earlier end; for longer, a RevOps administrator gives the role to somebody else.',
    );
  return findings;
}

/** Everything that keeps an actor from confirming a delegation: four eyes, neither of the two, and nobody twice. */
export function confirmFindings(
  delegation: Delegation,
  actorId: string,
  { canonicalOf }: Standing,
  now: Date,
): Finding[] {
  const findings: Finding[] = [];
  const hands = [delegation.createdBy, delegation.delegatorId, delegation.delegateId].map(canonicalOf);
  if (hands.includes(canonicalOf(actorId)))
    findings.push(
      finding({
        code: 'SELF_APPROVAL',
        path: 'delegationId',
        message: 'Who sets up, gives or gets a delegation does not confirm it.',
        facts: {},
        remedy: 'Another RevOps administrator or service delivery lead confirms it.',
      }),
    );
  if (delegation.confirmedAt !== null || isOver(delegation, now))
    findings.push(
      finding({
        code: 'NOT_OPEN',
        path: 'delegationId',
        message: 'It is confirmed already, or over.',
        facts: {},
        remedy: 'Look at it again; set up a new one if it is still needed.',
      }),
    );
  return findings;
}

/** Whether a delegation can never hold again. */
export const isOver = ({ endedAt, untilAt }: Delegation, now: Date): boolean => endedAt !== null || untilAt <= now;
