import * as fc from 'fast-check';
import { CLOSED_WON_ITEMS } from '../../src/catalogue/configuration.words.js';
import { ItemState } from '../../src/checklist/checklist.entity.js';
import { checklistFindings, completeness } from '../../src/checklist/checklist.rules.js';
import { EvidenceForm, EvidenceState } from '../../src/checklist/evidence.entity.js';
import { StakeholderRole } from '../../src/handoff/content.entity.js';
import { ACCEPTED, CLAIM, context, evidence, item, vary } from './checklist.kit.js';
import { content, id } from './handoff.kit.js';

/** The five closed-won items, each with verified evidence. */
const five = CLOSED_WON_ITEMS.map((code, index) => item({ id: id(210 + index), code }));
const proofs = five.map((one, index) => evidence({ id: id(310 + index), itemId: one.id }));

const codes = (...args: Parameters<typeof checklistFindings>) =>
  checklistFindings(...args).map(({ code, path }) => `${code} ${path}`);

describe('findings', () => {
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
