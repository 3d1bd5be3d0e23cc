import fc from 'fast-check';
import type { ApprovalLevel, MarginFloor, TenantConfiguration } from '../../src/catalogue/configuration.js';
import { BILLINGS, DEAL_TYPES, LINE_KINDS, MEMBER_ROLES } from '../../src/catalogue/configuration.words.js';
import { levelEffect } from '../../src/governance/level-change.rules.js';
import { policyChanges } from '../../src/governance/policy-change.rules.js';
import { resolveFloor } from '../../src/margin/floor.rules.js';
import { sampleConfiguration } from '../kit/suite.js';

type Change = (configuration: TenantConfiguration) => void;

const changed = (...changes: Change[]): TenantConfiguration => {
  const configuration = sampleConfiguration();
  for (const change of changes) change(configuration);
  return configuration;
};
/** What a change of the sample is said to be, as `path effect`. */
const told = (change: Change): string[] =>
  policyChanges(sampleConfiguration(), changed(change)).map(({ path, effect }) => `${path} ${effect}`);
const exception: Record<string, Change> = {
  'materiality.shortfallMinor STRICTER': (c) => (c.approvalPolicy.marginException.materiality.shortfallMinor -= 1),
  'materiality.shortfallMinor LOOSER': (c) => (c.approvalPolicy.marginException.materiality.shortfallMinor += 1),
  'materiality.shortfallShareBps STRICTER': (c) => (c.approvalPolicy.marginException.materiality.shortfallShareBps = 9),
  'clientWindowDays STRICTER': (c) => (c.approvalPolicy.marginException.clientWindowDays = 180),
  'clientWindowDays LOOSER': (c) => (c.approvalPolicy.marginException.clientWindowDays = 1),
  'pendingExpiryBusinessHours STRICTER': (c) => (c.approvalPolicy.marginException.pendingExpiryBusinessHours = 1),
  'grantExpiryBusinessHours LOOSER': (c) => (c.approvalPolicy.marginException.grantExpiryBusinessHours = 800),
  'below STRICTER': (c) => (c.approvalPolicy.marginException.below.freshSignInMinutes = 5),
  'above LOOSER': (c) => (c.approvalPolicy.marginException.above.rejections = 2),
  'grave LOOSER': (c) => delete c.approvalPolicy.marginException.grave,
  'grave.beyond.shortfallBps STRICTER': (c) => (c.approvalPolicy.marginException.grave!.beyond.shortfallBps = 2000),
};
const others: Record<string, Change> = {
  'approvalPolicy.roleCoolDownHours LOOSER': (c) => (c.approvalPolicy.roleCoolDownHours = 1),
  'approvalPolicy.configurationChange STRICTER': (c) => (c.approvalPolicy.configurationChange.approvers = 2),
  'approvalPolicy.breakGlass.people LOOSER': (c) => c.approvalPolicy.breakGlass!.people.push('fiona.finance'),
  'approvalPolicy.breakGlass.people OTHER': (c) =>
    (c.approvalPolicy.breakGlass!.people = ['leah.lead', 'fiona.finance']),
  'approvalPolicy.breakGlass.approvers LOOSER': (c) => (c.approvalPolicy.breakGlass!.approvers = 1),
  'approvalPolicy.breakGlass STRICTER': (c) => delete c.approvalPolicy.breakGlass,
  'approvalPolicy.exchangeRates[EUR 2026-01-01] STRICTER': (c) => (c.approvalPolicy.exchangeRates![0]!.rate = '0.9'),
  'approvalPolicy.exchangeRates[SEK 2026-01-01] LOOSER': (c) =>
    c.approvalPolicy.exchangeRates!.push({ currency: 'SEK', rate: '0.08', from: '2026-01-01', source: 'x' }),
  'tenant.currency OTHER': (c) => (c.tenant.currency = 'EUR'),
};

