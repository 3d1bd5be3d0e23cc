import { CLOSED_WON_ITEMS } from '../catalogue/configuration.words.js';
import { type Finding, finding } from '../core/finding.js';
import { type ChecklistItem, ItemState } from './checklist.entity.js';
import type { Evidence } from './evidence.entity.js';
import { contentFindings } from './evidence.rules.js';
import {
  type EvidenceContext,
  ItemStatus,
  itemStatus,
  type ItemVerdict,
  latestByItem,
  StatusReason,
} from './status.rules.js';

const WHOLE_BPS = 10_000n;

/** How each reason reads as a finding. */
const GAPS: Readonly<
  Record<
    StatusReason,
    { readonly code: string; readonly says: string; readonly remedy: (item: ChecklistItem) => string }
  >
> = {
  [StatusReason.NO_EVIDENCE]: {
    code: 'EVIDENCE_MISSING',
    says: 'no evidence was given.',
    remedy: (item) =>
      `Give evidence (${item.kinds.join(' or ')}) with submitEvidence${item.allowNotApplicable ? ', or claimNotApplicable with a reason' : ''}; role ${item.providerRole}.`,
  },
  [StatusReason.REOPENED]: {
    code: 'EVIDENCE_REOPENED',
    says: 'it was reopened.',
    remedy: (item) => `Read why (reopenReason) and give new evidence with submitEvidence; role ${item.providerRole}.`,
  },
  [StatusReason.AWAITS_VERIFICATION]: {
    code: 'EVIDENCE_NOT_VERIFIED',
    says: 'the evidence is not verified.',
    remedy: (item) => `Ask a ${item.verifierRole} who did not provide it to verifyEvidence or rejectEvidence.`,
  },
  [StatusReason.AWAITS_ACCEPTANCE]: {
    code: 'NOT_APPLICABLE_NOT_ACCEPTED',
    says: 'nobody has accepted that it does not apply.',
    remedy: (item) => `Ask a ${item.verifierRole} who did not claim it to acceptNotApplicable or reopenItem.`,
  },
  [StatusReason.REJECTED]: {
    code: 'EVIDENCE_REJECTED',
    says: 'the evidence was rejected.',
    remedy: (item) =>
      `Read why (rejectionReason) and give better evidence with submitEvidence; role ${item.providerRole}.`,
  },
  [StatusReason.EXPIRED]: {
    code: 'EVIDENCE_STALE',
    says: 'the evidence is too old.',
    remedy: (item) => `Give current evidence with submitEvidence; it stays valid for ${item.validityDays} days.`,
  },
  [StatusReason.QUOTE_CHANGED]: {
    code: 'EVIDENCE_OUTDATED_BY_QUOTE',
    says: 'the terms have changed since.',
    remedy: () => 'Prove it for the terms as they are now: submitEvidence, or claimNotApplicable, again.',
  },
  [StatusReason.SCOPE_CHANGED]: {
    code: 'EVIDENCE_OUTDATED_BY_SCOPE',
    says: 'the signed scope has changed since.',
    remedy: () => 'Prove it for the scope that is signed now: submitEvidence again.',
  },
};

/**
 * Every gap of a checklist at once, each with its remedy (requirement 002 step 1). What is not required in the tier
 * blocks nothing; what was given for it all the same and does not hold is a warning.
 */
export function checklistFindings(
  items: readonly ChecklistItem[],
  evidence: readonly Evidence[],
  context: EvidenceContext,
): Finding[] {
  const latest = latestByItem(evidence);
  const missing = CLOSED_WON_ITEMS.filter((code) => !items.some((item) => item.code === code));
  return [
    ...missing.map((code) =>
      finding({
        code: 'CHECKLIST_ITEM_MISSING',
        path: `checklist.${code}`,
        message: `The checklist does not ask for ${code}, without which no deal is closed-won.`,
        facts: { item: code },
        remedy: "Ask RevOps to put it into the tenant's checklist template.",
      }),
    ),
    ...items.flatMap((item) => itemFindings(item, latest.get(item.id) ?? null, context)),
  ];
}

