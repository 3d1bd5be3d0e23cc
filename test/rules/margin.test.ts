import type { NormalisedTerms, TermsLine } from '../../src/deal/terms.rules.js';
import { evaluateMargin } from '../../src/margin/margin.rules.js';
import { floor, group, line, monthly, question, sampleTerms, terms } from './margin.kit.js';

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
        discloses: 'MARGIN',
      },
      expect.objectContaining({ code: 'MARGIN_BELOW_FLOOR', path: 'margin.RECURRING', exceptionable: true }),
    ]);
    expect(verdict.shortfallMinor).toBe(347_040n);
    expect(group(verdict.groups, 'ONE_OFF').ok).toBe(true);
  });

  test('the remedy of the finding is enough, and a penny less is not', () => {
    const own = sampleTerms('managed-network-below-floor');
    const rise = evaluateMargin(question(own, floor(3_000))).findings.reduce((most, { facts }) => {
      const minor = BigInt(facts['priceShortfallMinor'] as string);
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

  test('the same figures under a higher floor are a finding of their own', () => {
    const own = terms(line({ price: '100', cost: '99' }));
    const verdict = evaluateMargin(question(own, floor(3_000), floor(4_000, { billing: 'ONE_OFF' })));
    expect(verdict.findings.map(({ path, facts }) => [path, facts['floorBps']])).toEqual([
      ['margin.TOTAL', 3_000],
      ['margin.ONE_OFF', 4_000],
    ]);
    expect(verdict.shortfallMinor).toBe(3_900n);
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
