import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../src/core/canonical.js';
import { lineTotal } from '../../src/core/money.js';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { contractPeriods, type NormalisedTerms, type TermsLine } from '../../src/deal/terms.rules.js';
import { type MarginFloor, resolveFloor } from '../../src/margin/floor.rules.js';
import { evaluateMargin, type MarginGroup, type MarginQuestion } from '../../src/margin/margin.rules.js';

const lineKinds = { itemGroups: { '1': 'HARDWARE', '3': 'LICENCE', '4': 'LABOUR', '6': 'SERVICE' } } as const;

function sampleTerms(name: string): NormalisedTerms {
  const raw = readFileSync(join(__dirname, '../../samples/halopsa', `${name}.json`), 'utf8');
  const result = normaliseHaloExport(raw, { lineKinds });
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.terms;
}

function line(parts: Partial<TermsLine> & { price: string; cost: string | null }): TermsLine {
  const { price, cost, ...rest } = parts;
  const quantity = rest.quantity ?? '1';
  return {
    position: 1,
    externalId: '1',
    kind: 'OTHER',
    productCode: null,
    description: 'x',
    quantity,
    unitPrice: price,
    discountPercent: '0',
    discountAmount: '0',
    unitCost: cost,
    billing: 'ONE_OFF',
    billingPeriod: null,
    periods: null,
    totalMinor: lineTotal(price, quantity, 'GBP').minor.toString(),
    costMinor: cost === null ? null : lineTotal(cost, quantity, 'GBP').minor.toString(),
    ...rest,
  };
}

const monthly = { billing: 'RECURRING', billingPeriod: 'MONTHLY', periods: 12 } as const;

const terms = (...lines: TermsLine[]): NormalisedTerms => ({
  version: 1,
  currency: 'GBP',
  lines: lines.map((own, index) => ({ ...own, position: index + 1 })),
  signedScopeHash: null,
});

const floor = (floorBps: number, rest: Partial<MarginFloor> = {}): MarginFloor => ({
  serviceTemplate: '*',
  dealType: '*',
  lineKind: '*',
  billing: '*',
  from: '2026-01-01',
  floorBps,
  ...rest,
});

const question = (own: NormalisedTerms, ...floors: MarginFloor[]): MarginQuestion => ({
  terms: own,
  floors,
  serviceTemplate: 'managed-network',
  dealType: 'NEW',
  on: '2026-10-01',
});

const group = (groups: readonly MarginGroup[], scope: string): MarginGroup => {
  const found = groups.find((own) => own.scope === scope);
  if (!found) throw new Error(`no group ${scope}`);
  return found;
};

