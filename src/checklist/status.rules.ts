import { registerEnumType } from 'type-graphql';
import { dayAfter, localDay } from '../core/local-day.js';
import type { DealSnapshot } from '../deal/deal.entity.js';
import type { NormalisedTerms } from '../deal/terms.rules.js';
import { type Stakeholder, StakeholderRole } from '../handoff/content.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { type ChecklistItem, ItemState, ReopenCause } from './checklist.entity.js';
import { type Evidence, EvidenceState } from './evidence.entity.js';

export enum ItemStatus {
  OPEN = 'OPEN',
  SUBMITTED = 'SUBMITTED',
  VERIFIED = 'VERIFIED',
  REJECTED = 'REJECTED',
  STALE = 'STALE',
  NOT_APPLICABLE = 'NOT_APPLICABLE',
}
registerEnumType(ItemStatus, {
  name: 'ChecklistItemStatus',
  description: 'What an item is worth now; the gate counts VERIFIED and NOT_APPLICABLE alone.',
  valuesConfig: {
    OPEN: { description: 'No evidence counts.' },
    SUBMITTED: { description: 'Evidence, or a claim that it does not apply, waits for somebody else.' },
    VERIFIED: { description: 'Verified evidence that is still valid.' },
    REJECTED: { description: 'The latest evidence was rejected.' },
    STALE: { description: 'Evidence was given, but it is too old or the deal has changed since.' },
    NOT_APPLICABLE: { description: 'Accepted as not applicable.' },
  },
});

export enum StatusReason {
  NO_EVIDENCE = 'NO_EVIDENCE',
  REOPENED = 'REOPENED',
  AWAITS_VERIFICATION = 'AWAITS_VERIFICATION',
  AWAITS_ACCEPTANCE = 'AWAITS_ACCEPTANCE',
  REJECTED = 'REJECTED',
  EXPIRED = 'EXPIRED',
  QUOTE_CHANGED = 'QUOTE_CHANGED',
  SCOPE_CHANGED = 'SCOPE_CHANGED',
}
registerEnumType(StatusReason, {
  name: 'ChecklistItemReason',
  description: 'Why an item does not count.',
  valuesConfig: {
    NO_EVIDENCE: { description: 'Nothing was given.' },
    REOPENED: { description: 'Somebody reopened it, with a reason.' },
    AWAITS_VERIFICATION: { description: 'Somebody else has to verify the evidence.' },
    AWAITS_ACCEPTANCE: { description: 'Somebody else has to accept that it does not apply.' },
    REJECTED: { description: 'The evidence was rejected, with a reason.' },
    EXPIRED: { description: 'The evidence is older than it may be.' },
    QUOTE_CHANGED: { description: 'The terms have changed since.' },
    SCOPE_CHANGED: { description: 'The signed scope has changed since.' },
  },
});

/** The item that proves the signed scope: its document's hash is what the others stand on. */
export const SIGNED_SCOPE = 'SIGNED_SCOPE';

/** What the worth of evidence depends on, beside the evidence itself. */
export interface EvidenceContext {
  readonly now: Date;
  /** IANA zone in which an instant becomes a day. */
  readonly timeZone: string;
  readonly termsRevision: number;
  readonly termsDigest: string;
  /** SHA-256 of the quotation's scope text; null when it has none. */
  readonly quotedScopeHash: string | null;
  /** Hashes of the signed scope documents that were given and not rejected: the first, and the one that counts. */
  readonly signedScope: { readonly first: string; readonly current: string } | null;
  /** The stakeholders who are to sign. */
  readonly signers: readonly Stakeholder[];
}

/** What the context is made from. */
export interface EvidenceGround {
  readonly handoff: Pick<Handoff, 'termsRevision' | 'termsDigest'>;
  /** The snapshot that the handoff has adopted. */
  readonly snapshot: Pick<DealSnapshot, 'terms'>;
  readonly items: readonly ChecklistItem[];
  readonly evidence: readonly Evidence[];
  readonly stakeholders: readonly Stakeholder[];
  readonly timeZone: string;
}

/** The context of a handoff's checklist at a time. */
export function evidenceContext(ground: EvidenceGround, now: Date): EvidenceContext {
  const { handoff, snapshot, items, evidence, stakeholders, timeZone } = ground;
  const scopeItem = items.find(({ code }) => code === SIGNED_SCOPE);
  const hashes = evidence
    .filter(({ itemId, state }) => itemId === scopeItem?.id && state !== EvidenceState.REJECTED)
    .toSorted((a, b) => a.sequence - b.sequence)
    .map(({ contentHash }) => contentHash);
  return {
    now,
    timeZone,
    termsRevision: handoff.termsRevision,
    termsDigest: handoff.termsDigest,
    quotedScopeHash: (JSON.parse(snapshot.terms) as NormalisedTerms).signedScopeHash,
    signedScope: hashes.length === 0 ? null : { first: hashes[0]!, current: hashes.at(-1)! },
    signers: stakeholders.filter(({ role }) => role === StakeholderRole.SIGNER),
  };
}

