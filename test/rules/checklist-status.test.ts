import * as fc from 'fast-check';
import { ItemState, ReopenCause } from '../../src/checklist/checklist.entity.js';
import { EvidenceState } from '../../src/checklist/evidence.entity.js';
import {
  evidenceContext,
  ItemStatus,
  itemStatus,
  latestEvidence,
  StatusReason,
} from '../../src/checklist/status.rules.js';
import { StakeholderRole } from '../../src/handoff/content.entity.js';
import { ACCEPTED, CLAIM, context, evidence, HASH, item, SCOPE, vary } from './checklist.kit.js';
import { content, id, NOW } from './handoff.kit.js';

const OTHER = 'f'.repeat(64);

describe('what an item is worth', () => {
  const { OPEN, SUBMITTED, VERIFIED, REJECTED, STALE, NOT_APPLICABLE } = ItemStatus;
  test.each([
    ['verified', item(), evidence(), context(), VERIFIED, null],
    ['nothing given', item({ state: ItemState.OPEN }), null, context(), OPEN, StatusReason.NO_EVIDENCE],
    ['verified without evidence', item(), null, context(), OPEN, StatusReason.NO_EVIDENCE],
    [
      'reopened over verified evidence',
      item({ state: ItemState.OPEN, reopenedAt: NOW }),
      evidence(),
      context(),
      OPEN,
      StatusReason.REOPENED,
    ],
    [
      'submitted',
      item({ state: ItemState.SUBMITTED }),
      evidence({ state: EvidenceState.SUBMITTED }),
      context(),
      SUBMITTED,
      StatusReason.AWAITS_VERIFICATION,
    ],
    [
      'rejected',
      item({ state: ItemState.REJECTED }),
      evidence({ state: EvidenceState.REJECTED }),
      context(),
      REJECTED,
      StatusReason.REJECTED,
    ],
    ['on its last valid day', item(), evidence({ documentDate: '2026-11-16' }), context(), VERIFIED, null],
    ['a day too old', item(), evidence({ documentDate: '2026-11-15' }), context(), STALE, StatusReason.EXPIRED],
    [
      'too old, submitted',
      item({ state: ItemState.SUBMITTED }),
      evidence({ state: EvidenceState.SUBMITTED, documentDate: '2026-11-01' }),
      context(),
      STALE,
      StatusReason.EXPIRED,
    ],
    [
      'undated: from its verification',
      item(),
      evidence({ documentDate: null, submittedAt: new Date('2026-11-01T09:00:00Z') }),
      context(),
      VERIFIED,
      null,
    ],
    [
      'undated, verified long ago',
      item(),
      evidence({ documentDate: null, verifiedAt: new Date('2026-11-15T09:00:00Z') }),
      context(),
      STALE,
      StatusReason.EXPIRED,
    ],
    [
      'old, but without end',
      item({ validityDays: null }),
      evidence({ documentDate: '2020-01-01' }),
      context(),
      VERIFIED,
      null,
    ],
    [
      'another quote',
      item(),
      evidence(),
      context({ termsRevision: 2, termsDigest: OTHER }),
      STALE,
      StatusReason.QUOTE_CHANGED,
    ],
    ['the quote went back', item(), evidence(), context({ termsRevision: 3 }), STALE, StatusReason.QUOTE_CHANGED],
    [
      'another quote, no matter here',
      item({ reopensOn: [] }),
      evidence(),
      context({ termsRevision: 2, termsDigest: OTHER }),
      VERIFIED,
      null,
    ],
    [
      'without end, another quote',
      item({ validityDays: null }),
      evidence(),
      context({ termsRevision: 2 }),
      STALE,
      StatusReason.QUOTE_CHANGED,
    ],
    [
      'another scope in the quotation',
      item({ reopensOn: [ReopenCause.SCOPE_HASH] }),
      evidence(),
      context({ quotedScopeHash: OTHER }),
      STALE,
      StatusReason.SCOPE_CHANGED,
    ],
    [
      'the quotation lost its scope',
      item({ reopensOn: [ReopenCause.SCOPE_HASH] }),
      evidence(),
      context({ quotedScopeHash: null }),
      STALE,
      StatusReason.SCOPE_CHANGED,
    ],
    [
      'another signed scope',
      item(),
      evidence(),
      context({ signedScope: { first: SCOPE, current: OTHER } }),
      STALE,
      StatusReason.SCOPE_CHANGED,
    ],
    ['given before any signed scope', item(), evidence({ signedScopeHash: null }), context(), VERIFIED, null],
    [
      'given before the first of two',
      item(),
      evidence({ signedScopeHash: null }),
      context({ signedScope: { first: SCOPE, current: OTHER } }),
      STALE,
      StatusReason.SCOPE_CHANGED,
    ],
    [
      'the signed scope itself',
      item({ code: 'SIGNED_SCOPE' }),
      evidence(),
      context({ signedScope: { first: SCOPE, current: OTHER } }),
      VERIFIED,
      null,
    ],
    [
      'N/A claimed',
      item({ state: ItemState.NOT_APPLICABLE_CLAIMED, ...CLAIM }),
      null,
      context(),
      SUBMITTED,
      StatusReason.AWAITS_ACCEPTANCE,
    ],
    ['N/A accepted', item({ state: ItemState.NOT_APPLICABLE, ...ACCEPTED }), null, context(), NOT_APPLICABLE, null],
    [
      'N/A accepted for another quote',
      item({ state: ItemState.NOT_APPLICABLE, ...ACCEPTED }),
      null,
      context({ termsRevision: 2 }),
      STALE,
      StatusReason.QUOTE_CHANGED,
    ],
  ])('%s', (_name, subject, latest, ground, effective, reason) => {
    expect(itemStatus(subject, latest, ground)).toMatchObject({ effective, reason });
  });

  test('a day is a day of the tenant, not of Greenwich', () => {
    const late = new Date('2026-11-24T02:00:00Z');
    const given = evidence({ documentDate: '2026-11-16' });
    expect(itemStatus(item(), given, context({ now: late, timeZone: 'America/New_York' })).effective).toBe(
      ItemStatus.VERIFIED,
    );
    expect(itemStatus(item(), given, context({ now: late, timeZone: 'UTC' })).effective).toBe(ItemStatus.STALE);
    expect(itemStatus(item(), given, context()).validUntil).toBe('2026-11-23');
  });

  test('the latest evidence counts, in whatever order it was read', () => {
    const rows = [evidence({ sequence: 2, id: id(302) }), evidence({ sequence: 3, id: id(303) }), evidence()];
    expect(latestEvidence(item(), rows)?.sequence).toBe(3);
    expect(latestEvidence(item({ id: id(999) }), rows)).toBeNull();
  });

  test('a changed quote always reopens what the quote reopens', () => {
    const reopening = fc.constantFrom(...Object.values(ItemState).filter((state) => state !== ItemState.OPEN));
    fc.assert(
      fc.property(
        reopening,
        fc.integer({ min: 2, max: 9 }),
        fc.option(fc.integer({ min: 1, max: 400 })),
        (state, termsRevision, validityDays) => {
          const claimed = state.startsWith('NOT_APPLICABLE') ? CLAIM : {};
          const subject = item({ state, validityDays, ...claimed });
          const { effective } = itemStatus(subject, evidence(), context({ termsRevision }));
          expect([ItemStatus.VERIFIED, ItemStatus.NOT_APPLICABLE]).not.toContain(effective);
        },
      ),
    );
  });
});

