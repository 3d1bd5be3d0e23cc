import * as fc from 'fast-check';
import type { RuledConfiguration } from '../../src/catalogue/configuration.js';
import { approversNeeded } from '../../src/approval/need.rules.js';
import { changedLines, type StandingLine, withChanges } from '../../src/scope-change/budget-lines.rules.js';
import { causeFindings, isIncident } from '../../src/scope-change/cause.rules.js';
import { contentDigest, type ScopeChangeContent } from '../../src/scope-change/content.rules.js';
import { exceedsRate, hoursEffect, marginEffect, type Sums } from '../../src/scope-change/effect.rules.js';
import { brokenFloors } from '../../src/scope-change/floor-break.rules.js';
import { judgeChange } from '../../src/scope-change/judgement.rules.js';
import { type LossCase, type PriorLoss, weighLoss } from '../../src/scope-change/loss.rules.js';
import { CauseItemType, ScopeChangeCause } from '../../src/scope-change/scope-change.entity.js';
import { sample } from './catalogue.kit.js';

const NOW = new Date('2026-11-23T14:00:00.000Z');
const amount = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
const sums: fc.Arbitrary<Sums> = fc.record({ priceMinor: amount, costMinor: fc.bigInt({ min: 0n, max: 10n ** 12n }) });
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

describe('the effect on the margin', () => {
  it('is exact in money, and in basis points the rate lost or won, rounded against who asks', () => {
    fc.assert(
      fc.property(sums, sums, (baseline, proposed) => {
        const { marginEffectMinor, marginEffectBps } = marginEffect(baseline, proposed);
        const gained = proposed.priceMinor - baseline.priceMinor;
        expect(marginEffectMinor).toBe(gained - (proposed.costMinor - baseline.costMinor));
        if (baseline.priceMinor <= 0n || proposed.priceMinor <= 0n) {
          expect(marginEffectBps).toBeNull();
          return;
        }
        // bps <= exact < bps + 1, where exact = 10000 (m1 / p1 - m0 / p0).
        const [p0, p1] = [baseline.priceMinor, proposed.priceMinor];
        const exact = 10_000n * ((p1 - proposed.costMinor) * p0 - (p0 - baseline.costMinor) * p1);
        if (Math.abs(marginEffectBps!) < 2_000_000_000) {
          expect(BigInt(marginEffectBps!) * p0 * p1 <= exact).toBe(true);
          expect(exact < (BigInt(marginEffectBps!) + 1n) * p0 * p1).toBe(true);
        }
        for (const limit of [0, 1, 200]) {
          expect(exceedsRate({ baseline, proposed }, limit)).toBe(-exact > BigInt(limit) * p0 * p1);
        }
      }),
    );
  });

  it('shows half a point lost as one, and does not take it for more than a limit of none', () => {
    // 30.00 % against 29.995 %.
    const baseline = { priceMinor: 2_000_000n, costMinor: 1_400_000n };
    const proposed = { priceMinor: 2_000_000n, costMinor: 1_400_100n };
    expect(marginEffect(baseline, proposed)).toMatchObject({ marginEffectMinor: -100n, marginEffectBps: -1 });
    expect([exceedsRate({ baseline, proposed }, 0), exceedsRate({ baseline, proposed }, 1)]).toEqual([true, false]);
  });

  it('counts hours as decimals', () => {
    expect(hoursEffect(['0.1', '0.2'], ['0.3'])).toBe('0');
    expect(hoursEffect(['10'], ['12.5', '4'])).toBe('6.5');
    expect(hoursEffect(['10'], [])).toBe('-10');
  });
});

const line = (budgetType: string, position: number, parts: Partial<StandingLine> = {}): StandingLine => ({
  position,
  budgetType,
  label: budgetType,
  hours: '10',
  costMinor: 60_000n,
  priceMinor: 100_000n,
  ...parts,
});
const STANDING = [line('engineering', 1), line('equipment', 2, { hours: '0' })];
const TYPES = [
  { key: 'engineering', label: 'Engineering', lineKinds: ['LABOUR' as const] },
  { key: 'equipment', label: 'Equipment', lineKinds: ['HARDWARE' as const, 'LICENCE' as const] },
  { key: 'run', label: 'Managed service', lineKinds: ['SERVICE' as const] },
];
const asked = (budgetType: string, hours = '12', cost = '700.00', price = '1200.00') => ({
  budgetType,
  hours,
  cost,
  price,
});

