import { AfterReview, ReviewState } from '../approval/after-review.entity.js';
import {
  grantQueries,
  holdDelegations,
  holdVotersAbout,
  lockRequestsOf,
  requestsOf,
} from '../approval/approval.queries.js';
import { type BriefAnswers, briefFacts } from '../brief/brief.queries.js';
import { configurationOf, holdVersions } from '../catalogue/catalogue.queries.js';
import { evidenceContext, type EvidenceContext } from '../checklist/status.rules.js';
import { type Answers, type Queries, type Query, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { changesAbout, linesAbout } from '../feasibility/capacity.queries.js';
import { bookingsOf, latestSignOff } from '../feasibility/feasibility.queries.js';
import type { SignedGround } from '../feasibility/feasibility.rules.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { handoffSubject } from '../handoff/handoff.rules.js';
import { gateStanding } from '../handoff/shadow.queries.js';
import { marginFacts } from '../margin/margin.queries.js';
import { heldMeetingsOf } from '../meeting/meeting.queries.js';
import { livePreClose } from './pre-close.queries.js';
import { hasPredecessorCandidate } from './predecessor.queries.js';

/**
 * Emergencies that nobody has reviewed, about the handoff or a change of its scope. The table of scope changes is named here
 * because their domain stands above.
 */
function emergenciesAbout(handoffId: string): Query<AfterReview[]> {
  const text = `select ${tableOf(AfterReview).selection} from after_review where tenant_id = $1 and state = $3
    and request_id in (select q.id from approval_request q where q.tenant_id = $1 and (q.subject_id = $2
      or q.subject_id in (select c.id from scope_change c where c.tenant_id = $1 and c.handoff_id = $2))) order by id`;
  return sql(text, [handoffId, ReviewState.OPEN], (rows) => rows.map((row) => hydrate(AfterReview, row)));
}

/** Everything that a gate may ask of a handoff, beside its row; one flush serves a command and the dry run alike. */
export function passageFacts(handoffId: string) {
  const subject = handoffSubject(handoffId);
  return {
    requests: requestsOf(subject),
    ...marginFacts(handoffId),
    ...briefFacts(handoffId),
    ...grantQueries(subject),
    reviews: emergenciesAbout(handoffId),
    bookings: bookingsOf(handoffId),
    signOff: latestSignOff(handoffId),
    meetings: heldMeetingsOf(handoffId),
    gateStanding: gateStanding(handoffId),
    teamLines: linesAbout([handoffId]),
    capacityChanges: changesAbout([handoffId]),
    preClose: livePreClose(handoffId),
    hasCandidate: hasPredecessorCandidate(handoffId),
  } satisfies Queries;
}

/**
 * The same for a command: the policy is held and the requests are locked before all else, so that no vote passes the gate meanwhile, and the
 * voters and their delegations are held, so that nobody loses a role between the count and its commit (attack A4).
 */
export function lockedPassageFacts(handoffId: string) {
  const subject = handoffSubject(handoffId);
  const locks = {
    policy: holdVersions(),
    requests: lockRequestsOf(subject),
    held: holdVotersAbout(subject),
    delegations: holdDelegations(),
  };
  return { ...locks, ...passageFacts(handoffId), ...locks } satisfies Queries;
}

/** The answers, with the handoff's row. */
export type PassageGround = Answers<ReturnType<typeof passageFacts>> & BriefAnswers & { readonly handoff: Handoff };

/** What evidence is worth at this time. */
export function evidenceGround(ground: PassageGround, now: Date): EvidenceContext {
  return evidenceContext({ ...ground, timeZone: configurationOf(ground.version).tenant.timeZone }, now);
}

/** What a sign-off stands on, as it is now. */
export function signedGround({ handoff, baseline, bookings, deal, snapshot }: PassageGround): SignedGround {
  return {
    handoff,
    currentBaselineVersion: baseline?.version ?? null,
    bookings,
    newestDealRevision: deal.currentRevision,
    adoptedDealRevision: snapshot.revision,
  };
}
