import { due } from '../catalogue/calendar.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { slaClock } from '../catalogue/selection.rules.js';
import { command, done, refused } from '../core/command.js';
import { blocks } from '../core/finding.js';
import { insert, type Statement, update } from '../core/statement.js';
import { FeasibilitySignOff, SignOffState } from '../feasibility/feasibility.entity.js';
import { planDigest } from '../feasibility/feasibility.rules.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, handoffSubject, stageFindings } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { changeProjectState } from '../project/project.effects.js';
import { ProjectState } from '../project/project.entity.js';
import { Gate, HandoffReturn } from './gate.entity.js';
import { logAssumptions, recordEvaluation } from './gate.effects.js';
import { judgeSignOff } from './gates.js';
import { lockedPassageFacts } from './passage.facts.js';
import type { ReturnHandoffInput, RevokeSignOffInput, SignOffFeasibilityInput } from './passage.input.js';

/** Delivery names the gaps; sales has 24 hours (document 004, rejection). */
export const returnHandoff = command({
  name: 'returnHandoff',
  action: 'review',
  subject: 'Handoff',
  services: false,
  facts: (input: ReturnHandoffInput) => ({
    handoff: lockHandoff(input.handoffId),
    ...lockedPassageFacts(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, version }, { expectedRevision, gaps }, { now, actor, newId }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = stageFindings(handoff, 'return');
    if (findings.length > 0) return refused(findings, { subject });
    const configuration = configurationOf(version);
    const correctionDueAt = due(
      slaClock(configuration, 'RETURN_CORRECTION', handoff.dealType),
      now,
      configuration.calendar,
    );
    const id = newId();
    return done({
      id: handoff.id,
      subject,
      body: { returnId: id, gaps: gaps.map(({ path }) => path), correctionDueAt: correctionDueAt.toISOString() },
      messages: [statusMessage(handoff)],
      writes: [
        insert(HandoffReturn, {
          id,
          handoffId: handoff.id,
          gaps: gaps.map(({ path, text }) => ({ path, text })),
          returnedBy: actor.id,
          returnedAt: now,
          correctionDueAt,
        }),
        changeHandoff(handoff, { stage: Stage.RETURNED, correctionDueAt }),
      ],
    });
  },
});

/** The delivery manager accepts feasibility, resource plan and named risks; binds the baseline's version (requirement 002 step 4). */
export const signOffFeasibility = command({
  name: 'signOffFeasibility',
  action: 'signOff',
  subject: 'Handoff',
  services: false,
  facts: (input: SignOffFeasibilityInput) => ({
    handoff: lockHandoff(input.handoffId),
    ...lockedPassageFacts(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, { expectedRevision, acceptedRiskIds, statement }, moment) => {
    const { handoff, bookings, baseline, project } = facts;
    checkRevision(handoff, expectedRevision);
    const judged = judgeSignOff(facts, { actorId: moment.actor.id, acceptedRiskIds }, moment.now);
    const evaluation = recordEvaluation({ ...judged, gate: Gate.SIGN_OFF, handoff }, moment);
    const subject = handoffSubject(handoff.id);
    if (blocks(judged.findings))
      return refused(judged.findings, { subject, writes: evaluation, sources: judged.sources });
    // Delivery may have named assumptions in its review: they are decided before the client gets a date, too.
    const { opened, statements } = logAssumptions(facts, judged, moment);
    const id = moment.newId();
    const bound = {
      baselineId: baseline!.id,
      baselineVersion: baseline!.version,
      termsRevision: handoff.termsRevision,
      startOn: handoff.startOn!,
      planDigest: planDigest(bookings),
    };
    return done({
      id: handoff.id,
      subject,
      body: { signOffId: id, ...bound, acceptedRiskIds, decisionsOpened: opened.map(({ number }) => number) },
      sources: judged.sources,
      messages: [statusMessage(handoff)],
      writes: [
        ...evaluation,
        insert(FeasibilitySignOff, {
          id,
          handoffId: handoff.id,
          state: SignOffState.LIVE,
          ...bound,
          acceptedRiskIds: [...acceptedRiskIds],
          statement,
          signedBy: moment.actor.id,
          signedAt: moment.now,
        }),
        ...statements,
        changeProjectState(project!, ProjectState.ACTIVE),
        changeHandoff(handoff, { stage: Stage.SIGNED_OFF }),
      ],
    });
  },
});

/** Delivery takes its sign-off back; a scheduled kickoff is off with it. */
export const revokeSignOff = command({
  name: 'revokeSignOff',
  action: 'signOff',
  subject: 'Handoff',
  services: false,
  facts: (input: RevokeSignOffInput) => ({
    handoff: lockHandoff(input.handoffId),
    ...lockedPassageFacts(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, signOff, project }, { expectedRevision, reason }, { now }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = stageFindings(handoff, 'revokeSignOff');
    if (findings.length > 0) return refused(findings, { subject });
    return done({
      id: handoff.id,
      subject,
      body: { signOffId: signOff?.id ?? null, state: SignOffState.REVOKED, from: handoff.stage },
      messages: [statusMessage(handoff)],
      writes: [
        ...endSignOff(signOff, SignOffState.REVOKED, reason, now),
        changeProjectState(project!, ProjectState.AWAITING_SIGN_OFF),
        changeHandoff(handoff, { stage: Stage.IN_REVIEW }),
      ],
    });
  },
});

/** Ends a live sign-off, saying why. */
export function endSignOff(
  signOff: FeasibilitySignOff | null,
  state: SignOffState,
  endReason: string,
  now: Date,
): Statement[] {
  if (signOff?.state !== SignOffState.LIVE) return [];
  return [update(FeasibilitySignOff, { id: signOff.id }, { state, endedAt: now, endReason })];
}