/** The evidence that counts, by item: the latest of each. */
export function latestByItem(evidence: readonly Evidence[]): ReadonlyMap<string, Evidence> {
  const latest = new Map<string, Evidence>();
  for (const next of evidence) {
    const known = latest.get(next.itemId);
    if (!known || known.sequence <= next.sequence) latest.set(next.itemId, next);
  }
  return latest;
}

/** The evidence of an item that counts: the latest; null when none was given. */
export function latestEvidence(item: Pick<ChecklistItem, 'id'>, evidence: readonly Evidence[]): Evidence | null {
  return latestByItem(evidence).get(item.id) ?? null;
}

/** What an item is worth now, and why it does not count if it does not. */
export interface ItemVerdict {
  readonly effective: ItemStatus;
  readonly reason: StatusReason | null;
  /** The last day on which the evidence is valid; null when it has no end, or no evidence counts. */
  readonly validUntil: string | null;
}

/**
 * What an item is worth now. People's last word comes first (open, rejected); then what outdates it: a changed quote
 * or signed scope always does, age does by item type (issue 2, "The handoff"; document 004: information 7 days).
 */
export function itemStatus(item: ChecklistItem, latest: Evidence | null, context: EvidenceContext): ItemVerdict {
  const verdict = (effective: ItemStatus, reason: StatusReason | null, until: string | null = null): ItemVerdict => ({
    effective,
    reason,
    validUntil: until,
  });
  switch (item.state) {
    case ItemState.OPEN:
      return verdict(ItemStatus.OPEN, item.reopenedAt ? StatusReason.REOPENED : StatusReason.NO_EVIDENCE);
    case ItemState.NOT_APPLICABLE_CLAIMED:
    case ItemState.NOT_APPLICABLE:
      if (claimIsOutdated(item, context)) return verdict(ItemStatus.STALE, StatusReason.QUOTE_CHANGED);
      if (item.state === ItemState.NOT_APPLICABLE) return verdict(ItemStatus.NOT_APPLICABLE, null);
      return verdict(ItemStatus.SUBMITTED, StatusReason.AWAITS_ACCEPTANCE);
  }
  if (!latest) return verdict(ItemStatus.OPEN, StatusReason.NO_EVIDENCE);
  if (latest.state === EvidenceState.REJECTED) return verdict(ItemStatus.REJECTED, StatusReason.REJECTED);
  const until = validUntil(item, latest, context);
  const outdated = outdatedBy(item, latest, context);
  if (outdated) return verdict(ItemStatus.STALE, outdated, until);
  if (latest.state === EvidenceState.VERIFIED) return verdict(ItemStatus.VERIFIED, null, until);
  return verdict(ItemStatus.SUBMITTED, StatusReason.AWAITS_VERIFICATION, until);
}

/** What makes a piece of evidence worthless whatever was said of it; null when nothing does. */
export function outdatedBy(item: ChecklistItem, evidence: Evidence, context: EvidenceContext): StatusReason | null {
  if (item.reopensOn.includes(ReopenCause.QUOTE) && termsChanged(evidence, context)) return StatusReason.QUOTE_CHANGED;
  if (item.reopensOn.includes(ReopenCause.SCOPE_HASH) && scopeChanged(item, evidence, context))
    return StatusReason.SCOPE_CHANGED;
  const until = validUntil(item, evidence, context);
  return until !== null && until < localDay(context.timeZone, context.now) ? StatusReason.EXPIRED : null;
}

/** The revision as well as the digest: a quote that was changed back has been changed (design 3, approvals rule 5). */
function termsChanged(evidence: Evidence, context: EvidenceContext): boolean {
  return evidence.termsRevision !== context.termsRevision || evidence.termsDigest !== context.termsDigest;
}

/**
 * The signed scope is what the quotation says and the document that was signed. Evidence that was given before any
 * signed document stands on the first one that came.
 */
function scopeChanged(item: ChecklistItem, evidence: Evidence, context: EvidenceContext): boolean {
  if (evidence.quotedScopeHash !== context.quotedScopeHash) return true;
  if (item.code === SIGNED_SCOPE || !context.signedScope) return false;
  return (evidence.signedScopeHash ?? context.signedScope.first) !== context.signedScope.current;
}

/** What reopens evidence reopens a claim that nothing is to be proven. */
export function claimIsOutdated(item: ChecklistItem, context: EvidenceContext): boolean {
  return item.reopensOn.length > 0 && item.naTermsRevision !== context.termsRevision;
}

/**
 * The last valid day: so many days after the day that the information is of, or else after its verification (until
 * then after it was given).
 */
function validUntil(item: ChecklistItem, evidence: Evidence, context: EvidenceContext): string | null {
  if (item.validityDays === null) return null;
  const from = evidence.documentDate ?? localDay(context.timeZone, evidence.verifiedAt ?? evidence.submittedAt);
  return dayAfter(from, item.validityDays);
}
