import { ChecklistItem, ItemState, ReopenCause } from '../../src/checklist/checklist.entity.js';
import { Evidence, EvidenceForm, EvidenceState } from '../../src/checklist/evidence.entity.js';
import type { EvidenceContext } from '../../src/checklist/status.rules.js';
import { Side } from '../../src/handoff/content.entity.js';
import { Role } from '../../src/identity/roles.js';
import { id, NOW, SOFIA, TENANT } from './handoff.kit.js';

export const HASH = 'a'.repeat(64);
export const SCOPE = 'b'.repeat(64);
export const DANA = id(14);

/** An item that asks for a document, valid seven days, reopened by every cause. */
export function item(change: Partial<ChecklistItem> = {}): ChecklistItem {
  return Object.assign(new ChecklistItem(), {
    tenantId: TENANT,
    id: id(200),
    handoffId: id(30),
    code: 'DEPENDENCIES',
    position: 1,
    label: 'Dependencies',
    description: 'What delivery needs first.',
    required: true,
    weight: 10,
    providerRole: Role.SALES_MANAGER,
    verifierRole: Role.DELIVERY_MANAGER,
    validityDays: 7,
    allowNotApplicable: false,
    kinds: [EvidenceForm.DOCUMENT],
    needsDocument: true,
    needsSigner: false,
    needsAllSigners: false,
    reopensOn: [ReopenCause.QUOTE, ReopenCause.SCOPE_HASH],
    state: ItemState.VERIFIED,
    naReason: null,
    naClaimedBy: null,
    naClaimedAt: null,
    naTermsRevision: null,
    naAcceptedBy: null,
    naAcceptedAt: null,
    reopenReason: null,
    reopenedBy: null,
    reopenedAt: null,
    sources: [],
    ...change,
  });
}

/** Evidence of that item: verified now, for the terms and the scope as they are. */
export function evidence(change: Partial<Evidence> = {}): Evidence {
  return Object.assign(new Evidence(), {
    tenantId: TENANT,
    id: id(300),
    handoffId: id(30),
    itemId: id(200),
    sequence: 1,
    kind: EvidenceForm.DOCUMENT,
    title: 'Dependencies v3',
    documentUrl: 'https://msp.sharepoint.com/sites/h/dependencies.docx',
    documentId: null,
    documentVersion: '3',
    contentHash: HASH,
    statement: null,
    signers: [],
    certificateUrl: null,
    documentDate: '2026-11-23',
    state: EvidenceState.VERIFIED,
    submittedBy: SOFIA,
    submittedAt: NOW,
    verifiedBy: DANA,
    verifiedAt: NOW,
    rejectionReason: null,
    termsDigest: 'd'.repeat(64),
    termsRevision: 1,
    quotedScopeHash: 'e'.repeat(64),
    signedScopeHash: SCOPE,
    ...change,
  });
}

/** The context in which that evidence counts. */
export function context(change: Partial<EvidenceContext> = {}): EvidenceContext {
  return {
    now: NOW,
    timeZone: 'Europe/London',
    termsRevision: 1,
    termsDigest: 'd'.repeat(64),
    quotedScopeHash: 'e'.repeat(64),
    signedScope: { first: SCOPE, current: SCOPE },
    signers: [],
    ...change,
  };
}

export const signer = (name: string, side = Side.CLIENT, signedOn: string | null = '2026-11-20') => ({
  name,
  side,
  signedOn,
});

/** The same row with changes. */
export const vary = <T extends object>(row: T, change: Partial<T>): T =>
  Object.assign(Object.create(Object.getPrototypeOf(row) as object), row, change) as T;

/** That an item does not apply, as it was claimed and as it was accepted. */
export const CLAIM = {
  naReason: 'No hardware in this deal.',
  naClaimedBy: SOFIA,
  naClaimedAt: NOW,
  naTermsRevision: 1,
};
export const ACCEPTED = { ...CLAIM, naAcceptedBy: DANA, naAcceptedAt: NOW };