describe('the lines of a change', () => {
  it('change what the baseline has, add what the service template has, and leave the rest', () => {
    const { lines, findings } = changedLines(STANDING, TYPES, [asked('engineering'), asked('run', '0')], 'GBP');
    expect(findings).toEqual([]);
    expect(lines).toMatchObject([
      { position: 1, budgetType: 'engineering', formerHours: '10', formerPriceMinor: 100_000n, priceMinor: 120_000n },
      { position: 3, budgetType: 'run', label: 'Managed service', formerHours: null, formerCostMinor: null },
    ]);
    expect(withChanges(STANDING, lines)).toMatchObject([
      { position: 1, budgetType: 'engineering', hours: '12', costMinor: 70_000n, priceMinor: 120_000n },
      { position: 2, budgetType: 'equipment', hours: '0', costMinor: 60_000n },
      { position: 3, budgetType: 'run', costMinor: 70_000n },
    ]);
  });

  it.each([
    { name: 'an unknown budget type', lines: [asked('telephony')], found: ['BUDGET_TYPE_UNKNOWN'] },
    { name: 'one named twice', lines: [asked('run'), asked('run', '3')], found: ['BUDGET_TYPE_TWICE'] },
    { name: 'what stands already', lines: [asked('engineering', '10.0', '600', '1000')], found: ['LINE_UNCHANGED'] },
    { name: 'hours below zero', lines: [asked('run', '-1')], found: ['AMOUNT_NEGATIVE'] },
    { name: 'a cost below zero', lines: [asked('run', '1', '-0.01')], found: ['AMOUNT_NEGATIVE'] },
    { name: 'a tenth of a penny', lines: [asked('run', '1', '1.001')], found: ['AMOUNT_INVALID'] },
    { name: 'more than any budget', lines: [asked('run', '1', '1', '99999999999999')], found: ['AMOUNT_TOO_LARGE'] },
    {
      name: 'all of it at once',
      lines: [asked('telephony', '-1', '0.001')],
      found: ['AMOUNT_INVALID', 'AMOUNT_NEGATIVE', 'BUDGET_TYPE_UNKNOWN'],
    },
  ])('find $name', ({ lines, found }) => {
    expect(codes(changedLines(STANDING, TYPES, lines, 'GBP').findings)).toEqual(found);
  });

  it('take a credit as a price, and nothing as a line without a budget', () => {
    expect(changedLines(STANDING, TYPES, [asked('run', '0', '0', '-250.00')], 'GBP').findings).toEqual([]);
    expect(changedLines(STANDING, TYPES, [asked('equipment', '0', '0', '0')], 'GBP').findings).toEqual([]);
  });
});

describe('the cause', () => {
  const types = [null, ...Object.values(CauseItemType)];
  const every = Object.values(ScopeChangeCause).flatMap((cause) =>
    types.flatMap((causeItemType) => [null, 'id'].map((causeItemId) => ({ cause, causeItemType, causeItemId }))),
  );

  it('is sound exactly where the database takes it', () => {
    for (const traced of every) {
      const incident = ['MISSING', 'WRONG', 'AMBIGUOUS'].includes(traced.cause);
      const taken =
        incident === (traced.causeItemType !== null) &&
        (traced.causeItemId === null || incident) &&
        (traced.causeItemId !== null || !['WRONG', 'AMBIGUOUS'].includes(traced.cause));
      expect([traced, causeFindings(traced).length === 0]).toEqual([traced, taken]);
    }
  });

  it('is an incident where it lies in the handoff', () => {
    const incidents = Object.values(ScopeChangeCause).filter((cause) => isIncident({ cause }));
    expect(incidents).toEqual(['MISSING', 'WRONG', 'AMBIGUOUS']);
  });

  it('says what is missing, all at once', () => {
    const wrong = { cause: ScopeChangeCause.WRONG, causeItemType: null, causeItemId: null };
    expect(causeFindings(wrong).map(({ path }) => path)).toEqual(['causeItemType', 'causeItemId']);
  });
});