/** Items that were proven by documents which are not any more what they were: what the later gates look at again. */
export function lostEvidenceFindings(items: readonly ChecklistItem[], evidence: readonly Evidence[]): Finding[] {
  const latestOf = latestByItem(evidence);
  return items.flatMap((item) => {
    const latest = latestOf.get(item.id);
    if (!item.required || item.state !== ItemState.OPEN || !latest?.invalidReason) return [];
    return [
      finding({
        code: 'EVIDENCE_DOCUMENT_LOST',
        path: `checklist.${item.code}`,
        message: `${item.label}: the document behind the evidence was replaced or deleted.`,
        facts: { item: item.code, itemId: item.id, evidenceId: latest.id, loss: latest.invalidReason },
        remedy: `Return the handoff (revoke a sign-off first), so that a ${item.providerRole} gives the evidence again.`,
      }),
    ];
  });
}

/** The same, and required items that a person took back (reopenItem) and that nobody has proven since. */
export function takenBackFindings(items: readonly ChecklistItem[], evidence: readonly Evidence[]): Finding[] {
  const lost = lostEvidenceFindings(items, evidence);
  const known = new Set(lost.map(({ path }) => path));
  const reopened = items
    .filter(({ required, state, reopenedAt }) => required && state === ItemState.OPEN && reopenedAt !== null)
    .map(({ id, code, label, providerRole }) =>
      finding({
        code: 'EVIDENCE_REOPENED',
        path: `checklist.${code}`,
        message: `${label}: it was reopened.`,
        facts: { item: code, itemId: id },
        remedy: `Return the handoff (revoke a sign-off first), so that a ${providerRole} gives the evidence again.`,
      }),
    );
  return [...lost, ...reopened.filter(({ path }) => !known.has(path))];
}

function itemFindings(item: ChecklistItem, latest: Evidence | null, context: EvidenceContext): Finding[] {
  const verdict = itemStatus(item, latest, context);
  const severity = item.required ? 'BLOCKING' : 'WARNING';
  const counts = verdict.effective === ItemStatus.SUBMITTED || verdict.effective === ItemStatus.VERIFIED;
  const judged = counts && verdict.reason !== StatusReason.AWAITS_ACCEPTANCE;
  const lacks =
    judged && latest
      ? contentFindings(item, latest, context.signers).map((found) => ({ ...found, severity }) as const)
      : [];
  if (verdict.reason === null || (!item.required && verdict.effective === ItemStatus.OPEN)) return lacks;
  return [gap(item, latest, verdict, severity), ...lacks];
}

function gap(
  item: ChecklistItem,
  latest: Evidence | null,
  verdict: ItemVerdict,
  severity: Finding['severity'],
): Finding {
  const { code, says, remedy } = GAPS[verdict.reason!];
  const { validUntil } = verdict;
  return finding({
    code,
    severity,
    path: `checklist.${item.code}`,
    message: `${item.label}: ${says}`,
    facts: {
      item: item.code,
      itemId: item.id,
      ...(latest ? { evidenceId: latest.id } : {}),
      ...(validUntil === null ? {} : { validUntil }),
    },
    remedy: remedy(item),
  });
}

/**
 * Completeness in basis points, 0 to 10000: the weight of required items with verified evidence that is still valid,
 * over the weight of the required items that apply (requirements section 8). An accepted N/A takes the item out of
 * both; a claimed one takes it out of neither. Rounded down, so that only a complete checklist shows 10000. A
 * checklist of which nothing applies is complete; one without items is not a checklist: 0.
 */
export function completeness(
  items: readonly ChecklistItem[],
  evidence: readonly Evidence[],
  context: EvidenceContext,
): number {
  if (items.length === 0) return 0;
  const latest = latestByItem(evidence);
  let applicable = 0n;
  let verified = 0n;
  for (const item of items.filter(({ required }) => required)) {
    const { effective } = itemStatus(item, latest.get(item.id) ?? null, context);
    if (effective === ItemStatus.NOT_APPLICABLE) continue;
    applicable += BigInt(item.weight);
    if (effective === ItemStatus.VERIFIED) verified += BigInt(item.weight);
  }
  return applicable === 0n ? Number(WHOLE_BPS) : Number((verified * WHOLE_BPS) / applicable);
}
