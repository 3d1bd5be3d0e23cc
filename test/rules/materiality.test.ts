import * as fc from 'fast-check';
import type { RuledConfiguration } from '../../src/catalogue/configuration.js';
import { approversNeeded } from '../../src/approval/need.rules.js';
import type { MarginGroup, MarginVerdict } from '../../src/margin/margin.rules.js';
import {
  breakGlassOf,
  needFor,
  needOfLevel,
  type PriorException,
  strictestNeed,
  weigh,
} from '../../src/margin/materiality.rules.js';

const NOW = new Date('2026-11-23T14:00:00.000Z');
const DAY = 86_400_000;
const EXPONENTS: Readonly<Record<string, number>> = { GBP: 2, EUR: 2, JPY: 0, KWD: 3 };
const PLACES = 30;

const level = (approvers: number) => ({ approvers, roles: ['FINANCE_APPROVER'] });
interface Policy {
  readonly limit?: number;
  readonly bps?: number;
  readonly share?: number;
  readonly grave?: number;
  readonly rates?: Readonly<Record<string, string>>;
  readonly days?: number;
}
const policyOf = ({
  limit = 10_000,
  bps = 10_000,
  share,
  grave,
  rates = {},
  days = 90,
}: Policy): RuledConfiguration => {
  const part = share === undefined ? {} : { shortfallShareBps: share };
  const marginException = {
    materiality: { shortfallMinor: limit, shortfallBps: bps, ...part },
    below: level(1),
    above: level(2),
    ...(grave === undefined
      ? {}
      : { grave: { beyond: { shortfallMinor: grave, shortfallBps: 10_000 }, level: level(3) } }),
    byDealType: { RENEWAL: { above: level(4) } },
    clientWindowDays: days,
  };
  const exchangeRates = Object.entries(rates).map(([currency, rate]) => ({
    currency,
    rate,
    from: '2026-01-01',
    source: 's',
  }));
  return {
    tenant: { currency: 'GBP', timeZone: 'Europe/London' },
    approvalPolicy: { marginException, exchangeRates, roleCoolDownHours: 24 },
  } as unknown as RuledConfiguration;
};
const group = (parts: Partial<MarginGroup>): MarginGroup =>
  ({ shortfallMinor: 0n, shortfallBps: 0, revenueMinor: 100_000n, floorBps: 3000, ...parts }) as MarginGroup;
const prior = (shortfallMinor: bigint, currency = 'GBP', openedAt = NOW): PriorException => ({
  requestId: `r${shortfallMinor}`,
  handoffId: 'h',
  openedAt,
  currency,
  shortfallMinor,
});
const weighing = (
  policy: Policy,
  below: readonly MarginGroup[],
  currency = 'GBP',
  priors: readonly PriorException[] = [],
) =>
  weigh(policyOf(policy), {
    verdict: { currency } as MarginVerdict,
    below,
    dealType: 'NEW_BUSINESS',
    priors,
    on: '2026-11-23',
    now: NOW,
  });

/** An amount in the tenant's minor units, by plain long multiplication of decimal texts, rounded up. */
function converted(minor: bigint, currency: string, rate: string): bigint {
  const [whole, fraction = ''] = rate.split('.');
  const places = BigInt(`${whole}${fraction}`.padEnd(whole!.length + PLACES, '0'));
  const product = minor * places * 10n ** BigInt(EXPONENTS.GBP!);
  const scale = 10n ** BigInt(PLACES + EXPONENTS[currency]!);
  return product % scale === 0n ? product / scale : product / scale + 1n;
}

const rate = fc
  .tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 999_999 }))
  .map(([whole, part]) => `${whole}.${String(part).padStart(6, '0')}`);
const amount = fc.bigInt({ min: 1n, max: 5_000_000n });
const currency = fc.constantFrom('GBP', 'EUR', 'JPY', 'KWD');