describe('the digest', () => {
  const { lines } = changedLines(STANDING, TYPES, [asked('engineering'), asked('run')], 'GBP');
  const content: ScopeChangeContent = {
    id: 'a',
    handoffId: 'h',
    baseline: { id: 'b', version: 2, contentDigest: 'd'.repeat(64) },
    currency: 'GBP',
    description: 'Two more switches.',
    lines,
    dateEffectDays: 3,
    evidenceUrl: null,
    cause: ScopeChangeCause.WRONG,
    causeItemType: CauseItemType.STATEMENT,
    causeItemId: 's',
  };

  it('is of the content and not of the order in which it was given', () => {
    expect(contentDigest({ ...content, lines: lines.toReversed() })).toBe(contentDigest(content));
  });

  it('is another one for every part that is another', () => {
    const [first, second] = lines as [(typeof lines)[0], (typeof lines)[0]];
    const others: Partial<ScopeChangeContent>[] = [
      { id: 'z' },
      { handoffId: 'z' },
      { baseline: { ...content.baseline, version: 3 } },
      { baseline: { ...content.baseline, id: 'z' } },
      { currency: 'EUR' },
      { description: 'Three more switches.' },
      { dateEffectDays: 4 },
      { evidenceUrl: 'https://example.com/a' },
      { cause: ScopeChangeCause.AMBIGUOUS },
      { causeItemType: CauseItemType.RISK },
      { causeItemId: 'z' },
      { lines: [first] },
      ...(['hours', 'costMinor', 'priceMinor', 'formerHours', 'formerCostMinor', 'formerPriceMinor'] as const).map(
        (name) => ({ lines: [{ ...first, [name]: name.endsWith('ours') ? '99' : 99n }, second] }),
      ),
    ];
    const digests = others.map((other) => contentDigest({ ...content, ...other }));
    expect(new Set([contentDigest(content), ...digests]).size).toBe(others.length + 1);
  });
});

const configuration = sample() as unknown as RuledConfiguration;
const loss = (parts: Partial<LossCase> & { baseline?: Sums; proposed?: Sums } = {}): LossCase => {
  const { baseline = sum(10_000_000n, 6_000_000n), proposed = sum(10_000_000n, 6_000_000n), ...rest } = parts;
  const effect = marginEffect(baseline, proposed);
  return {
    effect,
    currency: 'GBP',
    broken: [],
    priors: [],
    dealType: 'EXPANSION',
    on: '2026-11-23',
    now: NOW,
    ...rest,
  };
};
const sum = (priceMinor: bigint, costMinor: bigint): Sums => ({ priceMinor, costMinor });
const prior = (lossMinor: bigint, currency = 'GBP', openedAt = NOW): PriorLoss => ({
  requestId: 'r',
  openedAt,
  currency,
  lossMinor,
});
const RANK = ['BELOW', 'MATERIAL', 'GRAVE'];
const dearer = (minor: bigint): Sums => sum(10_000_000n, 6_000_000n + minor);