describe('the samples', () => {
  test('the healthy deal passes, one-off and recurring apart', () => {
    const verdict = evaluateMargin(question(sampleTerms('managed-network-healthy'), floor(3_000)));
    expect(verdict.ok).toBe(true);
    expect(verdict.shortfallMinor).toBe(0n);
    expect(
      verdict.groups.map(({ scope, revenueMinor, costMinor, marginBps }) => [
        scope,
        revenueMinor,
        costMinor,
        marginBps,
      ]),
    ).toEqual([
      ['TOTAL', 5_412_600n, 2_975_200n, 4_503],
      ['ONE_OFF', 1_834_200n, 1_121_200n, 3_887],
      ['RECURRING', 3_578_400n, 1_854_000n, 4_818],
    ]);
    expect(verdict.lines).toHaveLength(7);
    expect(verdict.lines[5]).toEqual({
      position: 6,
      kind: 'SERVICE',
      billing: 'RECURRING',
      revenueMinor: 3_326_400n,
      costMinor: 1_663_200n,
      marginMinor: 1_663_200n,
      marginBps: 5_000,
    });
  });

  test('the same deal below the floor is stopped in the total and in the recurring part', () => {
    const verdict = evaluateMargin(question(sampleTerms('managed-network-below-floor'), floor(3_000)));
    expect(verdict.ok).toBe(false);
    expect(verdict.findings).toEqual([
      {
        code: 'MARGIN_BELOW_FLOOR',
        severity: 'BLOCKING',
        path: 'margin.TOTAL',
        message: 'TOTAL: the margin is 2537 bps, the floor 3000 bps.',
        facts: {
          scope: 'TOTAL',
          currency: 'GBP',
          floorBps: 3_000,
          actualBps: 2_537,
          shortfallBps: 463,
          shortfallMinor: '184300',
          priceShortfallMinor: '263286',
          revenueMinor: '3987000',
          costMinor: '2975200',
        },
        remedy:
          'Over the contract: raise the price by 2632.86 GBP, or cut the cost by 1843.00 GBP, or request a margin exception.',
        exceptionable: true,
      },
      expect.objectContaining({ code: 'MARGIN_BELOW_FLOOR', path: 'margin.RECURRING', exceptionable: true }),
    ]);
    expect(verdict.shortfallMinor).toBe(347_040n);
    expect(group(verdict.groups, 'ONE_OFF').ok).toBe(true);
  });

  test('the remedy of the finding is enough, and a penny less is not', () => {
    const own = sampleTerms('managed-network-below-floor');
    const rise = evaluateMargin(question(own, floor(3_000))).findings.reduce((most, { facts }) => {
      const minor = BigInt(String(facts['priceShortfallMinor']));
      return minor > most ? minor : most;
    }, 0n);
    const raisedBy = (minor: bigint): NormalisedTerms => {
      const [first, ...others] = own.lines as [TermsLine, ...TermsLine[]];
      const extra = { ...first, billing: 'RECURRING', billingPeriod: 'ANNUAL', periods: 1, costMinor: '0' } as const;
      return { ...own, lines: [first, ...others, { ...extra, position: 99, totalMinor: minor.toString() }] };
    };
    expect(evaluateMargin(question(raisedBy(rise), floor(3_000))).ok).toBe(true);
    expect(evaluateMargin(question(raisedBy(rise - 1n), floor(3_000))).ok).toBe(false);
  });

  test('recurring only: one part, and one finding for the same figures', () => {
    const verdict = evaluateMargin(question(sampleTerms('managed-workplace-recurring-only'), floor(9_000)));
    expect(verdict.groups.map(({ scope }) => scope)).toEqual(['TOTAL', 'RECURRING']);
    expect(verdict.findings.map(({ path }) => path)).toEqual(['margin.TOTAL']);
    expect(evaluateMargin(question(sampleTerms('managed-workplace-recurring-only'), floor(3_000))).ok).toBe(true);
  });

  test('missing costs: a finding a line, and no exception', () => {
    const verdict = evaluateMargin(question(sampleTerms('managed-network-missing-cost'), floor(3_000)));
    expect(verdict.findings.map(({ code, path, exceptionable }) => [code, path, exceptionable])).toEqual([
      ['COST_MISSING', 'terms.lines[3].unitCost', false],
      ['COST_MISSING', 'terms.lines[4].unitCost', false],
    ]);
    expect(group(verdict.groups, 'TOTAL')).toMatchObject({
      ok: false,
      costMinor: null,
      marginBps: null,
      shortfallMinor: null,
    });
    expect(group(verdict.groups, 'RECURRING').ok).toBe(true);
  });
});

describe('the floor itself', () => {
  test.each([
    ['exactly at the floor', '70.00', true],
    ['a penny of cost above', '70.01', false],
    ['a penny below', '69.99', true],
  ])('%s', (_name, cost, ok) => {
    expect(evaluateMargin(question(terms(line({ price: '100', cost })), floor(3_000))).ok).toBe(ok);
  });

  test('a margin that rounds to the floor is still below it', () => {
    const verdict = evaluateMargin(question(terms(line({ price: '10000', cost: '7000.01' })), floor(3_000)));
    expect(group(verdict.groups, 'TOTAL')).toMatchObject({
      marginBps: 2_999,
      shortfallBps: 1,
      shortfallMinor: 1n,
      ok: false,
    });
  });

  test('a rich recurring part does not hide a poor one-off part', () => {
    const own = terms(line({ price: '100', cost: '99' }), line({ ...monthly, price: '1000', cost: '1' }));
    const verdict = evaluateMargin(question(own, floor(3_000)));
    expect(verdict.groups.map(({ scope, ok }) => [scope, ok])).toEqual([
      ['TOTAL', true],
      ['ONE_OFF', false],
      ['RECURRING', true],
    ]);
    expect(verdict.findings.map(({ path }) => path)).toEqual(['margin.ONE_OFF']);
  });

  test('a line kind is judged apart only by floors that name it', () => {
    const own = terms(
      line({ kind: 'HARDWARE', price: '100', cost: '89' }),
      line({ kind: 'LABOUR', price: '900', cost: '400' }),
    );
    expect(evaluateMargin(question(own, floor(3_000))).groups.map(({ scope }) => scope)).toEqual(['TOTAL', 'ONE_OFF']);
    const strict = evaluateMargin(question(own, floor(3_000), floor(1_200, { lineKind: 'HARDWARE' })));
    expect(strict.findings.map(({ path }) => path)).toEqual(['margin.HARDWARE']);
    const narrow = evaluateMargin(
      question(own, floor(3_000), floor(1_200, { lineKind: 'HARDWARE', billing: 'ONE_OFF' })),
    );
    expect(narrow.findings.map(({ path }) => path)).toEqual(['margin.HARDWARE_ONE_OFF']);
    const template = floor(3_000, { serviceTemplate: 'managed-network' });
    expect(evaluateMargin(question(own, template, floor(1_000, { lineKind: 'HARDWARE' }))).ok).toBe(true);
  });
});

