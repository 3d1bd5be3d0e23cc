import type { MarginFloor, TenantConfiguration } from '../../src/catalogue/configuration.js';
import type { Eligible } from '../../src/identity/identity.queries.js';
import type { KeptException, PastDeal } from '../../src/governance/simulation.queries.js';
import { leadTimes, reachThen, replay } from '../../src/governance/simulation.rules.js';
import { PastOutcome } from '../../src/governance/simulation.types.js';
import { businessMinutesBetween } from '../../src/catalogue/calendar.rules.js';
import { sampleConfiguration } from '../kit/suite.js';
import { holder, needOf } from './approval.kit.js';
import { floor, line, terms } from './margin.kit.js';

const policy: TenantConfiguration = { ...sampleConfiguration(), marginFloors: [floor(3000) as MarginFloor] };
const day = (n: number, hour = 10): Date => new Date(Date.UTC(2026, 10, n, hour));

/** A deal of 10,000.00 at this cost: at 30 % the floor is met by a cost of 7,000.00. */
const deal = (id: string, cost: string, parts: Partial<PastDeal> = {}): PastDeal => ({
  handoffId: id,
  clientId: 'acme',
  at: day(2),
  terms: terms(line({ price: '10000', cost })),
  serviceTemplate: 'managed-network',
  dealType: 'NEW_BUSINESS',
  isExact: true,
  outcome: PastOutcome.EXCEPTED,
  need: null,
  approversNeeded: 0,
  approverIds: [],
  grantedAt: null,
  barred: [],
  ...parts,
});
const kept = (minor: bigint, parts: Partial<KeptException> = {}): KeptException => ({
  requestId: 'r',
  handoffId: 'earlier',
  clientId: 'acme',
  openedAt: day(1),
  endedAt: null,
  currency: 'GBP',
  shortfallMinor: minor,
  ...parts,
});
const run = (deals: PastDeal[], before: KeptException[] = []) =>
  replay(deals, { policy, on: '2026-11-24', kept: before, handleIds: new Map() }).map(
    ({ deal: { handoffId }, weighing, verdict }) =>
      `${handoffId} ${verdict.ok ? 'passes' : `${weighing!.gravity} ${weighing!.shortfallMinor}+${weighing!.priorMinor}`}`,
  );

// Materiality of the sample: 1,000.00 or 300 bps; 200.00 of 10,000.00 are 200 bps.
describe('a replay', () => {
  it('weighs each deal against the floors of the policy', () => {
    expect(run([deal('a', '7000'), deal('b', '7200'), deal('c', '7301'), deal('d', '9999')]).toSorted()).toEqual([
      'a passes',
      'b BELOW 20000+0',
      'c MATERIAL 30100+20000',
      'd MATERIAL 299900+50100',
    ]);
  });

  it("adds up a client's deals, the oldest first, and not another's", () => {
    const five = [1, 2, 3, 4, 5, 6].map((n) => deal(`d${n}`, '7200', { at: day(n) }));
    expect(run(five.toReversed())).toEqual([
      'd1 BELOW 20000+0',
      'd2 BELOW 20000+20000',
      'd3 BELOW 20000+40000',
      'd4 BELOW 20000+60000',
      'd5 BELOW 20000+80000',
      'd6 MATERIAL 20000+100000',
    ]);
    expect(run([deal('a', '7200'), deal('b', '7200', { at: day(3), clientId: 'zeta' })])).toEqual([
      'a BELOW 20000+0',
      'b BELOW 20000+0',
    ]);
  });

  it('counts exceptions from before the period as they were kept, while they lived', () => {
    const own = deal('a', '7200');
    expect(run([own], [kept(90_000n)])).toEqual(['a MATERIAL 20000+90000']);
    expect(run([own], [kept(90_000n, { endedAt: day(1, 12) })])).toEqual(['a BELOW 20000+0']);
    expect(run([own], [kept(90_000n, { endedAt: day(3) })])).toEqual(['a MATERIAL 20000+90000']);
    expect(run([own], [kept(90_000n, { openedAt: day(3) })])).toEqual(['a BELOW 20000+0']);
    expect(run([own], [kept(90_000n, { openedAt: new Date('2026-08-01') })])).toEqual(['a BELOW 20000+0']);
    expect(run([own], [kept(90_000n, { handoffId: 'a' })])).toEqual(['a BELOW 20000+0']);
  });

  it('does not count on what came to nothing then', () => {
    const lost = deal('a', '7200', { outcome: PastOutcome.REJECTED });
    expect(run([lost, deal('b', '7200', { at: day(3) })])).toEqual(['a BELOW 20000+0', 'b BELOW 20000+0']);
  });
});

describe('the people of then', () => {
  const people: Eligible[] = ['f1', 'f2', 'f3'].map((id) => holder(id));
  const judged = (barred: string[]) => ({
    ...replay([deal('a', '9000', { barred })], { policy, on: '2026-11-24', kept: [], handleIds: new Map() })[0]!,
    need: needOf(2),
  });
  const known = (merged: Record<string, string>) => ({ handleIds: new Map(), merged: new Map(Object.entries(merged)) });

  it('reach a need without who asked and wrote, and nobody counts twice', () => {
    expect(reachThen(judged(['f1']), people, known({}))).toEqual([]);
    expect(reachThen(judged(['f1', 'f2']), people, known({}))).toMatchObject([
      { code: 'QUORUM_UNREACHABLE', facts: { missing: 1 } },
    ]);
    expect(reachThen(judged(['f1']), people, known({ f2: 'f3' }))).toMatchObject([{ facts: { missing: 1 } }]);
    expect(reachThen({ ...judged([]), need: null }, [], known({}))).toEqual([]);
  });
});

describe('lead times', () => {
  // London works 09:00 to 17:30; 2 November 2026 is a Monday.
  const { calendar } = policy;
  const took = (approvers: number, from: Date, to: Date) => ({ approvers, openedAt: from, grantedAt: to });

  it('are measured in working time by the number of people', () => {
    expect(businessMinutesBetween(calendar, day(2, 10), day(2, 12))).toBe(120);
    // Friday 16:00 to Monday 10:00: until closing time, and from opening time on; the weekend does not count.
    expect(businessMinutesBetween(calendar, day(6, 16), day(9, 10))).toBe(90 + 60);
    expect(businessMinutesBetween(calendar, day(9, 10), day(6, 16))).toBe(0);
    const leads = [60, 120, 30, 240].map((minutes) =>
      took(2, day(2, 10), new Date(day(2, 10).getTime() + minutes * 60_000)),
    );
    const times = leadTimes([...leads, took(1, day(3, 10), day(3, 11))], calendar);
    expect(times.get(2)).toEqual({ samples: 4, medianMinutes: 60, p90Minutes: 240 });
    expect(times.get(1)).toEqual({ samples: 1, medianMinutes: 60, p90Minutes: 60 });
    expect(times.get(3)).toBeUndefined();
  });
});
