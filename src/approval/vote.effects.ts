import type { Moment } from '../core/command.js';
import { insert, type Statement, update } from '../core/statement.js';
import { lapseOf } from './deadline.rules.js';
import { ApprovalRequest, ApprovalState } from './request.entity.js';
import {
  ApprovalGrant,
  ApprovalParticipant,
  ApprovalUse,
  ApprovalVote,
  GrantWay,
  type VoteDecision,
} from './vote.entity.js';

/** A vote as it is cast. */
export interface NewVote {
  readonly decision: VoteDecision;
  readonly reason: string;
  readonly ticket?: string;
  readonly account: { readonly id: string; readonly personId: string };
  /** Whom the voter stands in for, and by which delegation. */
  readonly standsIn?: { readonly principalId: string; readonly delegationId: string };
}

/** The row of a vote on the request's current content. */
export function voteRow(request: ApprovalRequest, vote: NewVote, { newId, now, actor }: Moment): ApprovalVote {
  const { id: requestId, requesterId, round, digest, contentRevision } = request;
  const { account, standsIn, decision, reason, ticket = null } = vote;
  return {
    id: newId(),
    tenantId: actor.tenantId,
    requestId,
    round,
    requesterId,
    voterId: account.personId,
    accountId: account.id,
    onBehalfOf: standsIn?.principalId ?? null,
    delegationId: standsIn?.delegationId ?? null,
    signedInAt: actor.authTime,
    ticket,
    part: 'VOTER',
    decision,
    reason,
    digest,
    contentRevision,
    castAt: now,
  };
}

/**
 * Writes a vote and the part of every human in it: the database lets nobody be two of them in a round, nor be one and a
 * contributor (approvals rules 1, 2 and 9).
 */
export function castStatements({ tenantId: _tenant, ...vote }: ApprovalVote): Statement[] {
  const { requestId, round, voterId, onBehalfOf } = vote;
  const humans = [voterId, ...(onBehalfOf === null ? [] : [onBehalfOf])];
  return [
    insert(
      ApprovalParticipant,
      humans.map((personId) => ({ requestId, round, personId, part: 'VOTER' as const })),
    ),
    insert(ApprovalVote, vote),
  ];
}

/** How an approval is reached, and until when it may be used. */
export interface Reached {
  readonly way: GrantWay;
  readonly approvers: number;
  /** Absent: by the working hours that the request pinned. */
  readonly expiresAt?: Date;
}

/** The request is approved, with the grant that says so. `grantId` is the new row's. */
export function approve(
  request: ApprovalRequest,
  { way, approvers, expiresAt }: Reached,
  { now, newId }: Moment,
): { readonly grantId: string; readonly statements: Statement[] } {
  const { id, round, digest, contentRevision, kind, subjectType, subjectId, revision } = request;
  const until = expiresAt ?? lapseOf(request, now);
  const grantId = newId();
  return {
    grantId,
    statements: [
      update(
        ApprovalRequest,
        { id },
        { state: ApprovalState.APPROVED, decidedAt: now, expiresAt: until, revision: revision + 1 },
      ),
      insert(ApprovalGrant, {
        id: grantId,
        requestId: id,
        round,
        subjectType,
        subjectId,
        kind,
        digest,
        contentRevision,
        way,
        approvers,
        grantedAt: now,
        expiresAt: until,
      }),
    ],
  };
}

/** The request is rejected, for good. */
export function reject({ id, revision }: ApprovalRequest, { now }: Moment): Statement[] {
  const change = { state: ApprovalState.REJECTED, decidedAt: now, revision: revision + 1 };
  return [update(ApprovalRequest, { id }, change)];
}

/** The one effect of a grant: from now on nobody withdraws or revokes it (approvals rule 7). Under lock. */
export function useGrant(
  { id: grantId, requestId, round }: Pick<ApprovalGrant, 'id' | 'requestId' | 'round'>,
  { revision }: Pick<ApprovalRequest, 'revision'>,
  effect: string,
  { now, newId, actor }: Moment,
): Statement[] {
  return [
    insert(ApprovalUse, { id: newId(), requestId, round, grantId, effect, usedBy: actor.id, usedAt: now }),
    update(ApprovalRequest, { id: requestId }, { state: ApprovalState.USED, revision: revision + 1 }),
  ];
}
