import type { Moment } from '../core/command.js';
import type { SourceReference } from '../core/source.js';
import { insert, type Statement, update } from '../core/statement.js';
import type { Subject } from './approval.rules.js';
import type { BreakGlassTerms } from './break-glass.rules.js';
import { deadlines, followsContent, isExpired, isOpen, type WorkingTimes } from './deadline.rules.js';
import type { ApprovalNeed } from './need.rules.js';
import { ApprovalRequest, ApprovalRound, ApprovalState } from './request.entity.js';
import { ApprovalParticipant, Contribution } from './vote.entity.js';

/** A request as its domain asks for it; the domain has checked the quorum (quorumFindings) and its own rules. */
export interface NewRequest {
  readonly subject: Subject;
  readonly kind: string;
  /** Why, in the requester's words. */
  readonly reason: string;
  readonly digest: string;
  readonly contentRevision: number;
  /** What the first round needs. */
  readonly need: ApprovalNeed;
  /** What every later round needs: the most that the policy ever asks (see termsChanged). */
  readonly strictest: ApprovalNeed;
  /** Who may pass it in an emergency; null is nobody. */
  readonly breakGlass: BreakGlassTerms | null;
  readonly configurationVersionId: string;
  /** The policy as it stands and what was weighed under it, as JSON text. */
  readonly policy: string;
  readonly sources: readonly SourceReference[];
  /** Working hours in which it is decided. */
  readonly pendingHours: number;
  /** Working hours that an approval lasts. */
  readonly grantHours: number;
  readonly workingTimes: WorkingTimes;
  /** contributorsOf(subject). */
  readonly contributors: readonly string[];
}

/** What the content is now, and who made it so. */
export interface ContentChange {
  readonly digest: string;
  /** Higher than every one before, also when the content goes back to what it was. */
  readonly contentRevision: number;
  /** The person who changed it; null when a program did. */
  readonly editorId: string | null;
  /** contributorsOf(subject), as it was before this change. */
  readonly contributors: readonly string[];
  /** What the policy asks for the new content; null when nothing is to be approved any more, or nobody can say. */
  readonly need: ApprovalNeed | null;
  /** The tenant's working time, for a request that was approved and is undecided again. */
  readonly workingTimes: WorkingTimes;
}

const CONTRIBUTED_ONCE = 'on conflict (tenant_id, subject_type, subject_id, content_revision, person_id) do nothing';
const ONE_PART = 'on conflict (tenant_id, request_id, round, person_id) do nothing';

/** Opens a request in the actor's name. The id is known before it is written. */
export function openRequest(
  asked: NewRequest,
  moment: Moment,
): { readonly id: string; readonly statements: Statement[] } {
  const { now, actor, newId } = moment;
  const { subject, digest, contentRevision, pendingHours, grantHours } = asked;
  const id = newId();
  const request = {
    id,
    subjectType: subject.type,
    subjectId: subject.id,
    kind: asked.kind,
    state: ApprovalState.PENDING,
    requesterId: actor.id,
    reason: asked.reason,
    round: 1,
    digest,
    contentRevision,
    need: asked.need,
    strictest: asked.strictest,
    breakGlass: asked.breakGlass,
    configurationVersionId: asked.configurationVersionId,
    policy: asked.policy,
    sources: [...asked.sources],
    openedAt: now,
    pendingHours,
    grantHours,
    ...deadlines({ pendingHours, grantHours }, asked.workingTimes, now),
    decidedAt: null,
    revision: 1,
  };
  return {
    id,
    statements: [insert(ApprovalRequest, request), ...openRound(request, [...asked.contributors, actor.id], moment)],
  };
}

/**
 * What a change of governed content does to the requests about it; `open` is lockRequestsOf(subject), and the caller
 * writes the content in the same transaction (approvals rules 1 and 5):
 * - the editor becomes a contributor, for good;
 * - a PENDING request gets a new round on the new content: its votes stay in history and count no longer, and the same
 *   people may vote again, except who is a contributor by now;
 * - an APPROVED request goes back to PENDING in the same way, and so does a USED one: its grant named other content and
 *   covers nothing now; the time to decide begins anew;
 * - a request that has ended, or whose time has run out, stays as it is.
 *
 * A new round needs what the domain says of the new content, else the most that the policy ever asks: the engine knows
 * no domain and fails closed. A new round of an undecided request does not move the deadline: editing never prolongs a request.
 */
export function termsChanged(
  open: readonly ApprovalRequest[],
  subject: Subject,
  change: ContentChange,
  moment: Moment,
): Statement[] {
  const { digest, contentRevision, editorId } = change;
  const contributors = editorId === null ? change.contributors : [...change.contributors, editorId];
  const rounds = open
    .filter((request) => followsContent(request, open, moment.now))
    .flatMap((request) => {
      if (contentRevision <= request.contentRevision) {
        throw new Error(`Content revision ${contentRevision} is not above ${request.contentRevision}`);
      }
      const changes = {
        state: ApprovalState.PENDING,
        round: request.round + 1,
        digest,
        contentRevision,
        need: change.need ?? request.strictest,
        decidedAt: null,
        ...(request.state === ApprovalState.PENDING ? {} : deadlines(request, change.workingTimes, moment.now)),
      };
      const barred = [...contributors, request.requesterId];
      return [
        update(ApprovalRequest, { id: request.id }, { ...changes, revision: request.revision + 1 }),
        ...openRound({ id: request.id, ...changes }, barred, moment),
      ];
    });
  const contribution = editorId === null ? [] : [recordContribution(subject, contentRevision, editorId, moment)];
  return [...rounds, ...contribution];
}

