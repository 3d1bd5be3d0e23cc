import { isSeasoned } from '../identity/identity.rules.js';
import { isFourEyed, isLive } from './delegation.rules.js';
import type { Delegation } from './delegation.entity.js';
import { seat } from '../core/seating.js';
import { type Candidate, reaches, type Seating, type Step } from './need.rules.js';
import { type ApprovalRequest, ApprovalState } from './request.entity.js';
import type { Standing } from './standing.rules.js';
import { type ApprovalParticipant, type ApprovalRevocation, type ApprovalVote, VoteDecision } from './vote.entity.js';

/** What is asked about: the engine knows the type as a word only. */
export interface Subject {
  readonly type: string;
  readonly id: string;
}

/** What a decision on a request must know. */
export interface VotingFacts {
  readonly request: ApprovalRequest;
  /** The votes of the request; those of earlier rounds stay in history and do not count. */
  readonly votes: readonly ApprovalVote[];
  /** Approvals that were taken back. */
  readonly revocations: readonly ApprovalRevocation[];
  readonly participants: readonly ApprovalParticipant[];
  /** Everyone who ever wrote on the subject's governed content. */
  readonly contributors: readonly string[];
  /** Delegations of the tenant, ended ones too: votes were cast by them. */
  readonly delegations: readonly Delegation[];
  readonly standing: Standing;
}

/** One approval that counts: by whom, and for whom when it was delegated. Both are canonical people. */
export interface Ballot {
  readonly vote: ApprovalVote;
  readonly voterId: string;
  readonly principalId: string | null;
}

/** Requester, owner and everyone who wrote on the content, by canonical person: who may not vote (approvals rule 1). */
export function barredFrom({
  request,
  participants,
  contributors,
  standing,
}: Pick<VotingFacts, 'request' | 'participants' | 'contributors' | 'standing'>): ReadonlySet<string> {
  const ofRound = participants
    .filter((p) => p.requestId === request.id && p.round === request.round && p.part === 'CONTRIBUTOR')
    .map((p) => p.personId);
  return new Set([request.requesterId, ...ofRound, ...contributors].map(standing.canonicalOf));
}

/** The votes on the current content: of the current round, on its digest and its revision, in the order of casting. */
export function votesOfRound({ request, votes }: Pick<VotingFacts, 'request' | 'votes'>): readonly ApprovalVote[] {
  const { id, round, digest, contentRevision } = request;
  return votes
    .filter(
      (vote) =>
        vote.requestId === id &&
        vote.round === round &&
        vote.digest === digest &&
        vote.contentRevision === contentRevision,
    )
    .toSorted((a, b) => a.castAt.getTime() - b.castAt.getTime() || (a.id < b.id ? -1 : 1));
}

/** The humans who have a hand in a vote: who cast it, and for whom. */
export function humansOf({ voterId, onBehalfOf }: ApprovalVote, { canonicalOf }: Standing): string[] {
  return [voterId, ...(onBehalfOf === null ? [] : [onBehalfOf])].map(canonicalOf);
}

/**
 * Whether a human may fill a seat of a step now: named by the policy, or holding a role of the step that is seasoned
 * (rules 3 and 10, attack A15). `beside` are the humans who have voted already: a role that one of them gave just now
 * does not count.
 */
export function fits(facts: VotingFacts, personId: string, step: Step, now: Date, beside: Iterable<string>): boolean {
  const { request, standing } = facts;
  const own = standing.canonicalOf(personId);
  const held = standing.grantsOf(own);
  if (held.length === 0) return false;
  if (step.people.some((named) => standing.canonicalOf(named) === own)) return true;
  const circle = new Set([...barredFrom(facts), ...beside]);
  circle.delete(own);
  const { coolDownHours } = request.need;
  return held.some((grant) => step.roles.includes(grant.role) && isSeasoned(grant, circle, coolDownHours, now));
}

/**
 * The approvals of the current content that count now: by people who are neither barred nor without standing, not taken
 * back, and no human in two of them, as voter or as the one voted for: a delegation never makes two of one, or one of
 * two (approvals rules 1, 2, 9 and 10). Of two that collide the earlier one counts.
 */
