import fc from 'fast-check';
import { ItemState, ReopenCause } from '../../src/checklist/checklist.entity.js';
import { checklistFindings, completeness } from '../../src/checklist/checklist.rules.js';
import { EvidenceForm, EvidenceState } from '../../src/checklist/evidence.entity.js';
import {
  evidenceContext,
  ItemStatus,
  itemStatus,
  latestEvidence,
  StatusReason,
} from '../../src/checklist/status.rules.js';
import { CLOSED_WON_ITEMS } from '../../src/catalogue/configuration.words.js';
import { StakeholderRole } from '../../src/handoff/content.entity.js';
import { context, DANA, evidence, HASH, item, SCOPE, vary } from './checklist.kit.js';
import { content, id, NOW, SOFIA } from './handoff.kit.js';

const OTHER = 'f'.repeat(64);
const CLAIM = { naReason: 'No hardware in this deal.', naClaimedBy: SOFIA, naClaimedAt: NOW, naTermsRevision: 1 };
const ACCEPTED = { ...CLAIM, naAcceptedBy: DANA, naAcceptedAt: NOW };

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

/** The five closed-won items, each with verified evidence. */
const five = CLOSED_WON_ITEMS.map((code, index) => item({ id: id(210 + index), code }));
const proofs = five.map((one, index) => evidence({ id: id(310 + index), itemId: one.id }));

describe('findings', () => {
  const codes = (...args: Parameters<typeof checklistFindings>) =>
    checklistFindings(...args).map(({ code, path }) => `${code} ${path}`);

  test('a checklist that is proven has none', () => {
    expect(checklistFindings(five, proofs, context())).toEqual([]);
  });

  test('every gap at once, each with its remedy', () => {
    const items = [
      vary(five[0]!, { state: ItemState.OPEN }),
      vary(five[1]!, { state: ItemState.SUBMITTED }),
      vary(five[2]!, { state: ItemState.REJECTED }),
      five[3]!,
      five[4]!,
      item({ id: id(220), code: 'PAYMENT_OR_PO', state: ItemState.NOT_APPLICABLE_CLAIMED, ...CLAIM }),
    ];
    const given = [
      vary(proofs[1]!, { state: EvidenceState.SUBMITTED }),
      vary(proofs[2]!, { state: EvidenceState.REJECTED }),
      vary(proofs[3]!, { documentDate: '2026-11-01' }),
      vary(proofs[4]!, { termsRevision: 7 }),
    ];
    const findings = checklistFindings(items, given, context());
    expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'EVIDENCE_MISSING checklist.SIGNED_SCOPE',
      'EVIDENCE_NOT_VERIFIED checklist.MARGIN_FLOOR',
      'EVIDENCE_REJECTED checklist.DELIVERY_ASSUMPTIONS',
      'EVIDENCE_STALE checklist.DEPENDENCIES',
      'EVIDENCE_OUTDATED_BY_QUOTE checklist.ACCEPTANCE_CRITERIA',
      'NOT_APPLICABLE_NOT_ACCEPTED checklist.PAYMENT_OR_PO',
    ]);
    for (const found of findings) {
      expect(found).toMatchObject({ severity: 'BLOCKING', exceptionable: false });
      expect(found.remedy).toMatch(/\w{3}/);
    }
  });

  test('a checklist without one of the closed-won five blocks, and so does an empty one', () => {
    expect(codes(five.slice(1), proofs, context())).toEqual(['CHECKLIST_ITEM_MISSING checklist.SIGNED_SCOPE']);
    expect(checklistFindings([], [], context())).toHaveLength(5);
  });

  test('an optional item: open says nothing, given and not verified is a warning', () => {
    const optional = item({ id: id(230), code: 'CS_PLATFORM', required: false, state: ItemState.OPEN });
    expect(codes([...five, optional], proofs, context())).toEqual([]);
    const submitted = vary(optional, { state: ItemState.SUBMITTED });
    const given = evidence({ itemId: optional.id, state: EvidenceState.SUBMITTED });
    expect(checklistFindings([...five, submitted], [...proofs, given], context())).toMatchObject([
      { code: 'EVIDENCE_NOT_VERIFIED', severity: 'WARNING' },
    ]);
  });

  test('a signer who was named after the verification is missing', () => {
    const contract = item({
      id: id(240),
      code: 'EXECUTED_CONTRACT',
      validityDays: null,
      needsAllSigners: true,
      kinds: [EvidenceForm.DOCUMENT],
    });
    const signers = [
      { name: 'Priya Shah', side: 'CLIENT', signedOn: '2026-11-20' },
      { name: 'Sofia Sales', side: 'PROVIDER', signedOn: '2026-11-20' },
    ] as never;
    const given = [...proofs, evidence({ id: id(340), itemId: contract.id, signers })];
    expect(codes([...five, contract], given, context())).toEqual([]);
    const late = vary(content().stakeholders[0]!, { id: id(44), name: 'Lena Voss', role: StakeholderRole.SIGNER });
    const findings = checklistFindings([...five, contract], given, context({ signers: [late] }));
    expect(findings).toMatchObject([{ code: 'SIGNER_MISSING', facts: { stakeholderIds: [id(44)] } }]);
    expect(JSON.stringify(findings)).not.toContain('Lena');
  });
});