describe('defined answers', () => {
  const cases: [string, TermsLine[], [string, string, boolean][]][] = [
    ['no line', [], [['REVENUE_NOT_POSITIVE', 'margin.TOTAL', false]]],
    [
      'zero revenue at a cost',
      [line({ price: '0', cost: '5' })],
      [
        ['REVENUE_NOT_POSITIVE', 'margin.TOTAL', false],
        ['MARGIN_BELOW_FLOOR', 'margin.ONE_OFF', true],
      ],
    ],
    ['zero revenue at no cost', [line({ price: '0', cost: '0' })], [['REVENUE_NOT_POSITIVE', 'margin.TOTAL', false]]],
    [
      'negative revenue',
      [line({ price: '-10', cost: '0' })],
      [
        ['REVENUE_NOT_POSITIVE', 'margin.TOTAL', false],
        ['MARGIN_BELOW_FLOOR', 'margin.ONE_OFF', true],
      ],
    ],
    [
      'negative revenue with a larger refund of cost',
      [line({ price: '-10', cost: '-100' })],
      [
        ['REVENUE_NOT_POSITIVE', 'margin.TOTAL', false],
        ['MARGIN_BELOW_FLOOR', 'margin.ONE_OFF', true],
      ],
    ],
    [
      'a waived set-up fee',
      [line({ price: '0', cost: '5' }), line({ ...monthly, price: '100', cost: '10' })],
      [['MARGIN_BELOW_FLOOR', 'margin.ONE_OFF', true]],
    ],
    ['a free extra at no cost', [line({ price: '0', cost: '0' }), line({ ...monthly, price: '100', cost: '10' })], []],
    [
      'a credit on a paying contract',
      [line({ price: '-50', cost: '0' }), line({ ...monthly, price: '100', cost: '10' })],
      [['MARGIN_BELOW_FLOOR', 'margin.ONE_OFF', true]],
    ],
    [
      'a cost that is unknown in a part',
      [line({ price: '1', cost: null }), line({ ...monthly, price: '100', cost: '99' })],
      [
        ['COST_MISSING', 'terms.lines[1].unitCost', false],
        ['MARGIN_BELOW_FLOOR', 'margin.RECURRING', true],
      ],
    ],
  ];
  test.each(cases)('%s', (_name, lines, expected) => {
    const verdict = evaluateMargin(question(terms(...lines), floor(3_000)));
    expect(verdict.findings.map(({ code, path, exceptionable }) => [code, path, exceptionable])).toEqual(expected);
    expect(verdict.ok).toBe(expected.length === 0);
    expect(verdict.findings.every(({ severity }) => severity === 'BLOCKING')).toBe(true);
  });

  test('a rolling contract counts its first year', () => {
    const own = terms(line({ ...monthly, periods: null, price: '100', cost: '10' }));
    expect(evaluateMargin(question(own, floor(0))).groups[0]?.revenueMinor).toBe(120_000n);
  });

  test('a floor that is no whole number of basis points cannot let anything pass', () => {
    const own = question(terms(line({ price: '1', cost: '5' })), floor(Number.NaN));
    expect(() => evaluateMargin(own)).toThrow(RangeError);
  });
});

