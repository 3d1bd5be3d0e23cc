import type { Actor } from '../core/actor.js';
import { type Finding, finding } from '../core/finding.js';
import type { Eligible } from '../identity/identity.queries.js';
import { type ApprovalRequest, ApprovalState } from './request.entity.js';
import { type ApprovalGrant, type ApprovalParticipant, type ApprovalVote, VoteDecision } from './vote.entity.js';

/** What is asked about: the engine knows the type as a word only. */
export interface Subject {
  readonly type: string;
  readonly id: string;
}

/** Who is who and who may what, now: people by canonical person (`person.merged_into`). */
export interface Standing {
  /** The record that stands for this human; the person's own id when it was never merged. */
  readonly canonicalOf: (personId: string) => string;
  /** The roles that an active human holds now; empty for a suspended or unknown one. */
  readonly rolesOf: (personId: string) => readonly string[];
  /** Every active human with a role, by canonical person. */
  readonly people: readonly string[];
}

/** What a decision on a request must know. */
export interface VotingFacts {
  readonly request: ApprovalRequest;
  /** The votes of the request; those of earlier rounds stay in history and do not count. */
  readonly votes: readonly ApprovalVote[];
  readonly participants: readonly ApprovalParticipant[];
  /** Everyone who ever wrote on the subject's governed content. */
  readonly contributors: readonly string[];
  readonly standing: Standing;
}

const HOUR = 3_600_000;

/** The standing of people, from those who are active and those who were merged into another record. */
export function standingOf(people: readonly Eligible[], merged: ReadonlyMap<string, string>): Standing {
  const roles = new Map<string, string[]>();
  for (const { personId, role } of people) roles.set(personId, [...(roles.get(personId) ?? []), role]);
  const canonicalOf = (personId: string): string => {
    let canonical = personId;
    // Merges may chain; a circle cannot come from mergeMember, and would end here.
    for (let hops = 0; hops <= merged.size && merged.has(canonical); hops += 1) canonical = merged.get(canonical)!;
    return canonical;
  };
  return { canonicalOf, rolesOf: (personId) => roles.get(canonicalOf(personId)) ?? [], people: [...roles.keys()] };
}

/**
 * Whether a request's time has run out at an instant: undecided, or approved and not used (approvals rule 6). Judged
 * wherever it matters, so that nothing depends on a process that marks rows.
 */
export function isExpired({ state, expiresAt }: Pick<ApprovalRequest, 'state' | 'expiresAt'>, now: Date): boolean {
  return isOpenState(state) && expiresAt <= now;
}

/** Whether a request is undecided or approved, and not past its time. */
export function isOpen(request: Pick<ApprovalRequest, 'state' | 'expiresAt'>, now: Date): boolean {
  return isOpenState(request.state) && !isExpired(request, now);
}

function isOpenState(state: ApprovalState): boolean {
  return state === ApprovalState.PENDING || state === ApprovalState.APPROVED;
}

/**
 * Everything that keeps an actor from voting on the content that they saw, at once; none when they may (approvals rules
 * 1, 2, 5, 6, 10). `digest` is the content that the voter looked at (what you see is what you sign). The requester gets
 * SELF_APPROVAL and not also CONTRIBUTOR: the remedy is the same.
 */
export function voteFindings(facts: VotingFacts, voter: Actor, digest: string, now: Date): Finding[] {
  const { request, standing } = facts;
  const { requesterId, eligibleRoles, expiresAt } = request;
  const findings: Finding[] = [];
  if (request.state !== ApprovalState.PENDING) {
    findings.push(
      refusal(
        'NOT_PENDING',
        'request.state',
        `The request is ${request.state}: it takes no votes.`,
        'Ask the requester for a new request if it is still needed.',
        { state: request.state },
      ),
    );
  } else if (isExpired(request, now)) {
    findings.push(
      refusal(
        'EXPIRED',
        'request.expiresAt',
        'The time to decide has run out, which denies the request.',
        'Ask the requester for a new request if it is still needed.',
        { expiresAt: expiresAt.toISOString() },
      ),
    );
  }
  if (digest !== request.digest) {
    findings.push(
      refusal(
        'STALE_CONTENT',
        'digest',
        'The content is not the one that you saw: it was changed.',
        'Look at the request again and vote on its current digest.',
        { seen: digest, current: request.digest, contentRevision: request.contentRevision },
      ),
    );
  }
  if (voter.kind !== 'PERSON' || voter.accountId === null) {
    return [...findings, refusal('SERVICE_ACCOUNT', 'voter', 'Programs do not approve.', 'A person has to vote.')];
  }
  const canonical = standing.canonicalOf(voter.id);
  if (canonical === standing.canonicalOf(requesterId)) {
    findings.push(
      refusal(
        'SELF_APPROVAL',
        'voter',
        'Who asks does not answer.',
        'Somebody else with an eligible role has to vote.',
      ),
    );
  } else if (barredFrom(facts).has(canonical)) {
    findings.push(
      refusal(
        'CONTRIBUTOR',
        'voter',
        'You wrote on this content, or own it, so you cannot approve it.',
        'Somebody who did not write on it has to vote.',
      ),
    );
  }
  if (!isEligible(facts, canonical)) {
    findings.push(
      refusal(
        'NOT_ELIGIBLE',
        'voter',
        `You hold none of the roles that answer this: ${eligibleRoles.join(', ')}.`,
        'Somebody with one of these roles has to vote.',
        { eligibleRoles: [...eligibleRoles] },
      ),
    );
  }
  if (votesOfRound(facts).some((vote) => standing.canonicalOf(vote.voterId) === canonical)) {
    findings.push(
      refusal(
        'ALREADY_VOTED',
        'voter',
        'You have voted on this content; a person votes once.',
        'Somebody else has to vote.',
        { round: request.round },
      ),
    );
  }
  return findings;
}

