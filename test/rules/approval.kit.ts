import type { Actor } from '../../src/core/actor.js';
import type { VotingFacts } from '../../src/approval/approval.rules.js';
import type { ApprovalNeed } from '../../src/approval/need.rules.js';
import { standingOf } from '../../src/approval/standing.rules.js';
import { ApprovalRequest, ApprovalState } from '../../src/approval/request.entity.js';
import { ApprovalParticipant, ApprovalVote, VoteDecision } from '../../src/approval/vote.entity.js';
import type { Eligible } from '../../src/identity/identity.queries.js';
import { Role } from '../../src/identity/roles.js';

export const NOW = new Date('2026-11-23T14:00:00.000Z');
export const DIGEST = 'a'.repeat(64);
export const OTHER_DIGEST = 'b'.repeat(64);

/** So many different holders of the finance role. */
export const needOf = (approvers: number, parts: Partial<ApprovalNeed> = {}): ApprovalNeed => ({
  quorums: [[{ name: 'finance', approvers, roles: [Role.FINANCE_APPROVER], people: [] }]],
  rejections: 1,
  freshSignInMinutes: null,
  coolDownHours: 24,
  ...parts,
});

/** A role that was given long ago. */
export const holder = (personId: string, role = Role.FINANCE_APPROVER, parts: Partial<Eligible> = {}): Eligible => ({
  personId,
  role,
  grantId: `${personId}/${role}`,
  grantedBy: 'admin',
  grantedAt: new Date('2026-01-01T00:00:00.000Z'),
  confirmedBy: null,
  ...parts,
});

/** A request by `asker`, round 1, that finance answers. */
export function request(parts: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return Object.assign(new ApprovalRequest(), {
    id: 'request',
    subjectType: 'Handoff',
    subjectId: 'subject',
    kind: 'MARGIN_EXCEPTION',
    state: ApprovalState.PENDING,
    requesterId: 'asker',
    round: 1,
    digest: DIGEST,
    contentRevision: 1,
    need: needOf(2),
    strictest: needOf(2),
    breakGlass: null,
    decideBy: new Date('2026-11-26T14:00:00.000Z'),
    pendingHours: 24,
    expiresAt: new Date('2026-11-26T14:00:00.000Z'),
    grantHours: 10,
    workingTimes: [],
    revision: 1,
    ...parts,
  });
}

/** A vote on the request's current content. */
export function vote(on: ApprovalRequest, voterId: string, parts: Partial<ApprovalVote> = {}): ApprovalVote {
  const { id: requestId, round, digest, contentRevision, requesterId } = on;
  const own = {
    id: `${voterId}/${round}`,
    requestId,
    round,
    digest,
    contentRevision,
    requesterId,
    voterId,
    decision: VoteDecision.APPROVE,
    onBehalfOf: null,
    delegationId: null,
    signedInAt: null,
    ticket: null,
    castAt: NOW,
  };
  return Object.assign(new ApprovalVote(), own, parts);
}

/** Who is barred from a round. */
export function contributor(on: ApprovalRequest, personId: string): ApprovalParticipant {
  return Object.assign(new ApprovalParticipant(), { requestId: on.id, round: on.round, personId, part: 'CONTRIBUTOR' });
}

/** Everyone named here holds the finance role. */
export function facts(
  on: ApprovalRequest,
  finance: readonly string[],
  parts: Partial<VotingFacts> & { merged?: Record<string, string> } = {},
): VotingFacts {
  const { merged = {}, ...rest } = parts;
  const people = finance.map((personId) => holder(personId));
  return {
    request: on,
    votes: [],
    revocations: [],
    participants: [],
    contributors: [],
    delegations: [],
    standing: standingOf(people, new Map(Object.entries(merged))),
    ...rest,
  };
}

/** A person who is signed in. */
export function person(id: string): Actor {
  return { kind: 'PERSON', tenantId: 't', id, roles: [], scopes: [], authTime: null, accountId: `account-of-${id}` };
}
