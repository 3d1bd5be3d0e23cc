import { command, done, refused } from '../core/command.js';
import { type Finding, finding } from '../core/finding.js';
import { insert, update } from '../core/statement.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, endedFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { Introduction } from './introduction.entity.js';
import type { ApproveIntroductionInput, RecordIntroductionInput } from './introduction.input.js';
import { introductionFacts, introductionsOf } from './introduction.queries.js';
import {
  approvalOf,
  INTRODUCTION_TEMPLATE,
  introducedFindings,
  introductionFindings,
  introductionText,
  textFindings,
} from './introduction.rules.js';

const factsOf = (handoffId: string) => ({
  handoff: lockHandoff(handoffId),
  introductions: introductionsOf(handoffId),
  facts: introductionFacts([handoffId]),
});

/** Approves the introduction as it reads: nothing that was generated reaches a client unseen (002 "failure modes"). */
export const approveIntroduction = command({
  name: 'approveIntroduction',
  action: 'introduce',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: ApproveIntroductionInput) => factsOf(handoffId),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, introductions, facts }, { expectedRevision, textSha256 }, { actor, now, newId }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const ground = facts.get(handoff.id)!;
    const findings = [
      ...endedFindings(handoff),
      ...notClosedFindings(handoff),
      ...introducedFindings(introductions),
      ...introductionFindings(ground),
      ...textFindings(introductionText(ground), textSha256),
    ];
    if (findings.length > 0) return refused(findings, { subject });
    const approval = { id: newId(), handoffId: handoff.id, textSha256, templateVersion: INTRODUCTION_TEMPLATE };
    return done({
      id: handoff.id,
      subject,
      body: { introductionId: approval.id, textSha256, templateVersion: INTRODUCTION_TEMPLATE },
      writes: [
        insert(Introduction, {
          ...approval,
          approvedBy: actor.id,
          approvedAt: now,
          threadUrl: null,
          recordedBy: null,
          introducedAt: null,
          recordedAt: null,
        }),
        changeHandoff(handoff),
      ],
    });
  },
});

/** Records that the client was introduced, with the text that was approved, and where the thread goes on. */
export const recordIntroduction = command({
  name: 'recordIntroduction',
  action: 'introduce',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: RecordIntroductionInput) => factsOf(handoffId),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, introductions, facts }, { expectedRevision, threadUrl, introducedAt }, { actor, now }) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const at = introducedAt ?? now;
    const approval = approvalOf(introductions, introductionText(facts.get(handoff.id)!));
    const findings = [
      ...endedFindings(handoff),
      ...introducedFindings(introductions),
      ...timeFindings(at, approval, now),
    ];
    if (findings.length > 0 || !approval) return refused(findings, { subject });
    return done({
      id: handoff.id,
      subject,
      body: { introductionId: approval.id, introducedAt: at.toISOString() },
      writes: [
        update(
          Introduction,
          { id: approval.id },
          { threadUrl, recordedBy: actor.id, introducedAt: at, recordedAt: now },
        ),
        changeHandoff(handoff),
      ],
    });
  },
});

/** Before the gate nothing is sold yet that delivery could be introduced for. */
function notClosedFindings(handoff: Handoff): Finding[] {
  if (handoff.submittedAt !== null) return [];
  return [
    finding({
      code: 'NOT_SUBMITTED',
      path: 'handoff.stage',
      message: 'The handoff has not passed the submit gate.',
      facts: { stage: handoff.stage },
      remedy: 'Submit it first.',
    }),
  ];
}

function timeFindings(at: Date, approval: Introduction | null, now: Date): Finding[] {
  if (approval === null) {
    return [
      finding({
        code: 'APPROVAL_MISSING',
        path: 'handoff.introduction',
        message: 'Nobody has approved the introduction as it reads now.',
        facts: {},
        remedy: 'Approve it with approveIntroduction first.',
      }),
    ];
  }
  if (at <= now && at >= approval.approvedAt) return [];
  return [
    finding({
      code: 'IMPOSSIBLE_TIME',
      path: 'introducedAt',
      message: 'It was not sent before it was approved, nor will it be in the future.',
      facts: { approvedAt: approval.approvedAt.toISOString(), now: now.toISOString() },
      remedy: 'Give the instant at which it was sent, or leave it out.',
    }),
  ];
}