/**
 * Records that a person wrote on a subject's governed content at this revision; once is enough. Where that is no change
 * of the content (termsChanged), but a person came to own it, ask barFromRounds as well.
 */
export function recordContribution(
  { type, id }: Subject,
  contentRevision: number,
  personId: string,
  { now, newId }: Moment,
): Statement {
  const row = { id: newId(), subjectType: type, subjectId: id, contentRevision, personId, contributedAt: now };
  return insert(Contribution, row, CONTRIBUTED_ONCE);
}

/**
 * Bars a person from the rounds about a subject that await votes, so that the database refuses their vote too; one that
 * they have cast there counts no longer, by their contribution (approvals rule 1).
 */
export function barFromRounds({ type, id }: Subject, personId: string): Statement {
  return {
    text: `insert into approval_participant (tenant_id, request_id, round, person_id, part)
      select r.tenant_id, r.id, r.round, $4::uuid, 'CONTRIBUTOR' from approval_request r
      where r.tenant_id = $1 and r.subject_type = $2 and r.subject_id = $3 and r.state = 'PENDING'
      ${ONE_PART}`,
    values: [type, id, personId],
  };
}

/**
 * recordContribution and barFromRounds at once for requests about several subjects, undecided or approved, that a person
 * came to own: none of their votes counts at the effect. Under the requests' locks.
 */
export function barFromRequests(
  requests: readonly ApprovalRequest[],
  personId: string,
  { now, newId }: Moment,
): Statement[] {
  if (requests.length === 0) return [];
  const contributions = requests.map(({ subjectType, subjectId, contentRevision }) => ({
    id: newId(),
    subjectType,
    subjectId,
    contentRevision,
    personId,
    contributedAt: now,
  }));
  const barred = requests
    .filter(({ state }) => state === ApprovalState.PENDING)
    .map(({ id: requestId, round }) => ({ requestId, round, personId, part: 'CONTRIBUTOR' as const }));
  return [
    insert(Contribution, contributions, CONTRIBUTED_ONCE),
    ...(barred.length > 0 ? [insert(ApprovalParticipant, barred, ONE_PART)] : []),
  ];
}

/**
 * Makes an open request ask for more, on the content that it is about: a policy was tightened (approvals rule 13). Votes
 * stay and are counted by the new terms; an approval that does not reach them any more is undecided again. Under lock.
 */
export function tightenNeed(
  request: ApprovalRequest,
  terms: Pick<ApprovalRequest, 'need' | 'strictest' | 'breakGlass'>,
  stillApproved: boolean,
): Statement {
  const undecided =
    request.state === ApprovalState.APPROVED && !stillApproved
      ? { state: ApprovalState.PENDING, decidedAt: null, expiresAt: request.decideBy }
      : {};
  const changes = { ...terms, ...undecided, revision: request.revision + 1 };
  return update(ApprovalRequest, { id: request.id }, changes);
}

/** Marks the requests whose time has run out, so that a new one may take their place; of the same kind, under lock. */
export function endExpired(requests: readonly ApprovalRequest[], kind: string, { now }: Moment): Statement[] {
  return requests
    .filter((request) => request.kind === kind && isExpired(request, now))
    .map(({ id, revision }) =>
      update(ApprovalRequest, { id }, { state: ApprovalState.EXPIRED, decidedAt: now, revision: revision + 1 }),
    );
}

/** Ends every request that is still open: its subject is no longer pursued. Under lock. */
export function withdrawAll(requests: readonly ApprovalRequest[], { now }: Moment): Statement[] {
  return requests
    .filter((request) => isOpen(request, now))
    .map(({ id, revision }) =>
      update(ApprovalRequest, { id }, { state: ApprovalState.WITHDRAWN, decidedAt: now, revision: revision + 1 }),
    );
}

/** The round's row and everyone whom it bars: those of the round before, and those who have come since. */
function openRound(
  {
    id,
    round,
    digest,
    contentRevision,
    need,
  }: Pick<ApprovalRequest, 'id' | 'round' | 'digest' | 'contentRevision' | 'need'>,
  barred: readonly string[],
  { now, actor, newId }: Moment,
): Statement[] {
  const row = { id: newId(), requestId: id, round, digest, contentRevision, need };
  const contributors = [...new Set(barred)].map((personId) => ({
    requestId: id,
    round,
    personId,
    part: 'CONTRIBUTOR' as const,
  }));
  return [
    insert(ApprovalRound, { ...row, openedAt: now, openedBy: actor.id }),
    {
      text: `insert into approval_participant (tenant_id, request_id, round, person_id, part)
        select tenant_id, request_id, $3::int, person_id, part from approval_participant
        where tenant_id = $1 and request_id = $2 and round = $3::int - 1 and part = 'CONTRIBUTOR'`,
      values: [id, round],
    },
    insert(ApprovalParticipant, contributors, ONE_PART),
  ];
}