describe('money', () => {
  it('is weighed in the tenant’s currency, with what the client misses elsewhere, exactly', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.record({ EUR: rate, JPY: rate, KWD: rate }),
        currency,
        fc.array(amount, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(amount, currency, fc.integer({ min: 0, max: 120 })), { maxLength: 3 }),
        fc.integer({ min: -2, max: 2 }),
        (rates, own, missed, others, offset) => {
          const rateOf = (code: string): string => (code === 'GBP' ? '1' : rates[code as 'EUR']);
          const missing = missed.map((minor) => converted(minor, own, rateOf(own)));
          const most = missing.reduce((one, other) => (one > other ? one : other));
          const within = others.filter(([, , days]) => days <= 90);
          const elsewhere = within.reduce((sum, [minor, code]) => sum + converted(minor, code, rateOf(code)), 0n);
          // The threshold lies close by, so that a unit too many or too few is noticed.
          const limit = Number(most + elsewhere) + offset;
          if (limit < 0) return;
          const found = weighing(
            { limit, grave: limit + 1, rates },
            missed.map((shortfallMinor) => group({ shortfallMinor })),
            own,
            others.map(([minor, code, days]) => prior(minor, code, new Date(NOW.getTime() - days * DAY))),
          );
          expect(found.shortfallMinor).toBe(most.toString());
          expect(found.priorMinor).toBe(elsewhere.toString());
          expect(found.gravity).toBe(offset >= 0 ? 'BELOW' : offset === -1 ? 'MATERIAL' : 'GRAVE');
          seen.add(found.gravity);
        },
      ),
      { numRuns: 2000 },
    );
    expect([...seen].sort()).toEqual(['BELOW', 'GRAVE', 'MATERIAL']);
  });

  it('in a currency without a rate is always as grave as can be', () => {
    const own = [group({ shortfallMinor: 1n })];
    expect(weighing({ limit: 9e12, grave: 9e12 }, own, 'EUR')).toMatchObject({
      gravity: 'GRAVE',
      shortfallMinor: null,
    });
    expect(weighing({ limit: 9e12 }, own, 'GBP', [prior(1n, 'EUR')])).toMatchObject({
      gravity: 'MATERIAL',
      priorMinor: null,
    });
    expect(weighing({ limit: 9e12, grave: 9e12 }, [group({ shortfallMinor: null })])).toMatchObject({
      gravity: 'GRAVE',
    });
  });

  it('counts a window of whole days, the last instant included', () => {
    const at = (ms: number) =>
      weighing({ days: 30 }, [group({ shortfallMinor: 1n })], 'GBP', [
        prior(10_000n, 'GBP', new Date(NOW.getTime() - ms)),
      ]);
    expect(at(30 * DAY).gravity).toBe('MATERIAL');
    expect(at(30 * DAY + 1)).toMatchObject({ gravity: 'BELOW', priorRequestIds: [] });
  });
});

describe('rates', () => {
  it('of the floor and of the margin it asks for: strictly above is material', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10_000_000n }),
        fc.integer({ min: 1, max: 9_999 }),
        fc.bigInt({ min: 0n, max: 10_000_000n }),
        fc.integer({ min: 0, max: 20_000 }),
        (revenueMinor, floorBps, shortfallMinor, share) => {
          const found = weighing({ limit: 1e12, share }, [group({ revenueMinor, floorBps, shortfallMinor })]);
          // shortfall / (revenue * floor) > share, each a rate of ten thousand, without a fraction.
          const isAbove = shortfallMinor * 100_000_000n > BigInt(share) * revenueMinor * BigInt(floorBps);
          expect(found.gravity).toBe(isAbove ? 'MATERIAL' : 'BELOW');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    { what: 'at the points', parts: { shortfallBps: 300 }, gravity: 'BELOW' },
    { what: 'above the points', parts: { shortfallBps: 301 }, gravity: 'MATERIAL' },
    { what: 'no rate at all', parts: { shortfallBps: null }, gravity: 'MATERIAL' },
  ])('$what', ({ parts, gravity }) => {
    expect(weighing({ limit: 1e12, bps: 300 }, [group(parts)]).gravity).toBe(gravity);
  });

  it('of a floor that asks for nothing is above every share', () => {
    for (const parts of [{ revenueMinor: 0n }, { floorBps: 0 }, { floorBps: null }, { revenueMinor: -5n }])
      expect(weighing({ limit: 1e12, share: 10_000 }, [group({ shortfallMinor: 1n, ...parts })]).gravity).toBe(
        'MATERIAL',
      );
  });
});

describe('what is asked', () => {
  const needed = (policy: Policy, gravity: 'BELOW' | 'MATERIAL' | 'GRAVE', dealType = 'NEW_BUSINESS') =>
    approversNeeded(needFor(policyOf(policy), gravity, dealType, new Map()));

  it('grows with the gravity, and is what the deal type says', () => {
    expect([needed({}, 'BELOW'), needed({}, 'MATERIAL'), needed({}, 'GRAVE')]).toEqual([1, 2, 2]);
    expect(needed({ grave: 1 }, 'GRAVE')).toBe(3);
    expect(needed({}, 'MATERIAL', 'RENEWAL')).toBe(4);
  });

  it('of changed terms is the most that the policy ever asks', () => {
    expect(approversNeeded(strictestNeed(policyOf({}), new Map()))).toBe(4);
  });

  it('names people by the keys of the file, and nobody where a key is unknown', () => {
    const steps = [{ name: 'named', approvers: 1, people: ['leah.lead', 'who.left'] }];
    const ids = new Map([['leah.lead', 'id-of-leah']]);
    expect(needOfLevel({ steps }, policyOf({}), ids).quorums).toEqual([
      [{ ...steps[0], roles: [], people: ['id-of-leah'] }],
    ]);
    const terms = { approvers: 2, minutes: 60, reviewRoles: [], reviewHours: 48 };
    const policy = (people: string[]) => ({ approvalPolicy: { breakGlass: { people, ...terms } } }) as never;
    const named = policy(['leah.lead', 'who.left']);
    expect(breakGlassOf(policy([]), named, ids)).toBeNull();
    expect(breakGlassOf(named, named, ids)).toMatchObject({ people: ['id-of-leah'] });
    expect(breakGlassOf(named, policy(['who.left']), ids)).toBeNull();
    expect(breakGlassOf(named, { approvalPolicy: {} } as never, ids)).toBeNull();
  });
});