// The sample's threshold: GBP 2,500 or 200 basis points.
describe('who answers for a loss', () => {
  it.each([
    { name: 'no loss', proposed: dearer(0n), gravity: 'BELOW' },
    { name: 'a gain', proposed: sum(11_000_000n, 6_000_000n), gravity: 'BELOW' },
    { name: 'exactly 200 points, which is 2,000 pounds', proposed: dearer(200_000n), gravity: 'BELOW' },
    { name: 'a penny more', proposed: dearer(200_001n), gravity: 'MATERIAL' },
    { name: 'points alone, with more money earned', proposed: sum(20_000_000n, 15_000_000n), gravity: 'MATERIAL' },
    { name: 'no price any more', proposed: sum(0n, 6_000_000n), gravity: 'MATERIAL' },
  ])('$name is $gravity', ({ proposed, gravity }) => {
    expect(weighLoss(configuration, loss({ proposed })).gravity).toBe(gravity);
  });

  it('a broken floor is material without any loss', () => {
    const broken = [{ scope: 'TOTAL', floorBps: 3000 }];
    expect(weighLoss(configuration, loss({ broken }))).toMatchObject({ gravity: 'MATERIAL', brokenFloors: ['TOTAL'] });
  });

  it('counts the client’s other losses of the window, and none of another time or for a change that loses nothing', () => {
    const small = { proposed: dearer(100_000n) };
    expect(weighLoss(configuration, loss({ ...small, priors: [prior(150_000n)] })).gravity).toBe('BELOW');
    expect(weighLoss(configuration, loss({ ...small, priors: [prior(150_001n)] })).gravity).toBe('MATERIAL');
    const old = new Date(NOW.getTime() - 91 * 86_400_000);
    expect(weighLoss(configuration, loss({ ...small, priors: [prior(900_000n, 'GBP', old)] })).gravity).toBe('BELOW');
    expect(weighLoss(configuration, loss({ priors: [prior(900_000n)] })).gravity).toBe('BELOW');
  });

  it('reads another currency by its rate, and holds what has none for material', () => {
    const euros = { currency: 'EUR', proposed: dearer(100n) };
    expect(weighLoss(configuration, loss(euros))).toMatchObject({ gravity: 'BELOW', lossMinor: '88' });
    expect(weighLoss(configuration, loss({ ...euros, currency: 'CHF' }))).toMatchObject({
      gravity: 'MATERIAL',
      lossMinor: null,
    });
  });

  it('is never less grave for a larger loss, and a loss cut in two is as grave as the whole in money', () => {
    const rank = (asked_: LossCase): number => RANK.indexOf(weighLoss(configuration, asked_).gravity);
    const cents = fc.bigInt({ min: 0n, max: 5_000_000n });
    fc.assert(
      fc.property(cents, cents, (one, more) => {
        const whole = loss({ proposed: dearer(one + more) });
        expect(rank(whole)).toBeGreaterThanOrEqual(rank(loss({ proposed: dearer(one) })));
        if (one > 0n && one + more > 250_000n) {
          expect(rank(loss({ proposed: dearer(one), priors: [prior(more)] }))).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });

  it('asks two people above, one below, and what a stricter ruling policy asks', () => {
    const ruling = structuredClone(configuration);
    ruling.approvalPolicy.rebaseline.below = { approvers: 2, roles: ['FINANCE_APPROVER'] };
    const standing = [line('engineering', 1, { costMinor: 6_000_000n, priceMinor: 10_000_000n })];
    const judge = (costMinor: bigint, present = configuration) =>
      judgeChange({
        configuration,
        ruling: present,
        handoff: { serviceTemplate: 'managed-network', dealType: 'EXPANSION' as never },
        currency: 'GBP',
        baselineLines: standing,
        changed: [{ ...standing[0]!, costMinor }],
        priors: [],
        handleIds: new Map(),
        now: NOW,
      });
    expect(approversNeeded(judge(6_000_000n).need)).toBe(1);
    expect(approversNeeded(judge(6_500_000n).need)).toBe(2);
    expect(approversNeeded(judge(6_000_000n, ruling).need)).toBe(2);
    // 35 % for labour: the whole contract's floor is met, the kind's is broken.
    expect(judge(6_600_000n).weighing.brokenFloors).toEqual(['LABOUR']);
  });
});

describe('a floor', () => {
  const ground = {
    floors: [configuration.marginFloors],
    serviceTemplate: 'managed-network',
    dealType: 'NEW_BUSINESS',
    on: '2026-11-23',
  };
  const total = (costMinor: bigint) => [{ ...line('equipment', 1), costMinor, priceMinor: 100_000n }];
  // 30 % for the whole contract.
  it.each([
    { name: 'met before and after', from: 60_000n, to: 70_000n, broken: [] },
    { name: 'met before and not after', from: 70_000n, to: 70_001n, broken: ['TOTAL'] },
    { name: 'missed before and no worse', from: 80_000n, to: 80_000n, broken: [] },
    { name: 'missed before and better', from: 80_000n, to: 75_000n, broken: [] },
    { name: 'missed before and worse', from: 80_000n, to: 80_001n, broken: ['TOTAL'] },
  ])('$name breaks $broken', ({ from, to, broken }) => {
    expect(brokenFloors(total(from), total(to), TYPES, ground).map(({ scope }) => scope)).toEqual(broken);
  });
});
