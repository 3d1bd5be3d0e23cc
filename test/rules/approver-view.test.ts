import fc from 'fast-check';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { DealSnapshot } from '../../src/deal/deal.entity.js';
import {
  BILLINGS,
  digestOfTerms,
  LINE_KINDS,
  type NormalisedTerms,
  type TermsLine,
} from '../../src/deal/terms.rules.js';
import { governedDigest } from '../../src/handoff/handoff.rules.js';
import { figuresOf, type PastException } from '../../src/margin/exception-history.rules.js';
import { linesAgainstFloors, worstPart } from '../../src/margin/exception-lines.rules.js';
import { governedTermsOf } from '../../src/margin/governed-terms.rules.js';
import { evaluateMargin } from '../../src/margin/margin.rules.js';
import { contentChange } from '../../src/margin/terms-change.rules.js';
import { floor, line, monthly, question, terms } from './margin.kit.js';

const major = (cents: number): string => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
const anyLine: fc.Arbitrary<TermsLine> = fc
  .record({
    price: fc.integer({ min: 0, max: 900_000 }),
    cost: fc.integer({ min: 0, max: 900_000 }),
    kind: fc.constantFrom(...LINE_KINDS),
    billing: fc.constantFrom(...BILLINGS),
    externalId: fc.option(fc.constantFrom('1', '2', '3', '4'), { nil: null }),
    description: fc.constantFrom('a', 'b'),
  })
  .map(({ price, cost, billing, ...rest }) =>
    line({ price: major(price), cost: major(cost), ...(billing === 'RECURRING' ? monthly : {}), ...rest }),
  );
const anyTerms = fc.array(anyLine, { maxLength: 6 }).map((lines) => terms(...lines));
const content = (own: NormalisedTerms, dealType = 'RENEWAL') => ({
  terms: own,
  serviceTemplate: 'managed-network',
  dealType,
});