describe('which floor', () => {
  const total = { lineKind: '*', billing: '*' } as const;
  const asked = question(terms());
  const chosen = (...floors: MarginFloor[]): number | undefined => resolveFloor(total, { ...asked, floors })?.floorBps;

  test('the most specific: template before deal type before billing', () => {
    const template = floor(1, { serviceTemplate: 'managed-network' });
    const type = floor(2, { dealType: 'NEW' });
    expect(chosen(floor(3), type, template)).toBe(1);
    expect(chosen(type, floor(3))).toBe(2);
    const parts = { ...asked, floors: [floor(3), floor(4, { billing: 'ONE_OFF' })] };
    expect(resolveFloor({ lineKind: '*', billing: 'ONE_OFF' }, parts)?.floorBps).toBe(4);
    expect(resolveFloor({ lineKind: '*', billing: 'RECURRING' }, parts)?.floorBps).toBe(3);
    expect(resolveFloor(total, parts)?.floorBps).toBe(3);
  });

  test('an old specific floor before a new general one', () => {
    expect(chosen(floor(1, { dealType: 'NEW', from: '2020-01-01' }), floor(2, { from: '2026-09-01' }))).toBe(1);
  });

  test('the latest that has come; from its first day on', () => {
    expect(chosen(floor(1, { from: '2026-10-01' }), floor(2, { from: '2026-09-30' }))).toBe(1);
    expect(chosen(floor(1, { from: '2026-10-02' }), floor(2, { from: '2026-09-30' }))).toBe(2);
  });

  test('of two on the same day the higher, in either order', () => {
    expect(chosen(floor(1), floor(2))).toBe(2);
    expect(chosen(floor(2), floor(1))).toBe(2);
  });

  test('never one of another template or deal type', () => {
    expect(chosen(floor(1, { serviceTemplate: 'other' }), floor(2, { dealType: 'RENEWAL' }))).toBeUndefined();
  });

  test.each<[string, MarginFloor[], string[]]>([
    ['no floor at all', [], ['margin.ONE_OFF', 'margin.RECURRING']],
    ['one that has not come', [floor(0, { from: '2027-01-01' })], ['margin.ONE_OFF', 'margin.RECURRING']],
    ['the one-off part alone', [floor(0, { billing: 'ONE_OFF' })], ['margin.RECURRING']],
    ['a line kind alone', [floor(0, { lineKind: 'OTHER' })], ['margin.ONE_OFF', 'margin.RECURRING']],
    ['both parts, and none of the total', [floor(0, { billing: 'ONE_OFF' }), floor(0, { billing: 'RECURRING' })], []],
  ])('missing: %s', (_name, floors, paths) => {
    const own = terms(line({ price: '100', cost: '10' }), line({ ...monthly, price: '100', cost: '10' }));
    const verdict = evaluateMargin(question(own, ...floors));
    expect(verdict.findings.map(({ code, path, exceptionable }) => [code, path, exceptionable])).toEqual(
      paths.map((path) => ['MARGIN_FLOOR_MISSING', path, false]),
    );
    expect(verdict.ok).toBe(paths.length === 0);
  });
});

describe('properties', () => {
  const amounts = fc.bigInt(-(10n ** 12n), 10n ** 12n).map(String);
  const lines = fc.array(
    fc.record({
      totalMinor: amounts,
      costMinor: fc.option(amounts, { freq: 20 }),
      kind: fc.constantFrom('LABOUR', 'HARDWARE'),
      recurring: fc.boolean(),
    }),
    { maxLength: 6 },
  );
  const build = (
    raw: { totalMinor: string; costMinor: string | null; kind: 'LABOUR' | 'HARDWARE'; recurring: boolean }[],
  ): NormalisedTerms =>
    terms(
      ...raw.map(({ recurring, ...own }) => ({
        ...line({ price: '1', cost: '1' }),
        ...(recurring ? monthly : {}),
        ...own,
      })),
    );

  test('passes exactly when every sold part meets the floor as an exact rational and the contract earns', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 10_000 }), (raw, floorBps) => {
        const own = build(raw);
        const verdict = evaluateMargin(question(own, floor(floorBps)));
        const meets = (part: readonly TermsLine[]): boolean => {
          let keep = 0n; // 10000 * (revenue - cost) - floor * revenue, line by line
          let revenue = 0n;
          for (const { totalMinor, costMinor, ...rest } of part) {
            if (costMinor === null) return false;
            const times = contractPeriods(rest);
            keep += times * (BigInt(totalMinor) * BigInt(10_000 - floorBps) - BigInt(costMinor) * 10_000n);
            revenue += times * BigInt(totalMinor);
          }
          return revenue >= 0n && keep >= 0n;
        };
        const of = (billing: string): TermsLine[] => own.lines.filter((l) => l.billing === billing);
        const revenue = own.lines.reduce((sum, l) => sum + contractPeriods(l) * BigInt(l.totalMinor), 0n);
        const expected = revenue > 0n && meets(own.lines) && meets(of('ONE_OFF')) && meets(of('RECURRING'));
        expect(verdict.ok).toBe(expected);
        expect(verdict.groups.every(({ ok }) => ok)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('a higher floor never lets more pass, and a lower cost never less', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 9_999 }), (raw, floorBps) => {
        const own = build(raw);
        if (evaluateMargin(question(own, floor(floorBps + 1))).ok) {
          expect(evaluateMargin(question(own, floor(floorBps))).ok).toBe(true);
        }
        if (evaluateMargin(question(own, floor(floorBps))).ok) {
          const cheaper = raw.map((l) => ({
            ...l,
            costMinor: l.costMinor === null ? null : (BigInt(l.costMinor) - 1n).toString(),
          }));
          expect(evaluateMargin(question(build(cheaper), floor(floorBps))).ok).toBe(true);
        }
      }),
    );
  });

  test('the facts of every finding are JSON', () => {
    fc.assert(
      fc.property(lines, (raw) => {
        expect(() => canonicalJson(evaluateMargin(question(build(raw), floor(3_000))).findings)).not.toThrow();
      }),
    );
  });
});