/**
 * The different natural persons who approve the current content and may still do so: by canonical person, with the
 * present eligibility of each (approvals rules 2 and 10). In a fixed order.
 */
export function approversOf(facts: VotingFacts): string[] {
  const { standing } = facts;
  const barred = barredFrom(facts);
  const approving = votesOfRound(facts)
    .filter((vote) => vote.decision === VoteDecision.APPROVE)
    .map((vote) => standing.canonicalOf(vote.voterId));
  return [...new Set(approving)].filter((person) => !barred.has(person) && isEligible(facts, person)).sort();
}

/** What the votes on the current content come to: one rejection ends it (approvals rule 8). */
export function outcomeOf(facts: VotingFacts): ApprovalState.PENDING | ApprovalState.APPROVED | ApprovalState.REJECTED {
  if (votesOfRound(facts).some((vote) => vote.decision === VoteDecision.REJECT)) return ApprovalState.REJECTED;
  return approversOf(facts).length >= facts.request.approversNeeded ? ApprovalState.APPROVED : ApprovalState.PENDING;
}

/** Who may be asked: how many different people out of which roles. */
export interface Quorum {
  readonly approvers: number;
  readonly roles: readonly string[];
  /** Requester and contributors: they never count. */
  readonly barred: readonly string[];
}

/** A finding when a request could never be approved as people stand now; it is never approved instead (approvals rule 11). */
export function quorumFindings({ approvers, roles, barred }: Quorum, standing: Standing): Finding[] {
  const out = new Set(barred.map(standing.canonicalOf));
  const could = standing.people.filter(
    (person) => !out.has(person) && standing.rolesOf(person).some((role) => roles.includes(role)),
  );
  if (could.length >= approvers) return [];
  const missing = approvers - could.length;
  return [
    refusal(
      'QUORUM_UNREACHABLE',
      'approvers',
      `${approvers} different people with one of the roles ${roles.join(', ')} must approve, and ${missing} of them are missing: requester and contributors do not count.`,
      `A RevOps administrator gives one of these roles to ${missing} more ${missing === 1 ? 'person' : 'people'} who did not write on the content.`,
      { needed: approvers, available: could.length, missing, roles: [...roles] },
    ),
  ];
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
      refusal(
        'NOT_REQUESTER',
        'request.requester',
        'Only the requester withdraws a request.',
        'Reject it instead, or ask the requester.',
      ),
    );
  }
  if (!isOpen(request, now)) {
    findings.push(
      refusal(
        'NOT_OPEN',
        'request.state',
        `The request has ended: ${isExpired(request, now) ? ApprovalState.EXPIRED : request.state}.`,
        'There is nothing to withdraw.',
        { state: request.state },
      ),
    );
  }
  return findings;
}

/** When a grant made now lapses: so many hours of the working time that the request pinned (approvals rule 6). */
export function lapseOf(
  { grantHours, workingTimes }: Pick<ApprovalRequest, 'grantHours' | 'workingTimes'>,
  now: Date,
): Date {
  let left = grantHours * HOUR;
  for (const { from, to } of workingTimes) {
    const begin = Math.max(Date.parse(from), now.getTime());
    const length = Math.max(0, Date.parse(to) - begin);
    if (left <= length) return new Date(begin + left);
    left -= length;
  }
  return new Date(workingTimes.at(-1)!.to);
}

/**
 * The grant that covers exactly this content now, or null. `grants` are those of grantsOf: reached by the current round
 * of a request that is still APPROVED. Digest and revision must both match, so that content which was changed and
 * changed back is not covered (approvals rule 5, attack A6).
 */
export function liveGrant(
  grants: readonly ApprovalGrant[],
  kind: string,
  digest: string,
  contentRevision: number,
  now: Date,
): ApprovalGrant | null {
  return (
    grants.find(
      (grant) =>
        grant.kind === kind &&
        grant.digest === digest &&
        grant.contentRevision === contentRevision &&
        grant.grantedAt <= now &&
        now < grant.expiresAt,
    ) ?? null
  );
}

/** The votes on the current content: of the current round, on its digest and its revision. */
function votesOfRound({ request, votes }: VotingFacts): readonly ApprovalVote[] {
  const { id, round, digest, contentRevision } = request;
  return votes.filter(
    (vote) =>
      vote.requestId === id &&
      vote.round === round &&
      vote.digest === digest &&
      vote.contentRevision === contentRevision,
  );
}

/** Requester, owner and everyone who wrote on the content, by canonical person: who may not vote (approvals rule 1). */
export function barredFrom({ request, participants, contributors, standing }: VotingFacts): ReadonlySet<string> {
  const ofRound = participants
    .filter((p) => p.round === request.round && p.part === 'CONTRIBUTOR')
    .map((p) => p.personId);
  return new Set([request.requesterId, ...ofRound, ...contributors].map(standing.canonicalOf));
}

function isEligible({ request, standing }: VotingFacts, personId: string): boolean {
  return standing.rolesOf(personId).some((role) => (request.eligibleRoles as readonly string[]).includes(role));
}

function refusal(code: string, path: string, message: string, remedy: string, facts: Finding['facts'] = {}): Finding {
  return finding({ code, path, message, remedy, facts });
}
