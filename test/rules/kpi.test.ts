import fc from 'fast-check';
import { Role } from '../../src/identity/roles.js';
import { KPI_DEFINITIONS, KPI_DIGEST } from '../../src/kpi/kpi.definitions.js';
import { KpiSide, type KpiSignOff } from '../../src/kpi/kpi.entity.js';
import { baselineFindings, currentBaseline, signOffFindings, unsignedSides, valueOf } from '../../src/kpi/kpi.rules.js';
import { KpiDirection, KpiForm } from '../../src/kpi/kpi.words.js';

const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

describe('the definitions', () => {
  it('have every KPI of the requirements once, each with words for all that is signed', () => {
    const keys = KPI_DEFINITIONS.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.toSorted()).toEqual([
      'APPROVAL_LEAD_TIME_P50',
      'APPROVAL_LEAD_TIME_P90',
      'CLIENT_SURVEY_SCORE',
      'COMPLETENESS_SCORE',
      'COMPLETION_RATE',
      'FILL_TIME',
      'FIRST_DELIVERABLE_LATENESS',
      'KICKOFF_DELAY_RATE',
      'MARGIN_EROSION_MONEY',
      'MARGIN_EROSION_POINTS',
      'MISSED_ASSUMPTIONS',
      'OVERRIDE_RATE',
      'PROMISE_ACCURACY',
      'QUALITY_SCORE',
      'REJECTION_RATE',
      'REPEAT_ASK_RATE',
      'SCOPE_CHANGE_FREQUENCY',
      'SCOPE_CHANGE_INCIDENTS',
      'TIME_TO_FIRST_TOUCH',
      'TIME_TO_FIRST_VALUE',
    ]);
    for (const { name, formula, numerator, denominator, cohort, source } of KPI_DEFINITIONS)
      expect([name, formula, numerator, denominator, cohort, source].every((text) => text.length > 2)).toBe(true);
  });

  it("state the documents' own targets, and say which way is better", () => {
    const of = (key: string) => KPI_DEFINITIONS.find((definition) => definition.key === key)!;
    expect(of('KICKOFF_DELAY_RATE')).toMatchObject({
      direction: KpiDirection.LOWER_IS_BETTER,
      target: { kind: 'IMPROVE_BY', from: 1_000, to: 2_500, withinDays: 60 },
    });
    expect(of('SCOPE_CHANGE_INCIDENTS').target).toMatchObject({ from: 2_000, to: 5_000, withinDays: 60 });
    expect(of('SCOPE_CHANGE_FREQUENCY').target).toMatchObject({ from: 1_000, to: 1_500, withinDays: 90 });
    expect(of('COMPLETION_RATE').target).toMatchObject({ kind: 'AT_LEAST', from: 8_000, to: 9_000 });
    expect(of('TIME_TO_FIRST_TOUCH').target).toMatchObject({ kind: 'AT_MOST', from: 48 * 60 });
    expect(KPI_DEFINITIONS.filter(({ isMargin }) => isMargin).map(({ key }) => key)).toEqual([
      'MARGIN_EROSION_POINTS',
      'MARGIN_EROSION_MONEY',
    ]);
  });
});

describe('signing', () => {
  const signed = (side: KpiSide, signedBy: string, digest = KPI_DIGEST): KpiSignOff =>
    ({ side, signedBy, digest }) as KpiSignOff;
  const sofia = { id: 'sofia', roles: [Role.SALES_MANAGER, Role.SERVICE_DELIVERY_LEAD] };

  it('takes both sides, by two people, under the definitions in force', () => {
    expect(unsignedSides([])).toEqual([KpiSide.SALES, KpiSide.DELIVERY]);
    expect(unsignedSides([signed(KpiSide.SALES, 'sofia'), signed(KpiSide.DELIVERY, 'leah', 'old')])).toEqual([
      KpiSide.DELIVERY,
    ]);
    expect(signOffFindings({ digest: KPI_DIGEST, side: KpiSide.SALES }, [], sofia)).toEqual([]);
    expect(
      codes(signOffFindings({ digest: KPI_DIGEST, side: KpiSide.DELIVERY }, [signed(KpiSide.SALES, 'sofia')], sofia)),
    ).toEqual(['SAME_PERSON']);
  });

  it('says everything that is wrong at once', () => {
    const asked = { digest: 'a'.repeat(64), side: KpiSide.SALES };
    const found = signOffFindings(asked, [signed(KpiSide.SALES, 'ravi')], { id: 'ravi', roles: [Role.REVOPS_ADMIN] });
    expect(codes(found)).toEqual(['DEFINITIONS_CHANGED', 'NOT_ELIGIBLE', 'ALREADY_SIGNED', 'SAME_PERSON']);
  });
});

