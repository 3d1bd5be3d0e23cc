import type { Actor } from '../core/actor.js';
import { type Finding, finding } from '../core/finding.js';
import { accountFindings } from '../identity/identity.rules.js';
import { barredFrom, fits, humansOf, isIndependent, votesOfRound, type VotingFacts } from './approval.rules.js';
import { isExpired } from './deadline.rules.js';
import { delegationsTo } from './delegation.rules.js';
import { rolesOf } from './need.rules.js';
import { type ApprovalRequest, ApprovalState } from './request.entity.js';
import { VoteDecision } from './vote.entity.js';

/** How far ahead of our clock a sign-in may lie before it is no time at all. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Everything that keeps an actor from voting on the content that they saw, at once; none when they may (approvals rules
 * 1, 2, 5, 6, 9, 10 and 14). `digest` is the content that the voter looked at (what you see is what you sign). The
 * requester gets SELF_APPROVAL and not also CONTRIBUTOR: the remedy is the same. `principalId` is whom they stand in for.
 */
export function voteFindings(
  facts: VotingFacts,
  voter: Actor,
  digest: string,
  now: Date,
  principalId: string | null = null,
): Finding[] {
  const { request, standing } = facts;
  const findings = [...timeFindings(request, now), ...whoFindings(facts, voter, digest, now)];
  if (voter.kind !== 'PERSON' || voter.accountId === null) return findings;
  const authority = standing.canonicalOf(principalId ?? voter.id);
  const humans = [standing.canonicalOf(voter.id), authority];
  const beside = votesOfRound(facts)
    .flatMap((vote) => humansOf(vote, standing))
    .filter((human) => !humans.includes(human));
  if (principalId !== null) findings.push(...principalFindings(facts, voter.id, principalId, now, beside));
  findings.push(...eligibilityFindings(facts, authority, now, beside));
  const { freshSignInMinutes } = request.need;
  if (freshSignInMinutes !== null) findings.push(...freshnessFindings(freshSignInMinutes, voter, now));
  return findings;
}

/** For whom the actor could vote now: `null` for themselves, and everyone whom they stand in for. */
export function authoritiesOf(facts: VotingFacts, voter: Actor, now: Date): (string | null)[] {
  const { request, standing, delegations } = facts;
  const principals = delegationsTo(delegations, voter.id, request.kind, standing, now).map((d) =>
    standing.canonicalOf(d.delegatorId),
  );
  return [null, ...new Set(principals)].filter(
    (principal) => voteFindings(facts, voter, request.digest, now, principal).length === 0,
  );
}

/** A finding when the request takes no votes any more. */
export function timeFindings(request: Pick<ApprovalRequest, 'state' | 'expiresAt'>, now: Date): Finding[] {
  if (request.state !== ApprovalState.PENDING) {
    return [
      refusal(
        'NOT_PENDING',
        'request.state',
        `The request is ${request.state}: it takes no votes.`,
        'Ask the requester for a new request if it is still needed.',
        { state: request.state },
      ),
    ];
  }
  if (!isExpired(request, now)) return [];
  return [
    refusal(
      'EXPIRED',
      'request.expiresAt',
      'The time to decide has run out, which denies the request.',
      'Ask the requester for a new request if it is still needed.',
      { expiresAt: request.expiresAt.toISOString() },
    ),
  ];
}

/**
 * Findings about who votes on what they saw, whatever the vote: other content, a program, an account that is new to its
 * person, barred, voted already.
 */
