import { digestOf, sha256Hex } from '../core/canonical.js';
import { command, done, type DoneOutcome } from '../core/command.js';
import { notFound } from '../core/error.js';
import type { SourceReference } from '../core/source.js';
import { insert, type Statement, update } from '../core/statement.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { handoffRefused } from '../handoff/handoff.outcomes.js';
import { changeHandoff, checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { NO_CLAIM } from './checklist.effects.js';
import { ChecklistItem, ItemState } from './checklist.entity.js';
import type { RejectEvidenceInput, SubmitEvidenceInput, VerifyEvidenceInput } from './checklist.input.js';
import { type ChecklistFacts, checklistFacts, contextOf, itemIn, judgingFacts } from './checklist.queries.js';
import { Evidence, EvidenceForm, evidenceSource, EvidenceState } from './evidence.entity.js';
import { type EvidenceDraft, entryFindings } from './evidence.rules.js';
import { outdatedFindings, pendingFindings, providerFindings, reasonFindings, verifierFindings } from './hand.rules.js';
import { latestEvidence } from './status.rules.js';

interface ItemChange {
  readonly body: Readonly<Record<string, unknown>>;
  readonly writes: readonly Statement[];
  readonly sources: readonly SourceReference[];
}

/** A change of one item: its rows, the handoff's revision, and the item as the answer. */
export function itemDone(
  { handoff }: ChecklistFacts,
  item: ChecklistItem,
  { body, writes, sources }: ItemChange,
): DoneOutcome {
  return done({
    id: item.id,
    subject: handoffSubject(handoff.id),
    body: { itemId: item.id, item: item.code, ...body },
    sources,
    writes: [...writes, changeHandoff(handoff)],
  });
}

/** The change of an item's row. */
export function changeItem(item: ChecklistItem, changes: Partial<Omit<ChecklistItem, 'tenantId' | 'id'>>): Statement {
  return update(ChecklistItem, { id: item.id, handoffId: item.handoffId }, changes);
}

/** Gives evidence for an item (requirement 002 step 1); what was given before stays in history and counts no more. */
export const submitEvidence = command({
  name: 'submitEvidence',
  action: 'provide',
  subject: 'ChecklistItem',
  services: false,
  facts: (input: SubmitEvidenceInput) => checklistFacts(input.handoffId),
  decide: (facts, input, { now, actor, newId }) => {
    const { handoff, evidence, snapshot, version } = facts;
    checkRevision(handoff, input.expectedRevision);
    const item = itemIn(facts, input.itemId);
    const context = contextOf(facts, now);
    const draft = draftOf(input);
    const findings = [...providerFindings(handoff, item, actor), ...entryFindings(item, draft, context)];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const row = {
      ...draft,
      id: newId(),
      handoffId: handoff.id,
      itemId: item.id,
      sequence: (latestEvidence(item, evidence)?.sequence ?? 0) + 1,
      title: input.title,
      documentVersion: input.documentVersion ?? null,
      contentHash: draft.contentHash!,
      state: EvidenceState.SUBMITTED,
      submittedBy: actor.id,
      submittedAt: now,
      termsDigest: handoff.termsDigest,
      termsRevision: handoff.termsRevision,
      quotedScopeHash: context.quotedScopeHash,
      signedScopeHash: context.signedScope?.current ?? null,
    };
    const { id: evidenceId, sequence, kind, contentHash } = row;
    return itemDone(facts, item, {
      body: { evidenceId, sequence, kind, contentHash, termsRevision: handoff.termsRevision, snapshotId: snapshot.id },
      sources: [configurationSource(version), evidenceSource(row)],
      writes: [insert(Evidence, row), changeItem(item, { state: ItemState.SUBMITTED, ...NO_CLAIM })],
    });
  },
});

/** The evidence as it is given; what has no document is hashed here, so that every source reference has a hash. */
function draftOf(input: SubmitEvidenceInput): EvidenceDraft {
  const {
    kind,
    documentUrl = null,
    documentId = null,
    statement = null,
    certificateUrl = null,
    documentDate = null,
  } = input;
  const signers = (input.signers ?? []).map(({ name, side, signedOn = null }) => ({ name, side, signedOn }));
  const given = { kind, documentUrl, documentId, statement, certificateUrl, documentDate, signers };
  return { ...given, contentHash: input.contentHash ?? ownHash(input) };
}

function ownHash({ kind, statement, documentId = null, documentVersion = null }: SubmitEvidenceInput): string | null {
  if (kind === EvidenceForm.STATEMENT && statement) return sha256Hex(statement);
  return kind === EvidenceForm.RECORD && documentId ? digestOf({ documentId, documentVersion }) : null;
}

/** The evidence of the input with its item. */
function evidenceIn(facts: ChecklistFacts, evidenceId: string): { evidence: Evidence; item: ChecklistItem } {
  const evidence = facts.evidence.find(({ id }) => id === evidenceId);
  if (!evidence) throw notFound('Evidence', evidenceId);
  return { evidence, item: itemIn(facts, evidence.itemId) };
}

/** Confirms that the evidence proves its item; by the item's verifier role, never by who gave it. */
export const verifyEvidence = command({
  name: 'verifyEvidence',
  action: 'verify',
  subject: 'ChecklistItem',
  services: false,
  facts: (input: VerifyEvidenceInput, actor) => judgingFacts(input.handoffId, actor),
  decide: (facts, input, { now, actor }) => {
    const { handoff } = facts;
    checkRevision(handoff, input.expectedRevision);
    const { evidence, item } = evidenceIn(facts, input.evidenceId);
    const findings = [
      ...verifierFindings(handoff, item, { actor, aliases: facts.aliases }, evidence.submittedBy),
      ...pendingFindings(item, evidence, latestEvidence(item, facts.evidence)),
      ...outdatedFindings(item, evidence, contextOf(facts, now)),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const verdict = { state: EvidenceState.VERIFIED, verifiedBy: actor.id, verifiedAt: now };
    return itemDone(facts, item, {
      body: { evidenceId: evidence.id, contentHash: evidence.contentHash, state: verdict.state },
      sources: [evidenceSource(evidence)],
      writes: [
        update(Evidence, { id: evidence.id, handoffId: handoff.id }, verdict),
        changeItem(item, { state: ItemState.VERIFIED }),
      ],
    });
  },
});

/** Says that the evidence does not prove its item, and why; by the item's verifier role, never by who gave it. */
export const rejectEvidence = command({
  name: 'rejectEvidence',
  action: 'verify',
  subject: 'ChecklistItem',
  services: false,
  facts: (input: RejectEvidenceInput, actor) => judgingFacts(input.handoffId, actor),
  decide: (facts, input, { now, actor }) => {
    const { handoff } = facts;
    checkRevision(handoff, input.expectedRevision);
    const { evidence, item } = evidenceIn(facts, input.evidenceId);
    const findings = [
      ...verifierFindings(handoff, item, { actor, aliases: facts.aliases }, evidence.submittedBy),
      ...pendingFindings(item, evidence, latestEvidence(item, facts.evidence)),
      ...reasonFindings(input.reason),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const verdict = {
      state: EvidenceState.REJECTED,
      verifiedBy: actor.id,
      verifiedAt: now,
      rejectionReason: input.reason,
    };
    return itemDone(facts, item, {
      body: { evidenceId: evidence.id, contentHash: evidence.contentHash, state: verdict.state },
      sources: [evidenceSource(evidence)],
      writes: [
        update(Evidence, { id: evidence.id, handoffId: handoff.id }, verdict),
        changeItem(item, { state: ItemState.REJECTED }),
      ],
    });
  },
});
