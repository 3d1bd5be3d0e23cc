import { raiseAlert } from '../core/alert.js';
import { command, done } from '../core/command.js';
import { notFound } from '../core/error.js';
import { update } from '../core/statement.js';
import { handoffSubject } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { ItemState } from './checklist.entity.js';
import { checklistFacts, itemIn } from './checklist.queries.js';
import { changeItem, itemDone } from './evidence.commands.js';
import { Evidence, EvidenceLoss, evidenceSource } from './evidence.entity.js';
import { latestEvidence } from './status.rules.js';

/** A piece of evidence whose document is not any more what it was. */
export interface InvalidateEvidenceInput {
  readonly handoffId: string;
  readonly evidenceId: string;
  readonly loss: EvidenceLoss;
}

/** Until the kickoff was held somebody can still prove the item again; afterwards it is only noted and told. */
const REOPENED_IN: readonly Stage[] = [
  Stage.DRAFT,
  Stage.RETURNED,
  Stage.IN_REVIEW,
  Stage.SIGNED_OFF,
  Stage.KICKOFF_SCHEDULED,
];

const REASONS: Readonly<Record<EvidenceLoss, string>> = {
  [EvidenceLoss.DOCUMENT_CHANGED]: 'The document behind the evidence was replaced after it was given.',
  [EvidenceLoss.DOCUMENT_DELETED]: 'The document behind the evidence was deleted.',
};

/**
 * Takes evidence out of what counts, because its document was replaced or deleted: its item is open again, and who answers
 * for the handoff is alerted. Found twice it happens once. The worker's alone.
 */
export const invalidateEvidence = command({
  name: 'invalidateEvidence',
  action: 'invalidate',
  subject: 'ChecklistItem',
  facts: ({ handoffId }: InvalidateEvidenceInput) => checklistFacts(handoffId),
  decide: (facts, { evidenceId, loss }, moment) => {
    const { handoff } = facts;
    const { now } = moment;
    const evidence = facts.evidence.find(({ id }) => id === evidenceId);
    if (!evidence) throw notFound('Evidence', evidenceId);
    const item = itemIn(facts, evidence.itemId);
    const subject = handoffSubject(handoff.id);
    if (evidence.invalidReason) return done({ id: item.id, subject, body: { evidenceId, changed: false } });
    const counts = latestEvidence(item, facts.evidence)?.id === evidenceId;
    const isGiven = item.state === ItemState.SUBMITTED || item.state === ItemState.VERIFIED;
    const reopens = counts && isGiven && REOPENED_IN.includes(handoff.stage);
    const reopened = { state: ItemState.OPEN, reopenReason: REASONS[loss], reopenedBy: null, reopenedAt: now };
    const told = { item: item.code, evidenceId, ownerId: handoff.ownerId };
    const alert = raiseAlert({ code: `EVIDENCE_${loss}`, subject, facts: told }, moment);
    return {
      ...itemDone(facts, item, {
        body: { evidenceId, loss, reopened: reopens, stage: handoff.stage, changed: true },
        sources: [evidenceSource(evidence)],
        writes: [
          update(Evidence, { id: evidenceId, handoffId: handoff.id }, { invalidReason: loss, invalidAt: now }),
          ...(reopens ? [changeItem(item, reopened)] : []),
          alert.statement,
        ],
      }),
      messages: [alert.message],
    };
  },
});
