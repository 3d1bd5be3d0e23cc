import { candidatesOf, type VotingFacts } from './approval.rules.js';
import { backersOf, bothTerms, type BreakGlassTerms, isBroken } from './break-glass.rules.js';
import { type ApprovalNeed, both, reaches } from './need.rules.js';
import { type ApprovalRequest, ApprovalState } from './request.entity.js';
import { type ApprovalGrant, type ApprovalUse, GrantWay } from './vote.entity.js';

/** What the worth of a subject's grants depends on now: votes, participants and the like of all its requests. */
export interface GrantFacts extends Omit<VotingFacts, 'request'> {
  readonly grants: readonly ApprovalGrant[];
  readonly uses: readonly ApprovalUse[];
  readonly requests: readonly ApprovalRequest[];
}

/** What a gate asks: is there a live grant of this kind for exactly this content, that reaches what is needed now? */
export interface GrantQuestion {
  readonly kind: string;
  readonly digest: string;
  readonly contentRevision: number;
  /** What the policy asks now, beside what the request pinned. */
  readonly need: ApprovalNeed;
  /** Whom the policy lets pass it in an emergency now; null is nobody. */
  readonly breakGlass: BreakGlassTerms | null;
}

/** A grant that covers the content, and its request. */
export interface Cover {
  readonly grant: ApprovalGrant;
  readonly request: ApprovalRequest;
  /** Whether its effect has happened before: the same content may pass again, and nothing is used twice. */
  readonly used: boolean;
}

/**
 * The grant that covers exactly this content now, or null. Digest and revision must both match, so that content which
 * was changed and changed back is not covered (approvals rule 5, attack A6). Its quorum is counted anew at the moment of
 * the effect (rules 7 and 10): a voter who was suspended or lost the role since, who turned out to be the same human as
 * another, or who came to write on the content or to own it, counts no longer. A grant that was used does not lapse.
 */
export function coveringGrant(facts: GrantFacts, question: GrantQuestion, now: Date): Cover | null {
  for (const grant of facts.grants) {
    const request = facts.requests.find(({ id }) => id === grant.requestId);
    const used = facts.uses.some(({ grantId }) => grantId === grant.id);
    const isAbout = grantFor([grant], question) !== null;
    if (!request || !isAbout || grant.round !== request.round || !holds(grant, request, used, now)) continue;
    if (stands({ ...facts, request }, grant, question, now)) return { grant, request, used };
  }
  return null;
}

/** The grant that was reached for exactly this content, whether or not it still covers it: what a document tells of. */
export function grantFor(
  grants: readonly ApprovalGrant[],
  { kind, digest, contentRevision }: Pick<GrantQuestion, 'kind' | 'digest' | 'contentRevision'>,
): ApprovalGrant | null {
  const isAbout = (grant: ApprovalGrant): boolean =>
    grant.kind === kind && grant.digest === digest && grant.contentRevision === contentRevision;
  return grants.findLast(isAbout) ?? null;
}

function holds(grant: ApprovalGrant, request: ApprovalRequest, used: boolean, now: Date): boolean {
  if (used) return request.state === ApprovalState.USED;
  return request.state === ApprovalState.APPROVED && grant.grantedAt <= now && now < grant.expiresAt;
}

function stands(facts: VotingFacts, grant: ApprovalGrant, question: GrantQuestion, now: Date): boolean {
  const { request } = facts;
  const need = both(request.need, question.need);
  const asked = {
    ...facts,
    request: { ...request, need, breakGlass: bothTerms(request.breakGlass, question.breakGlass) },
  };
  if (grant.way === GrantWay.BREAK_GLASS) return isBroken(asked) && backersOf(asked).length >= grant.approvers;
  return reaches(need, candidatesOf(asked, now));
}
