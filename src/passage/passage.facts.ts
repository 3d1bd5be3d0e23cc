import {
  contributorsOf,
  lockRequestsOf,
  mergedPeople,
  participantsAbout,
  requestsOf,
  votesAbout,
} from '../approval/approval.queries.js';
import { type BriefAnswers, briefFacts } from '../brief/brief.queries.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { evidenceContext, type EvidenceContext } from '../checklist/status.rules.js';
import type { Answers, Queries } from '../core/statement.js';
import { bookingsOf, latestSignOff } from '../feasibility/feasibility.queries.js';
import type { SignedGround } from '../feasibility/feasibility.rules.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';

/** Everything that a gate may ask of a handoff, beside its row; one flush serves a command and the dry run alike. */
export function passageFacts(handoffId: string) {
  const subject = handoffSubject(handoffId);
  return {
    requests: requestsOf(subject),
    ...briefFacts(handoffId),
    votes: votesAbout(subject),
    participants: participantsAbout(subject),
    contributors: contributorsOf(subject),
    merged: mergedPeople(),
    bookings: bookingsOf(handoffId),
    signOff: latestSignOff(handoffId),
    people: eligiblePeople(),
    handleIds: peopleByHandle(),
  } satisfies Queries;
}

/** The same for a command: the requests are locked before all else, so that no vote passes the gate meanwhile. */
export function lockedPassageFacts(handoffId: string) {
  return { ...passageFacts(handoffId), requests: lockRequestsOf(handoffSubject(handoffId)) } satisfies Queries;
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
