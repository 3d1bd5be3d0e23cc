import * as fc from 'fast-check';
import { canonicalJson } from '../../src/core/canonical.js';
import { contractPeriods, type NormalisedTerms, type TermsLine } from '../../src/deal/terms.rules.js';
import { type MarginFloor, resolveFloor } from '../../src/margin/floor.rules.js';
import { evaluateMargin } from '../../src/margin/margin.rules.js';
import { floor, line, monthly, question, terms } from './margin.kit.js';

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