describe('what a change of policy does', () => {
  it.each(Object.entries(exception).map(([line, change]) => ({ line, change })))('$line', ({ line, change }) => {
    expect(told(change)[0]).toBe(`approvalPolicy.marginException.${line}`);
  });

  it.each(Object.entries(others).map(([line, change]) => ({ line, change })))('$line', ({ line, change }) => {
    expect(told(change)).toEqual([line]);
  });

  it('is told for the deal types that the change reaches, with what holds for them', () => {
    const lines = told((c) => (c.approvalPolicy.marginException.byDealType!.RENEWAL!.materiality!.shortfallBps = 500));
    expect(lines).toEqual(['approvalPolicy.marginException.byDealType.RENEWAL.materiality.shortfallBps LOOSER']);
    expect(told((c) => delete c.approvalPolicy.marginException.byDealType)).toEqual([
      'approvalPolicy.marginException.byDealType.RENEWAL.materiality.shortfallMinor STRICTER',
    ]);
  });

  it('is nothing for what approvals do not hang on', () => {
    expect(told((c) => (c.tenant.name = 'Another'))).toEqual([]);
    expect(told((c) => c.people[0]!.roles.push('FINANCE_APPROVER'))).toEqual([]);
  });

  it('sees that a row which is more specific lowers the bar by being added', () => {
    const row = {
      serviceTemplate: '*',
      dealType: 'RENEWAL',
      lineKind: '*',
      billing: '*',
      floorBps: 100,
      from: '2026-11-01',
    } as const;
    expect(told((c) => c.marginFloors.push({ ...row }))).toEqual(['marginFloors[* RENEWAL * * 2026-11-01] LOOSER']);
  });
});

const floors = fc.uniqueArray(
  fc.record({
    serviceTemplate: fc.constantFrom('*', 'managed-network', 'managed-workplace'),
    dealType: fc.constantFrom('*' as const, ...DEAL_TYPES.slice(0, 2)),
    lineKind: fc.constantFrom('*' as const, ...LINE_KINDS.slice(0, 2)),
    billing: fc.constantFrom('*' as const, ...BILLINGS),
    floorBps: fc.integer({ min: 0, max: 4 }).map((n) => n * 1000),
    from: fc.constantFrom('2026-01-01', '2026-06-01'),
  }),
  { maxLength: 7, selector: (row) => [row.serviceTemplate, row.dealType, row.lineKind, row.billing, row.from].join() },
);
const withFloors = (marginFloors: MarginFloor[]): TenantConfiguration => ({ ...SAMPLE, marginFloors });
const SAMPLE = sampleConfiguration();

describe('properties', () => {
  it('no floor of any deal falls when no change is said to loosen', () => {
    fc.assert(
      fc.property(floors, floors, (before, after) => {
        const changes = policyChanges(withFloors(before), withFloors(after));
        if (changes.some(({ effect }) => effect !== 'STRICTER')) return;
        for (const serviceTemplate of Object.keys(SAMPLE.serviceTemplates)) {
          for (const dealType of DEAL_TYPES) {
            for (const lineKind of ['*', ...LINE_KINDS] as const) {
              for (const billing of ['*', ...BILLINGS] as const) {
                for (const on of ['2026-01-01', '2026-06-01', '2026-12-31']) {
                  const question = { serviceTemplate, dealType, on };
                  const was = resolveFloor({ lineKind, billing }, { ...question, floors: before });
                  const is = resolveFloor({ lineKind, billing }, { ...question, floors: after });
                  // Without a floor a whole part never passes; a kind is then not judged apart.
                  if (is) expect(was === null ? lineKind !== '*' : is.floorBps >= was.floorBps).toBe(true);
                  else expect(was === null || lineKind === '*').toBe(true);
                }
              }
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('what tightens one way loosens the other way round', () => {
    const opposite = { STRICTER: 'LOOSER', LOOSER: 'STRICTER', OTHER: 'OTHER' } as const;
    const level = fc.record({
      approvers: fc.integer({ min: 1, max: 3 }),
      roles: fc.uniqueArray(fc.constantFrom(...MEMBER_ROLES.slice(0, 3)), { minLength: 1 }),
      rejections: fc.integer({ min: 1, max: 2 }),
    }) as fc.Arbitrary<ApprovalLevel>;
    fc.assert(
      fc.property(level, level, (one, other) => {
        expect(levelEffect(other, one)).toBe(opposite[levelEffect(one, other)]);
      }),
    );
    fc.assert(
      fc.property(floors, floors, (one, other) => {
        const there = policyChanges(withFloors(one), withFloors(other));
        const back = new Map(
          policyChanges(withFloors(other), withFloors(one)).map(({ path, effect }) => [path, effect]),
        );
        for (const { path, effect } of there) expect(back.get(path)).toBe(opposite[effect]);
      }),
    );
  });
});