export function ballotsOf(facts: VotingFacts, now: Date): Ballot[] {
  const { request, revocations, standing } = facts;
  const barred = barredFrom(facts);
  const revoked = new Set(revocations.map(({ voteId }) => voteId));
  const cast = votesOfRound(facts).filter(({ decision, id }) => decision === VoteDecision.APPROVE && !revoked.has(id));
  const everyone = cast.flatMap((vote) => humansOf(vote, standing));
  const used = new Set<string>();
  return cast.flatMap((vote) => {
    const humans = humansOf(vote, standing);
    const [voterId, principalId = null] = humans as [string, string?];
    const beside = everyone.filter((human) => !humans.includes(human));
    const counts =
      humans.every((human) => !barred.has(human) && !used.has(human)) &&
      standing.grantsOf(voterId).length > 0 &&
      new Set(humans).size === humans.length &&
      isDelegated(facts, vote, now, beside) &&
      request.need.quorums.flat().some((step) => fits(facts, principalId ?? voterId, step, now, beside));
    if (!counts) return [];
    for (const human of humans) used.add(human);
    return [{ vote, voterId, principalId }];
  });
}

/** The people behind the ballots, as those whose seats are counted: the principal's authority, one human a ballot. */
export function candidatesOf(facts: VotingFacts, now: Date): Candidate[] {
  const ballots = ballotsOf(facts, now);
  return ballots.map(({ voterId, principalId }) => {
    const beside = ballots.flatMap((other) => [other.voterId, other.principalId ?? other.voterId]);
    const authority = principalId ?? voterId;
    const others = beside.filter((human) => human !== voterId && human !== principalId);
    return { id: voterId, fits: (step) => fits(facts, authority, step, now, others) };
  });
}

/** The different natural persons who approve the current content and may still do so, in a fixed order. */
export function approversOf(facts: VotingFacts, now: Date): string[] {
  return ballotsOf(facts, now)
    .map(({ voterId }) => voterId)
    .sort();
}

/** Who sits where in each quorum of the request, and which seats are free. */
export function seatingOf(facts: VotingFacts, now: Date): Seating[] {
  const candidates = candidatesOf(facts, now);
  return facts.request.need.quorums.map((quorum) => seat(quorum, candidates));
}

/** What the votes on the current content come to (approvals rules 2, 3 and 8). A rejection is never taken back. */
export function outcomeOf(
  facts: VotingFacts,
  now: Date,
): ApprovalState.PENDING | ApprovalState.APPROVED | ApprovalState.REJECTED {
  const { request, standing } = facts;
  const rejecting = votesOfRound(facts)
    .filter(({ decision }) => decision === VoteDecision.REJECT)
    .map(({ voterId }) => standing.canonicalOf(voterId));
  if (new Set(rejecting).size >= request.need.rejections) return ApprovalState.REJECTED;
  return reaches(request.need, candidatesOf(facts, now)) ? ApprovalState.APPROVED : ApprovalState.PENDING;
}

/**
 * A vote for somebody else counts while their delegation was not ended before the effect, and neither who asks or wrote
 * nor another approver chose who stands in (approvals rule 9). `beside` are the humans who have voted already.
 */
function isDelegated(facts: VotingFacts, vote: ApprovalVote, now: Date, beside: readonly string[]): boolean {
  const { delegations, standing } = facts;
  if (vote.onBehalfOf === null) return true;
  const delegation = delegations.find(({ id }) => id === vote.delegationId);
  if (!delegation || !isLive(delegation, vote.castAt) || !isFourEyed(delegation, standing)) return false;
  if (standing.canonicalOf(delegation.delegateId) !== standing.canonicalOf(vote.voterId)) return false;
  const endedEarly = delegation.endedAt !== null && delegation.endedAt <= now;
  return !endedEarly && isIndependent(delegation, standing, barredFrom(facts), beside);
}

/** Whether a delegation was made by nobody who asks, wrote or approves too, and confirmed by nobody who asks or wrote. */
export function isIndependent(
  { createdBy, confirmedBy, delegatorId }: Delegation,
  { canonicalOf }: Standing,
  barred: ReadonlySet<string>,
  beside: readonly string[],
): boolean {
  const principal = canonicalOf(delegatorId);
  const maker = canonicalOf(createdBy);
  const isApart = (hand: string): boolean => hand === principal || !barred.has(hand);
  return isApart(maker) && isApart(canonicalOf(confirmedBy!)) && !beside.includes(maker);
}
