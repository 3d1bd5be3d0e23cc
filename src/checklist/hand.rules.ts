import { type Finding, finding } from '../core/finding.js';
import type { Actor } from '../core/actor.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { editFindings } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import type { Person } from '../identity/person.entity.js';
import { Role } from '../identity/roles.js';
import { type ChecklistItem, ItemState } from './checklist.entity.js';
import { type Evidence, EvidenceState } from './evidence.entity.js';
import { claimIsOutdated, type EvidenceContext, outdatedBy, StatusReason } from './status.rules.js';

/** Reasons say something: at least so many characters that are not blank at the ends (004: N/A explicit, with a reason). */
export const SHORTEST_REASON = 10;

const about = (item: ChecklistItem) => ({
  path: `checklist.${item.code}`,
  facts: { item: item.code, itemId: item.id },
});

/** While delivery reviews before the signature, the evidence of the signature is what is waited for. */
const isAwaited = (handoff: Handoff, item: ChecklistItem): boolean =>
  handoff.pendingContract && handoff.stage === Stage.IN_REVIEW && item.needsSigner;

/** Whether this person may provide for this item now: its provider's role, or sales, who own the handoff's content. */
export function providerFindings(handoff: Handoff, item: ChecklistItem, actor: Actor): Finding[] {
  const findings = isAwaited(handoff, item) ? [] : editFindings(handoff);
  if (actor.roles.includes(item.providerRole) || actor.roles.includes(Role.SALES_MANAGER)) return findings;
  const wrong = finding({
    code: 'NOT_THE_PROVIDER',
    ...about(item),
    message: `${item.label} is provided by the role ${item.providerRole}, or by sales.`,
    remedy: `Ask a ${item.providerRole}.`,
  });
  return [...findings, wrong];
}

/** The stages in which evidence is judged: while sales completes the handoff, and while delivery reviews it. */
const JUDGED: readonly Stage[] = [Stage.DRAFT, Stage.RETURNED, Stage.IN_REVIEW];

/**
 * Whether this person may judge what that other person did: the verifier's role of the item, and never oneself, under
 * another record either (issue 2, "by someone other than its provider"). `aliases` are the records of the same human.
 */
export function verifierFindings(
  handoff: Handoff,
  item: ChecklistItem,
  verifier: { readonly actor: Actor; readonly aliases: readonly Person[] },
  provider: string | null,
): Finding[] {
  const { actor, aliases } = verifier;
  const findings: Finding[] = [];
  if (!JUDGED.includes(handoff.stage)) {
    findings.push(
      finding({
        code: 'CHECKLIST_CLOSED',
        path: 'handoff.stage',
        message: `The checklist of a handoff in ${handoff.stage} is closed.`,
        facts: { stage: handoff.stage },
        remedy: `Evidence is judged in ${JUDGED.join(', ')}.`,
      }),
    );
  }
  if (!actor.roles.includes(item.verifierRole)) {
    findings.push(
      finding({
        code: 'NOT_THE_VERIFIER',
        ...about(item),
        message: `${item.label} is verified by the role ${item.verifierRole}.`,
        remedy: `Ask a ${item.verifierRole}.`,
      }),
    );
  }
  if ([actor.id, ...aliases.map(({ id }) => id)].some((id) => id === provider)) {
    findings.push(
      finding({
        code: 'SELF_VERIFICATION',
        ...about(item),
        message: 'Nobody judges what they gave themselves.',
        remedy: `Ask another ${item.verifierRole}.`,
      }),
    );
  }
  return findings;
}

/** Whether this evidence waits for a verdict: the latest of an item that is submitted. */
export function pendingFindings(item: ChecklistItem, evidence: Evidence, latest: Evidence | null): Finding[] {
  if (latest && latest.id !== evidence.id) {
    const { sequence } = latest;
    return [
      finding({
        code: 'EVIDENCE_SUPERSEDED',
        ...about(item),
        message: `Newer evidence was given since: number ${sequence}.`,
        remedy: 'Read the newest evidence of the item and judge that.',
      }),
    ];
  }
  if (item.state === ItemState.SUBMITTED && evidence.state === EvidenceState.SUBMITTED) return [];
  return [
    finding({
      code: 'NOTHING_TO_VERIFY',
      ...about(item),
      message: `The item is ${item.state}: its evidence waits for no verdict.`,
      remedy: 'Reopen the item with reopenItem if its evidence does not hold.',
    }),
  ];
}

const OUTDATED: Partial<Record<StatusReason, { code: string; message: string }>> = {
  [StatusReason.EXPIRED]: { code: 'EVIDENCE_STALE', message: 'The evidence is too old.' },
  [StatusReason.QUOTE_CHANGED]: {
    code: 'EVIDENCE_OUTDATED_BY_QUOTE',
    message: 'The terms have changed since it was given.',
  },
  [StatusReason.SCOPE_CHANGED]: {
    code: 'EVIDENCE_OUTDATED_BY_SCOPE',
    message: 'The signed scope has changed since it was given.',
  },
};

/** Nobody verifies what no longer proves anything. */
export function outdatedFindings(item: ChecklistItem, evidence: Evidence, context: EvidenceContext): Finding[] {
  const reason = outdatedBy(item, evidence, context);
  const outdated = reason && OUTDATED[reason];
  return outdated
    ? [finding({ ...outdated, ...about(item), remedy: 'Ask for new evidence: rejectEvidence says why.' })]
    : [];
}

/** Whether a claim that the item does not apply can be made at all. */
export function claimFindings(item: ChecklistItem, reason: string): Finding[] {
  const findings = reasonFindings(reason);
  if (!item.allowNotApplicable) {
    findings.push(
      finding({
        code: 'NOT_APPLICABLE_FORBIDDEN',
        ...about(item),
        message: `${item.label} applies to every deal.`,
        remedy: 'Give evidence with submitEvidence.',
      }),
    );
  }
  return findings;
}

/** Nobody accepts a claim that was made for other terms. */
export function claimTermsFindings(item: ChecklistItem, context: EvidenceContext): Finding[] {
  if (item.naClaimedBy === null || !claimIsOutdated(item, context)) return [];
  return [
    finding({
      code: 'EVIDENCE_OUTDATED_BY_QUOTE',
      ...about(item),
      message: 'The terms have changed since it was claimed.',
      remedy: 'Reopen the item, so that it is claimed again for the terms as they are now.',
    }),
  ];
}

/** A finding when a reason says nothing. */
export function reasonFindings(reason: string): Finding[] {
  if (reason.trim().length >= SHORTEST_REASON) return [];
  return [
    finding({
      code: 'REASON_TOO_SHORT',
      path: 'reason',
      message: `A reason has at least ${SHORTEST_REASON} characters.`,
      facts: { characters: reason.trim().length },
      remedy: 'Say why, so that somebody else can judge it.',
    }),
  ];
}

/** A finding unless the item is in one of these states. */
export function stateFindings(item: ChecklistItem, states: readonly ItemState[], remedy: string): Finding[] {
  if (states.includes(item.state)) return [];
  return [
    finding({
      code: 'WRONG_ITEM_STATE',
      path: `checklist.${item.code}`,
      message: `${item.label} is ${item.state}.`,
      facts: { item: item.code, itemId: item.id, state: item.state, expected: [...states] },
      remedy,
    }),
  ];
}
