import { command, done, type Moment, refused } from '../core/command.js';
import { staleRevision } from '../core/error.js';
import type { LedgerSubject } from '../core/ledger/entry.js';
import { insert, type Statement, update } from '../core/statement.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import type { CastVoteInput, RevokeVoteInput, WithdrawRequestInput } from './approval.input.js';
import {
  accountById,
  holdDelegations,
  holdVoters,
  lockRequest,
  mergedPeople,
  votingQueries,
} from './approval.queries.js';
import { approversOf, outcomeOf, type VotingFacts } from './approval.rules.js';
import { authorityOf } from './authority.rules.js';
import { isBroken } from './break-glass.rules.js';
import { delegationsTo } from './delegation.rules.js';
import { approversNeeded } from './need.rules.js';
import { ApprovalRequest, ApprovalState } from './request.entity.js';
import { withdrawFindings } from './request.rules.js';
import { standingOf } from './standing.rules.js';
import { revocableVote, revokeFindings, voteFindings } from './vote-findings.rules.js';
import { approve, castStatements, reject, voteRow } from './vote.effects.js';
import { ApprovalRevocation, GrantWay } from './vote.entity.js';

export const subjectOf = (id: string): LedgerSubject => ({ type: 'ApprovalRequest', id });

/** Refuses a change of another revision than the one that was seen. */
export function checkRevision(request: ApprovalRequest, expected: number): void {
  if (request.revision !== expected) throw staleRevision('ApprovalRequest', request.id, expected, request.revision);
}

/**
 * Casts one person's vote, for themselves or for whom they stand in for. The request's row is locked before anything is
 * read, so that concurrent votes are counted one after the other (reliability 0, finding 1); the vote that completes the
 * quorum writes the grant in its transaction.
 */
export const castVote = command({
  name: 'castVote',
  action: 'vote',
  subject: 'ApprovalRequest',
  services: false,
  facts: ({ requestId, onBehalfOf }: CastVoteInput, actor) => ({
    request: lockRequest(requestId),
    held: holdVoters(requestId, onBehalfOf ? [actor.id, onBehalfOf] : [actor.id]),
    ...votingQueries(requestId),
    delegations: holdDelegations(),
    account: accountById(actor.accountId),
  }),
  target: ({ request }) => request,
  decide: ({ people, merged, account, ...known }, input, moment) => {
    const { request } = known;
    const { actor, now } = moment;
    if (typeof input.expectedRevision === 'number') checkRevision(request, input.expectedRevision);
    const facts: VotingFacts = { ...known, standing: standingOf(people, merged) };
    const voter = { ...actor, accountId: account?.id ?? null };
    const principalId = input.onBehalfOf ?? null;
    const findings = voteFindings(facts, voter, input.digest, now, principalId);
    if (findings.length > 0 || !account)
      return refused(findings, { subject: subjectOf(request.id), sources: request.sources });
    const standsIn = principalId === null ? {} : { standsIn: standIn(facts, voter.id, principalId, now) };
    const vote = voteRow(request, { ...input, account, ...standsIn }, moment);
    const counted: VotingFacts = { ...facts, votes: [...facts.votes, vote] };
    const state = outcomeOf(counted, now);
    const approvers = approversOf(counted, now);
    const { round, digest, contentRevision, kind, subjectType, subjectId } = request;
    const { id: voteId, decision, onBehalfOf, delegationId } = vote;
    return done({
      id: request.id,
      subject: subjectOf(request.id),
      body: {
        voteId,
        decision,
        ...(onBehalfOf === null ? {} : { onBehalfOf, delegationId }),
        ...authorityOf(facts, principalId ?? voter.id, now),
        signedInAt: actor.authTime,
        round,
        digest,
        contentRevision,
        approvers,
        approversNeeded: approversNeeded(request.need),
        state,
        kind,
        subjectType,
        subjectId,
      },
      sources: request.sources,
      writes: [...castStatements(vote), ...decided(request, state, approvers.length, moment)],
    });
  },
});