describe('lines against the floors', () => {
  it('add up to the shortfall of the worst part, within a minor unit a line', () => {
    fc.assert(
      fc.property(
        anyTerms,
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        (own, all, labour) => {
          const { groups } = evaluateMargin(question(own, floor(all), floor(labour, { lineKind: 'LABOUR' })));
          const worst = worstPart(groups);
          const added = linesAgainstFloors(own.lines, groups).flatMap(
            ({ contributionMinor }) => contributionMinor ?? [],
          );
          if (!worst) return added.length === 0;
          const over = added.reduce((sum, minor) => sum + minor, 0n) - worst.shortfallMinor!;
          return over >= 0n && over < BigInt(Math.max(1, added.length));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are held against the narrowest floor, and add to the worst part alone', () => {
    const own = terms(
      line({ price: '100.00', cost: '95.00', kind: 'HARDWARE' }),
      line({ price: '100.00', cost: '60.00', kind: 'LABOUR' }),
      line({ price: '10.00', cost: '9.00', ...monthly }),
    );
    const { groups } = evaluateMargin(
      question(own, floor(1000), floor(2000, { lineKind: 'HARDWARE' }), floor(500, { billing: 'RECURRING' })),
    );
    expect(worstPart(groups)?.scope).toBe('HARDWARE');
    expect(
      linesAgainstFloors(own.lines, groups).map((found) => [found.floorScope, found.floorBps, found.contributionMinor]),
    ).toEqual([
      ['HARDWARE', 2000, 1500n],
      ['ONE_OFF', 1000, null],
      ['RECURRING', 500, null],
    ]);
  });

  it('say nothing of a line whose cost is unknown', () => {
    const own = terms(line({ price: '100.00', cost: null }), line({ price: '100.00', cost: '99.00' }));
    const parts = [{ scope: 'TOTAL', floorBps: 3000, shortfallMinor: 1n }];
    expect(linesAgainstFloors(own.lines, parts).map(({ contributionMinor }) => contributionMinor)).toEqual([
      null,
      2900n,
    ]);
  });
});

describe('what changed between two contents', () => {
  it('is nothing exactly where their digests are the same', () => {
    fc.assert(
      fc.property(anyTerms, anyTerms, (one, other) => {
        const { fields, lines, reordered } = contentChange(content(one), content(other));
        const same = fields.length === 0 && lines.length === 0 && !reordered;
        return same === (digestOfTerms(one) === digestOfTerms(other));
      }),
      { numRuns: 1000 },
    );
  });

  it('turns around with its two sides', () => {
    fc.assert(
      fc.property(anyTerms, anyTerms, (one, other) => {
        const there = contentChange(content(one), content(other));
        const back = contentChange(content(other), content(one));
        const count = (of: typeof there, kind: string): number => of.lines.filter((own) => own.kind === kind).length;
        expect(count(there, 'ADDED')).toBe(count(back, 'REMOVED'));
        expect(count(there, 'CHANGED')).toBe(count(back, 'CHANGED'));
        expect([there.revenueBeforeMinor, there.costAfterMinor]).toEqual([
          back.revenueAfterMinor,
          back.costBeforeMinor,
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it('names each value before and after, costs apart', () => {
    const old = line({ externalId: '7', price: '100.00', cost: '60.00', description: 'Firewall' });
    const gone = line({ externalId: '8', price: '20.00', cost: '10.00', description: 'Cable' });
    const young = line({ externalId: '7', price: '90.00', cost: '65.00', description: 'Firewall' });
    const extra = line({ externalId: '9', price: '5.00', cost: null, description: 'Label' });
    const change = contentChange(content(terms(old, gone)), content(terms(extra, young), 'UPSELL'));
    expect(change.fields).toEqual([{ field: 'dealType', before: 'RENEWAL', after: 'UPSELL' }]);
    expect(change.lines.map(({ kind, position, description }) => [kind, position, description])).toEqual([
      ['ADDED', 1, 'Label'],
      ['CHANGED', 2, 'Firewall'],
      ['REMOVED', 2, 'Cable'],
    ]);
    expect(change.lines[1]).toMatchObject({
      fields: [
        { field: 'unitPrice', before: '100.00', after: '90.00' },
        { field: 'total', before: '100.00', after: '90.00' },
      ],
      costs: [
        { field: 'unitCost', before: '60.00', after: '65.00' },
        { field: 'cost', before: '60.00', after: '65.00' },
      ],
    });
    expect(change.lines[0]!.costs).toEqual([]);
    expect(change).toMatchObject({ revenueBeforeMinor: 12_000n, revenueAfterMinor: 9_500n, costAfterMinor: null });
  });
});

describe('the terms behind a digest', () => {
  const snapshot = (revision: number, termsDigest: string): DealSnapshot =>
    Object.assign(new DealSnapshot(), { revision, termsDigest });
  const snapshots = [snapshot(1, 'a'.repeat(64)), snapshot(2, 'b'.repeat(64)), snapshot(3, 'a'.repeat(64))];

  it('are found by the digest alone, and never guessed', () => {
    const asked = { dealTermsDigest: 'b'.repeat(64), serviceTemplate: 'backup', dealType: 'UPSELL' };
    const found = governedTermsOf(governedDigest(asked), snapshots, ['managed-network', 'backup']);
    expect(found).toEqual({ snapshot: snapshots[1], serviceTemplate: 'backup', dealType: 'UPSELL' });
    expect(governedTermsOf(governedDigest(asked), snapshots, ['managed-network'])).toBeNull();
    expect(governedTermsOf('c'.repeat(64), snapshots, ['backup'])).toBeNull();
  });
});

describe('the history of exceptions', () => {
  const NOW = new Date('2026-11-23T14:00:00.000Z');
  const hours = (n: number): Date => new Date(NOW.getTime() + n * 3_600_000);
  const past = (parts: Partial<PastException>): PastException => ({
    requestId: 'r',
    requesterId: 'p',
    serviceTemplate: 's',
    clientId: 'c',
    state: ApprovalState.PENDING,
    openedAt: hours(-100),
    expiresAt: hours(10),
    decidedAt: null,
    grantedAt: null,
    shortfallMinor: 100n,
    ...parts,
  });

  it('counts fates, money and the median of the answers', () => {
    const all = [
      past({ requestId: '1' }),
      past({ requestId: '2', expiresAt: hours(0) }),
      past({ requestId: '3', state: ApprovalState.EXPIRED, shortfallMinor: null }),
      past({ requestId: '4', state: ApprovalState.EXPIRED, grantedAt: hours(-90) }),
      past({ requestId: '5', state: ApprovalState.USED, grantedAt: hours(-99.5) }),
      past({ requestId: '6', state: ApprovalState.APPROVED, grantedAt: hours(-96.75) }),
      past({ requestId: '7', state: ApprovalState.REJECTED, decidedAt: hours(-98) }),
      past({ requestId: '8', state: ApprovalState.WITHDRAWN, decidedAt: hours(-1) }),
    ];
    expect(figuresOf(all, NOW)).toEqual({
      asked: 8,
      approved: 3,
      rejected: 1,
      expired: 2,
      shortfallMinor: 700n,
      // Of 0.5, 2, 3.25 and 10 hours.
      medianDecisionHours: '2.6',
      latestIds: ['8', '7', '6', '5', '4'],
    });
  });

  it('of nothing is nothing', () => {
    expect(figuresOf([], NOW)).toMatchObject({
      asked: 0,
      shortfallMinor: 0n,
      medianDecisionHours: null,
      latestIds: [],
    });
  });

  it('never has more answers than questions', () => {
    const any = fc
      .record({
        state: fc.constantFrom(...Object.values(ApprovalState)),
        granted: fc.boolean(),
        due: fc.integer({ min: -5, max: 5 }),
      })
      .map(({ state, granted, due }) => past({ state, grantedAt: granted ? hours(-50) : null, expiresAt: hours(due) }));
    fc.assert(
      fc.property(fc.array(any), (all) => {
        const { asked, approved, rejected, expired } = figuresOf(all, NOW);
        return asked === all.length && approved + rejected + expired <= asked;
      }),
    );
  });
});