describe('a baseline', () => {
  const draft = { kpi: 'COMPLETION_RATE', fromOn: '2026-10-01', toOn: '2026-10-31', numerator: 41n, denominator: 60n };
  const found = (change: Partial<typeof draft>, roles: string[] = [Role.REVOPS_ADMIN]): string[] =>
    codes(baselineFindings({ ...draft, ...change }, roles, '2026-11-23'));

  it.each([
    { what: 'sound figures', change: {}, expected: [] },
    { what: 'no case at all', change: { numerator: 0n, denominator: 0n }, expected: [] },
    { what: 'a part larger than the whole', change: { numerator: 61n }, expected: ['FIGURES_IMPOSSIBLE'] },
    { what: 'something of nothing', change: { denominator: 0n }, expected: ['FIGURES_IMPOSSIBLE'] },
    { what: 'a negative count', change: { numerator: -1n }, expected: ['FIGURES_IMPOSSIBLE'] },
    { what: 'a period that ends before it begins', change: { toOn: '2026-09-30' }, expected: ['PERIOD_INVALID'] },
    { what: 'a period in the future', change: { toOn: '2026-11-24' }, expected: ['PERIOD_INVALID'] },
    {
      what: 'an unknown KPI',
      change: { kpi: 'HAPPINESS', toOn: '2027-01-01' },
      expected: ['KPI_UNKNOWN', 'PERIOD_INVALID'],
    },
  ])('$what', ({ change, expected }) => {
    expect(found(change)).toEqual(expected);
  });

  it('of margin may be negative, and is for those who see margin', () => {
    const margin = { kpi: 'MARGIN_EROSION_POINTS', numerator: -120n };
    expect(found(margin, [Role.FINANCE_APPROVER])).toEqual([]);
    expect(found(margin, [Role.REVOPS_ADMIN])).toEqual(['NOT_ELIGIBLE']);
  });

  it('that counts is the last of a chain of confirmed corrections', () => {
    const rows = ['a', 'b', 'c', 'd'].map((id, index) => ({
      id,
      supersedesId: index === 0 ? null : 'abc'[index - 1]!,
    }));
    const confirmed = (...ids: string[]) =>
      ids.map((baselineId) => ({ baselineId, supersedesId: rows.find(({ id }) => id === baselineId)!.supersedesId! }));
    expect(currentBaseline([], [])).toBeNull();
    expect(currentBaseline(rows, [])?.id).toBe('a');
    expect(currentBaseline(rows, confirmed('b'))?.id).toBe('b');
    expect(currentBaseline(rows, confirmed('c'))?.id).toBe('a');
    expect(currentBaseline(rows, confirmed('b', 'c'))?.id).toBe('c');
  });

  it('has a value that is its quotient to four places, half away from zero', () => {
    expect(valueOf(KpiForm.SHARE, 13n, 16n)).toBe('0.8125');
    expect(valueOf(KpiForm.SHARE, 0n, 0n)).toBeNull();
    expect(valueOf(KpiForm.MEAN, -2n, 3n)).toBe('-0.6667');
    expect(valueOf(KpiForm.MEAN, 1n, 20_000n)).toBe('0.0001');
    expect(valueOf(KpiForm.PERCENTILE, 2_880n, 17n)).toBe('2880');
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        (n, d) => {
          const [whole = '0', places = ''] = valueOf(KpiForm.MEAN, n, d)!.replace('-', '').split('.');
          const size = BigInt(whole) * 10_000n + BigInt(places.padEnd(4, '0'));
          const off = size * d - (n < 0n ? -n : n) * 10_000n;
          return 2n * (off < 0n ? -off : off) <= d;
        },
      ),
    );
  });
});