/** The request's new state, with the grant when the vote completed the quorum. */
function decided(request: ApprovalRequest, state: ApprovalState, approvers: number, moment: Moment): Statement[] {
  if (state === ApprovalState.REJECTED) return reject(request, moment);
  if (state === ApprovalState.APPROVED) return approve(request, { way: GrantWay.QUORUM, approvers }, moment).statements;
  return [];
}

/** By which delegation somebody stands in; voteFindings found one. */
function standIn(
  { delegations, request, standing }: VotingFacts,
  voterId: string,
  principalId: string,
  now: Date,
): { principalId: string; delegationId: string } {
  const principal = standing.canonicalOf(principalId);
  const live = delegationsTo(delegations, voterId, request.kind, standing, now);
  const delegation = live.find(({ delegatorId }) => standing.canonicalOf(delegatorId) === principal)!;
  return { principalId: delegation.delegatorId, delegationId: delegation.id };
}

/**
 * Takes an approval back, until its effect (approvals rule 7): by who cast it, or by the one for whom it was cast. The
 * vote stays in history and counts no longer; an approved request that loses its quorum is undecided again, within the
 * time that it had.
 */
export const revokeVote = command({
  name: 'revokeVote',
  action: 'vote',
  subject: 'ApprovalRequest',
  services: false,
  facts: ({ requestId }: RevokeVoteInput) => ({ request: lockRequest(requestId), ...votingQueries(requestId) }),
  target: ({ request }) => request,
  decide: ({ people, merged, ...known }, { expectedRevision, reason }, { actor, now, newId }) => {
    const { request } = known;
    checkRevision(request, expectedRevision);
    const facts: VotingFacts = { ...known, standing: standingOf(people, merged) };
    const findings = revokeFindings(facts, actor, now);
    const voteId = revocableVote(facts, facts.standing.canonicalOf(actor.id));
    if (findings.length > 0 || voteId === null) return refused(findings, { subject: subjectOf(request.id) });
    const { id: requestId, round, kind, subjectType, subjectId } = request;
    const revocation = { id: newId(), requestId, voteId, revokedBy: actor.id, reason, revokedAt: now };
    const row = { ...revocation, tenantId: actor.tenantId };
    const counted: VotingFacts = { ...facts, revocations: [...facts.revocations, row] };
    const stands = outcomeOf(counted, now) === ApprovalState.APPROVED || isBroken(counted);
    const falls = request.state === ApprovalState.APPROVED && !stands;
    const undecided = { state: ApprovalState.PENDING, decidedAt: null, expiresAt: request.decideBy };
    const changes = { ...(falls ? undecided : {}), revision: request.revision + 1 };
    const state = falls ? ApprovalState.PENDING : request.state;
    return done({
      id: requestId,
      subject: subjectOf(requestId),
      body: { voteId, round, state, approvers: approversOf(counted, now), kind, subjectType, subjectId },
      sources: request.sources,
      writes: [insert(ApprovalRevocation, revocation), update(ApprovalRequest, { id: requestId }, changes)],
    });
  },
});

/** Takes a request back; the requester alone, while it is undecided or its approval is unused (approvals rule 7). */
export const withdrawRequest = command({
  name: 'withdrawRequest',
  action: 'withdraw',
  subject: 'ApprovalRequest',
  services: false,
  facts: ({ requestId }: WithdrawRequestInput) => ({
    request: lockRequest(requestId),
    people: eligiblePeople(),
    merged: mergedPeople(),
  }),
  target: ({ request }) => request,
  decide: ({ request, people, merged }, { expectedRevision }, { actor, now }) => {
    checkRevision(request, expectedRevision);
    const findings = withdrawFindings({ request, standing: standingOf(people, merged) }, actor, now);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(request.id) });
    const { id, round, kind, subjectType, subjectId, revision } = request;
    return done({
      id,
      subject: subjectOf(id),
      body: { round, kind, subjectType, subjectId },
      writes: [
        update(ApprovalRequest, { id }, { state: ApprovalState.WITHDRAWN, decidedAt: now, revision: revision + 1 }),
      ],
    });
  },
});
