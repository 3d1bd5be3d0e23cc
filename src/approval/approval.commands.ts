import { command, done, type Moment, refused } from '../core/command.js';
import { staleRevision } from '../core/error.js';
import type { LedgerSubject } from '../core/ledger.js';
import { insert, type Statement, update } from '../core/statement.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import type { CastVoteInput, WithdrawRequestInput } from './approval.input.js';
import {
  accountById,
  contributorsOfRequest,
  holdVoters,
  lockRequest,
  mergedPeople,
  participantsOf,
  votesOf,
} from './approval.queries.js';
import {
  approversOf,
  lapseOf,
  outcomeOf,
  standingOf,
  voteFindings,
  type VotingFacts,
  withdrawFindings,
} from './approval.rules.js';
import { ApprovalRequest, ApprovalState } from './request.entity.js';
import { ApprovalGrant, ApprovalParticipant, ApprovalVote } from './vote.entity.js';

const subjectOf = (id: string): LedgerSubject => ({ type: 'ApprovalRequest', id });

function checkRevision(request: ApprovalRequest, expected: number): void {
  if (request.revision !== expected) throw staleRevision('ApprovalRequest', request.id, expected, request.revision);
}

/**
 * Casts one person's vote. The request's row is locked before anything is read, so that concurrent votes are counted one
 * after the other (reliability 0, finding 1); the vote that completes the quorum writes the grant in its transaction.
 */
export const castVote = command({
  name: 'castVote',
  action: 'vote',
  subject: 'ApprovalRequest',
  services: false,
  facts: ({ requestId }: CastVoteInput, actor) => ({
    request: lockRequest(requestId),
    held: holdVoters(requestId, actor.id),
    votes: votesOf(requestId),
    participants: participantsOf(requestId),
    contributors: contributorsOfRequest(requestId),
    people: eligiblePeople(),
    merged: mergedPeople(),
    account: accountById(actor.accountId),
  }),
  target: ({ request }) => request,
  decide: ({ request, votes, participants, contributors, people, merged, account }, input, moment) => {
    if (typeof input.expectedRevision === 'number') checkRevision(request, input.expectedRevision);
    const facts: VotingFacts = { request, votes, participants, contributors, standing: standingOf(people, merged) };
    const voter = { ...moment.actor, accountId: account?.id ?? null };
    const findings = voteFindings(facts, voter, input.digest, moment.now);
    if (findings.length > 0 || !account)
      return refused(findings, { subject: subjectOf(request.id), sources: request.sources });
    const vote = newVote(request, input, account, moment);
    const counted: VotingFacts = { ...facts, votes: [...votes, { ...vote, tenantId: moment.actor.tenantId }] };
    const state = outcomeOf(counted);
    const approvers = approversOf(counted);
    const { round, digest, contentRevision, approversNeeded, kind, subjectType, subjectId } = request;
    return done({
      id: request.id,
      subject: subjectOf(request.id),
      body: {
        voteId: vote.id,
        decision: vote.decision,
        round,
        digest,
        contentRevision,
        approvers,
        approversNeeded,
        state,
        kind,
        subjectType,
        subjectId,
      },
      sources: request.sources,
      writes: [
        insert(ApprovalParticipant, { requestId: request.id, round, personId: vote.voterId, part: 'VOTER' }),
        insert(ApprovalVote, vote),
        ...decided(request, state, approvers.length, moment),
      ],
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

function newVote(
  { id: requestId, requesterId, round, digest, contentRevision }: ApprovalRequest,
  { decision, reason }: CastVoteInput,
  account: { id: string; personId: string },
  { newId, now }: Moment,
): Omit<ApprovalVote, 'tenantId'> {
  return {
    id: newId(),
    requestId,
    round,
    requesterId,
    voterId: account.personId,
    accountId: account.id,
    part: 'VOTER',
    decision,
    reason,
    digest,
    contentRevision,
    castAt: now,
  };
}

/** What a vote that decides changes: the request's state, and the grant when it is approved. */
function decided(
  request: ApprovalRequest,
  state: ApprovalState,
  approvers: number,
  { now, newId }: Moment,
): Statement[] {
  if (state === ApprovalState.PENDING) return [];
  const { id, round, digest, contentRevision, kind, subjectType, subjectId, revision } = request;
  const change = { state, decidedAt: now, revision: revision + 1 };
  if (state === ApprovalState.REJECTED) return [update(ApprovalRequest, { id }, change)];
  const expiresAt = lapseOf(request, now);
  return [
    update(ApprovalRequest, { id }, { ...change, expiresAt }),
    insert(ApprovalGrant, {
      id: newId(),
      requestId: id,
      round,
      subjectType,
      subjectId,
      kind,
      digest,
      contentRevision,
      approvers,
      grantedAt: now,
      expiresAt,
    }),
  ];
}