export function whoFindings(facts: VotingFacts, voter: Actor, digest: string, now: Date): Finding[] {
  const { request, standing } = facts;
  const findings: Finding[] = [];
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
  findings.push(...accountFindings(request.need.coolDownHours, voter, now));
  const canonical = standing.canonicalOf(voter.id);
  if (canonical === standing.canonicalOf(request.requesterId)) {
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
  if (hasVoted(facts, canonical)) {
    findings.push(
      refusal(
        'ALREADY_VOTED',
        'voter',
        'You have voted on this content, or somebody did for you; a person votes once.',
        'Somebody else has to vote.',
        { round: request.round },
      ),
    );
  }
  return findings;
}

/** Findings unless the actor has signed in within so many minutes; a token that does not say when fails closed (rule 14). */
export function freshnessFindings(minutes: number, { authTime }: Actor, now: Date): Finding[] {
  const remedy = `Sign in again (prompt=login, or max_age=${minutes * 60}) and vote with the new token.`;
  if (authTime === null || authTime.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) {
    return [
      refusal(
        'SIGN_IN_UNKNOWN',
        'voter.authTime',
        'Your token does not say when you signed in.',
        `${remedy} The identity provider must put the claim auth_time into access tokens.`,
        { withinMinutes: minutes },
      ),
    ];
  }
  if (now.getTime() - authTime.getTime() <= minutes * 60_000) return [];
  return [
    refusal('SIGN_IN_TOO_OLD', 'voter.authTime', `You signed in more than ${minutes} minutes ago.`, remedy, {
      withinMinutes: minutes,
      signedInAt: authTime.toISOString(),
    }),
  ];
}

function hasVoted(facts: VotingFacts, canonical: string): boolean {
  return votesOfRound(facts).some((vote) => humansOf(vote, facts.standing).includes(canonical));
}

/** Findings about whom the voter stands in for (approvals rule 9). */
function principalFindings(
  facts: VotingFacts,
  voterId: string,
  principalId: string,
  now: Date,
  beside: readonly string[],
): Finding[] {
  const { request, standing, delegations } = facts;
  const principal = standing.canonicalOf(principalId);
  const live = delegationsTo(delegations, voterId, request.kind, standing, now).filter(
    ({ delegatorId }) => standing.canonicalOf(delegatorId) === principal,
  );
  const barred = barredFrom(facts);
  const path = 'onBehalfOf';
  if (live.length === 0) {
    return [
      refusal(
        'NOT_DELEGATED',
        path,
        'You do not stand in for this person now, for this kind of request.',
        'Vote for yourself, or have the delegation set up and confirmed.',
      ),
    ];
  }
  const findings: Finding[] = [];
  if (barred.has(principal)) {
    findings.push(
      refusal(
        'DELEGATOR_BARRED',
        path,
        'Whom you stand in for asks for it or wrote on it, and could not approve it either.',
        'Somebody independent has to vote.',
      ),
    );
  }
  const madeByCircle = live.every((delegation) => !isIndependent(delegation, standing, barred, beside));
  if (madeByCircle) {
    findings.push(
      refusal(
        'DELEGATION_NOT_INDEPENDENT',
        path,
        'The delegation was set up or confirmed by somebody who asks for this or wrote on it, or set up by who votes on it too.',
        'Somebody else has to vote.',
      ),
    );
  }
  if (hasVoted(facts, principal)) {
    findings.push(
      refusal(
        'ALREADY_VOTED',
        path,
        'Whom you stand in for has voted on this content, or stood in for somebody.',
        'Somebody else has to vote.',
        { round: request.round },
      ),
    );
  }
  return findings;
}

function eligibilityFindings(facts: VotingFacts, authority: string, now: Date, beside: readonly string[]): Finding[] {
  const { request, standing } = facts;
  const steps = request.need.quorums.flat();
  if (steps.some((step) => fits(facts, authority, step, now, beside))) return [];
  const roles = rolesOf(request.need);
  if (standing.grantsOf(authority).some(({ role }) => roles.includes(role))) {
    const { coolDownHours } = request.need;
    return [
      refusal(
        'ROLE_TOO_NEW',
        'voter',
        `The role was given less than ${coolDownHours} hours ago, and no second administrator outside of this request confirmed it.`,
        'Another administrator confirms the role (confirmRole), or somebody who has held it longer votes.',
        { coolDownHours },
      ),
    ];
  }
  return [
    refusal(
      'NOT_ELIGIBLE',
      'voter',
      `You hold none of the roles that answer this: ${roles.join(', ')}.`,
      'Somebody with one of these roles has to vote.',
      { eligibleRoles: roles },
    ),
  ];
}

/** Findings unless the actor may take their approval back: theirs, of this content, not used yet (approvals rule 7). */
export function revokeFindings(facts: VotingFacts, actor: Actor, now: Date): Finding[] {
  const { request, standing } = facts;
  const findings: Finding[] = [];
  if (request.state === ApprovalState.USED) {
    findings.push(
      refusal(
        'ALREADY_USED',
        'request.state',
        'What you approved has happened: an approval is taken back before its effect.',
        'Have the handoff returned, or withdrawn.',
      ),
    );
  } else if (request.state !== ApprovalState.PENDING && request.state !== ApprovalState.APPROVED) {
    findings.push(
      refusal('NOT_OPEN', 'request.state', `The request is ${request.state}.`, 'There is nothing to take back.', {
        state: request.state,
      }),
    );
  } else if (isExpired(request, now)) {
    findings.push(refusal('EXPIRED', 'request.expiresAt', 'Its time has run out.', 'There is nothing to take back.'));
  }
  if (!revocableVote(facts, standing.canonicalOf(actor.id))) {
    findings.push(
      refusal(
        'NOTHING_TO_REVOKE',
        'voter',
        'No approval of yours counts on this content; a rejection is never taken back.',
        'Look at the votes of the current round.',
      ),
    );
  }
  return findings;
}

/** The approval of the current content that a human cast, for themselves or another, or that was cast for them. */
export function revocableVote(facts: VotingFacts, canonical: string): string | null {
  const revoked = new Set(facts.revocations.map(({ voteId }) => voteId));
  const own = votesOfRound(facts).find(
    (vote) =>
      vote.decision !== VoteDecision.REJECT &&
      !revoked.has(vote.id) &&
      humansOf(vote, facts.standing).includes(canonical),
  );
  return own?.id ?? null;
}

function refusal(code: string, path: string, message: string, remedy: string, facts: Finding['facts'] = {}): Finding {
  return finding({ code, path, message, remedy, facts });
}
