import { due } from '../catalogue/calendar.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { slaClock } from '../catalogue/selection.rules.js';
import { command, done, refused } from '../core/command.js';
import { blocks, type Finding, finding } from '../core/finding.js';
import { insert } from '../core/statement.js';
import { acceptedContent } from '../feasibility/accepted-content.rules.js';
import { holdTeam } from '../feasibility/capacity.queries.js';
import { FeasibilitySignOff, SignOffState } from '../feasibility/feasibility.entity.js';
import { planDigest } from '../feasibility/feasibility.rules.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, handoffSubject, stageFindings } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { openCheckpoints } from '../phase/checkpoint.effects.js';
import { checkpointsOf } from '../phase/checkpoint.queries.js';
import { changeProjectState } from '../project/project.effects.js';
import { ProjectState } from '../project/project.entity.js';
import { Acceptance, Gate, HandoffReturn } from './gate.entity.js';
import { logMatters, recordEvaluation } from './gate.effects.js';
import { judgeSignOff } from './gates.js';
import { lockedPassageFacts } from './passage.facts.js';
import type { ReturnHandoffInput, RevokeSignOffInput, SignOffFeasibilityInput } from './passage.input.js';
import { endSignOff } from './sign-off.effects.js';

/**
 * Delivery names the gaps, by kind; sales has 24 hours (document 004, rejection). Refused outright it goes back the same
 * way with a reason, and sales leadership is told (feedback/).
 */
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
  decide: ({ handoff, version }, { expectedRevision, gaps, verdict, reason = null }, { now, actor, newId }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = [...stageFindings(handoff, 'return'), ...verdictFindings(verdict, reason)];
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
      body: {
        returnId: id,
        verdict,
        gaps: gaps.map(({ path }) => path),
        categories: [...new Set(gaps.map(({ category }) => category))].toSorted(),
        correctionDueAt: correctionDueAt.toISOString(),
      },
      messages: [statusMessage(handoff)],
      writes: [
        insert(HandoffReturn, {
          id,
          handoffId: handoff.id,
          verdict,
          reason,
          ownerId: handoff.ownerId,
          gaps: gaps.map(({ path, text, category }) => ({ path, text, category })),
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
    // Before all else: of two sign-offs for the last free hours the second sees what the first has promised.
    team: holdTeam(),
    handoff: lockHandoff(input.handoffId),
    ...lockedPassageFacts(input.handoffId),
    checkpoints: checkpointsOf(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, input, moment) => {
    const { expectedRevision, acceptedRiskIds, acceptedConflicts = [], conflictReason = null, statement } = input;
    const { handoff, bookings, baseline, project } = facts;
    checkRevision(handoff, expectedRevision);
    const conflicts = { keys: acceptedConflicts, reason: conflictReason };
    const judged = judgeSignOff(facts, { actorId: moment.actor.id, acceptedRiskIds, conflicts }, moment.now);
    const evaluation = recordEvaluation({ ...judged, gate: Gate.SIGN_OFF, handoff }, moment);
    const subject = handoffSubject(handoff.id);
    if (blocks(judged.findings))
      return refused(judged.findings, { subject, writes: evaluation, sources: judged.sources });
    // Delivery may have named assumptions in its review: they are decided before the client gets a date, too.
    const { opened, statements } = logMatters(
      { ...facts, handoff: { ...handoff, stage: Stage.SIGNED_OFF } },
      judged,
      moment,
    );
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
      body: {
        signOffId: id,
        ...bound,
        acceptedRiskIds,
        acceptedConflicts: judged.acceptedConflicts.map(({ key }) => key),
        decisionsOpened: opened.map(({ number }) => number),
      },
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
          acceptedConflicts: [...judged.acceptedConflicts],
          conflictReason,
          content: acceptedContent({ ...facts, nothingPromised: facts.declaration !== null }),
          signedBy: moment.actor.id,
          signedAt: moment.now,
        }),
        ...statements,
        changeProjectState(project!, ProjectState.ACTIVE),
        ...openCheckpoints(handoff, facts.version, facts.checkpoints, moment),
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
        ...endSignOff(signOff, SignOffState.REVOKED, reason, now, { code: 'REVOKED' }),
        changeProjectState(project!, ProjectState.AWAITING_SIGN_OFF),
        changeHandoff(handoff, { stage: Stage.IN_REVIEW }),
      ],
    });
  },
});

/** A reason belongs to what is refused outright, and to nothing else. */
function verdictFindings(verdict: Acceptance, reason: string | null): Finding[] {
  if ((verdict === Acceptance.REJECTED) === (reason !== null)) return [];
  const rejects = verdict === Acceptance.REJECTED;
  return [
    finding({
      code: rejects ? 'REASON_MISSING' : 'REASON_UNASKED',
      path: 'reason',
      message: rejects
        ? 'A handoff is refused outright for a reason.'
        : 'A handoff that is to be corrected has gaps, and no reason beside them.',
      facts: { verdict },
      remedy: rejects ? 'Say why in reason.' : 'Leave reason out, or refuse the handoff with REJECTED.',
    }),
  ];
}