describe('the context', () => {
  const snapshot = { terms: JSON.stringify({ version: 1, currency: 'GBP', lines: [], signedScopeHash: OTHER }) };
  const { handoff, stakeholders } = content();
  const scopeItem = item({ code: 'SIGNED_SCOPE', id: id(201) });
  const ground = { handoff, snapshot, stakeholders, items: [scopeItem, item()], timeZone: 'Europe/London' };

  test('reads the scope of the quotation and of the signed document; what was rejected is no scope', () => {
    const scopes = [
      evidence({ itemId: scopeItem.id, sequence: 2, contentHash: SCOPE }),
      evidence({ itemId: scopeItem.id, sequence: 1, contentHash: HASH }),
      evidence({ itemId: scopeItem.id, sequence: 3, contentHash: OTHER, state: EvidenceState.REJECTED }),
    ];
    expect(evidenceContext({ ...ground, evidence: scopes }, NOW)).toMatchObject({
      quotedScopeHash: OTHER,
      signedScope: { first: HASH, current: SCOPE },
      termsRevision: handoff.termsRevision,
    });
    expect(evidenceContext({ ...ground, evidence: [evidence()] }, NOW).signedScope).toBeNull();
  });

  test('only stakeholders who sign are to sign', () => {
    const signing = [...stakeholders, vary(stakeholders[0]!, { role: StakeholderRole.SIGNER })];
    expect(evidenceContext({ ...ground, evidence: [], stakeholders: signing }, NOW).signers).toHaveLength(1);
  });
});