describe('completeness', () => {
  test('verified weight over applicable weight, rounded down', () => {
    const open = item({ id: id(250), code: 'X', weight: 5, state: ItemState.OPEN });
    const third = [item({ weight: 1 }), item({ id: id(251), weight: 2, state: ItemState.OPEN })];
    expect(completeness([], [], context())).toBe(0);
    expect(completeness(five, proofs, context())).toBe(10_000);
    expect(completeness([...five, open], proofs, context())).toBe(9_090);
    expect(completeness(third, [evidence()], context())).toBe(3_333);
  });

  test('N/A takes an item out once it is accepted, and optional items count nowhere', () => {
    const claimed = item({ id: id(252), state: ItemState.NOT_APPLICABLE_CLAIMED, weight: 10, ...CLAIM });
    const accepted = vary(claimed, { state: ItemState.NOT_APPLICABLE, ...ACCEPTED });
    const optional = item({ id: id(253), required: false, state: ItemState.OPEN, weight: 99 });
    expect(completeness([item(), claimed], [evidence()], context())).toBe(5_000);
    expect(completeness([item(), accepted], [evidence()], context())).toBe(10_000);
    expect(completeness([accepted], [], context())).toBe(10_000);
    expect(completeness([item(), optional], [evidence()], context())).toBe(10_000);
  });

  test('is whole exactly when no required item has a gap, and never leaves its range', () => {
    const states = fc.constantFrom(...Object.values(ItemState));
    const rows = fc.array(
      fc.record({
        state: states,
        weight: fc.integer({ min: 1, max: 100 }),
        required: fc.boolean(),
        age: fc.integer({ min: 0, max: 10 }),
      }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(rows, (drawn) => {
        const items = drawn.map(({ state, weight, required }, index) =>
          item({
            id: id(400 + index),
            code: `ITEM_${index}`,
            state,
            weight,
            required,
            ...(state.startsWith('NOT_APPLICABLE') ? ACCEPTED : {}),
          }),
        );
        const given = drawn.map(({ state, age }, index) =>
          evidence({
            id: id(500 + index),
            itemId: id(400 + index),
            documentDate: `2026-11-${23 - age}`,
            state: EvidenceState[state as keyof typeof EvidenceState] ?? EvidenceState.SUBMITTED,
          }),
        );
        const bps = completeness(items, given, context());
        const gaps = checklistFindings(items, given, context()).filter(
          ({ code, severity }) => severity === 'BLOCKING' && code !== 'CHECKLIST_ITEM_MISSING',
        );
        expect(bps).toBeGreaterThanOrEqual(0);
        expect(bps).toBeLessThanOrEqual(10_000);
        expect(bps === 10_000).toBe(gaps.length === 0);
      }),
    );
  });
});
