import type { Actor } from '../core/actor.js';
import { type Finding, finding } from '../core/finding.js';
import { barredFrom, humansOf, votesOfRound, type VotingFacts } from './approval.rules.js';
import { freshnessFindings, timeFindings, whoFindings } from './vote-findings.rules.js';
import { type AfterReview, ReviewState } from './after-review.entity.js';
import { type ApprovalUse, type ApprovalVote, VoteDecision } from './vote.entity.js';

/** Who may pass a request in an emergency, as its policy says (approvals rule 12). An empty list is nobody. */
export interface BreakGlassTerms {
  /** Person ids. */
  readonly people: readonly string[];
  /** How many of them it takes, where so many can be had. */
  readonly approvers: number;
  /** Minutes that the grant lives. */
  readonly minutes: number;
  /** Who looks at it afterwards: holders of these roles who had no part in it. */
  readonly reviewRoles: readonly string[];
  /** Hours within which they do. */
  readonly reviewHours: number;
}

/**
 * Both terms at once, of everything the stricter (approvals rule 13): nobody where either names nobody, or where they
 * share nobody. Where they share no role for the review, it is done by the roles of the second.
 */
export function bothTerms(one: BreakGlassTerms | null, other: BreakGlassTerms | null): BreakGlassTerms | null {
  if (!one || !other) return null;
  const people = one.people.filter((person) => other.people.includes(person));
  if (people.length === 0) return null;
  const shared = one.reviewRoles.filter((role) => other.reviewRoles.includes(role));
  return {
    people,
    approvers: Math.max(one.approvers, other.approvers),
    minutes: Math.min(one.minutes, other.minutes),
    reviewRoles: shared.length > 0 ? shared : other.reviewRoles,
    reviewHours: Math.min(one.reviewHours, other.reviewHours),
  };
}

/** However the policy words it, an emergency is declared by somebody who signed in just now. */
const SIGNED_IN_WITHIN_MINUTES = 15;

/** Everything that keeps an actor from passing a request in an emergency, at once (approvals rules 1, 2, 12 and 14). */
export function breakGlassFindings(
  facts: VotingFacts & { readonly openReviews: readonly AfterReview[] },
  actor: Actor,
  digest: string,
  now: Date,
): Finding[] {
  const { request, standing, openReviews } = facts;
  const findings = [...timeFindings(request, now), ...whoFindings(facts, actor, digest, now)];
  const own = standing.canonicalOf(actor.id);
  if (!listed(facts).includes(own)) {
    findings.push(
      finding({
        code: 'NOT_ON_THE_LIST',
        path: 'voter',
        message: 'The policy does not name you for emergencies.',
        facts: { named: listed(facts).length },
        remedy:
          request.breakGlass === null
            ? 'Nobody is named: wait for the approvers, or have the policy changed.'
            : 'Somebody whom the policy names declares the emergency.',
      }),
    );
  }
  const minutes = Math.min(request.need.freshSignInMinutes ?? SIGNED_IN_WITHIN_MINUTES, SIGNED_IN_WITHIN_MINUTES);
  findings.push(...freshnessFindings(minutes, actor, now));
  const overdue = openReviews.filter(
    ({ declaredBy, dueAt, state }) =>
      state === ReviewState.OPEN && dueAt <= now && declaredBy.map(standing.canonicalOf).includes(own),
  );
  if (overdue.length > 0) {
    findings.push(
      finding({
        code: 'REVIEW_OVERDUE',
        path: 'voter',
        message: 'An emergency that you declared before has not been reviewed.',
        facts: { reviewIds: overdue.map(({ id }) => id) },
        remedy: 'Have it reviewed first (reviewBreakGlass), by somebody who had no part in it.',
      }),
    );
  }
  return findings;
}

/** The named people who are active members now, by canonical person. */
function listed({ request, standing }: Pick<VotingFacts, 'request' | 'standing'>): string[] {
  const named = (request.breakGlass?.people ?? []).map(standing.canonicalOf);
  return [...new Set(named)].filter((person) => standing.grantsOf(person).length > 0);
}

/** The named people who passed the current content in an emergency and are still members and not barred. */
export function declarersOf(facts: VotingFacts): string[] {
  return namedBy(facts, ({ decision }) => decision === VoteDecision.BREAK_GLASS);
}

/**
 * The named people who are for it: who declared the emergency, and who had approved the same content for themselves, and
 * so can no longer declare it.
 */
export function backersOf(facts: VotingFacts): string[] {
  return namedBy(facts, ({ decision, onBehalfOf }) => decision !== VoteDecision.REJECT && onBehalfOf === null);
}

/** The named people whose votes on the current content are such, not taken back, by members who are not barred. */
function namedBy(facts: VotingFacts, isSuch: (vote: ApprovalVote) => boolean): string[] {
  const barred = barredFrom(facts);
  const revoked = new Set(facts.revocations.map(({ voteId }) => voteId));
  const voted = votesOfRound(facts)
    .filter((vote) => isSuch(vote) && !revoked.has(vote.id))
    .map(({ voterId }) => facts.standing.canonicalOf(voterId));
  return [...new Set(voted)].filter((person) => listed(facts).includes(person) && !barred.has(person));
}

/** Whether it was declared, and enough named people are for it: as many as the policy asks, or as can be had. */
export function isBroken(facts: VotingFacts): boolean {
  const barred = barredFrom(facts);
  const possible = listed(facts).filter((person) => !barred.has(person)).length;
  const least = Math.min(facts.request.breakGlass?.approvers ?? Infinity, possible);
  return declarersOf(facts).length > 0 && backersOf(facts).length >= least;
}

/**
 * Everything that keeps an actor from reviewing an emergency: they had a part in it, or none of the roles. A part have
 * who asked or wrote, declared it, voted or was voted for, and did what it was for (approvals rule 12: by someone else).
 */
export function reviewFindings(
  review: AfterReview,
  facts: VotingFacts & { readonly uses: readonly ApprovalUse[] },
  actor: Actor,
): Finding[] {
  const { standing } = facts;
  const { canonicalOf } = standing;
  const hands = new Set([
    ...barredFrom(facts),
    ...facts.votes.flatMap((vote) => humansOf(vote, standing)),
    ...[...review.declaredBy, ...facts.uses.map(({ usedBy }) => usedBy)].map(canonicalOf),
  ]);
  const findings: Finding[] = [];
  const refuse = (code: string, message: string, remedy: string): void =>
    void findings.push(finding({ code, path: 'reviewer', message, remedy, facts: { roles: [...review.roles] } }));
  if (review.state !== ReviewState.OPEN)
    refuse('NOT_OPEN', 'It has been reviewed already.', 'Look at the review; it stands.');
  if (hands.has(canonicalOf(actor.id)))
    refuse('SELF_REVIEW', 'You had a part in it.', 'Somebody who had none reviews it.');
  if (!standing.grantsOf(actor.id).some(({ role }) => review.roles.includes(role)))
    refuse(
      'NOT_ELIGIBLE',
      `You hold none of the roles that review it: ${review.roles.join(', ')}.`,
      'Somebody with one of these roles reviews it.',
    );
  return findings;
}
