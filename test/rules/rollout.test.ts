import fc from 'fast-check';
import type { TrainingPolicy } from '../../src/catalogue/configuration.rollout.js';
import { rolloutFaults, trainingFaults } from '../../src/catalogue/rollout.faults.js';
import { DEFAULT_THRESHOLDS, pilotPolicy, rolloutThresholds } from '../../src/catalogue/rollout.rules.js';
import { finding } from '../../src/core/finding.js';
import { dayAfter } from '../../src/core/local-day.js';
import { inShadow } from '../../src/handoff/shadow.rules.js';
import { Role } from '../../src/identity/roles.js';
import { KPI_DEFINITIONS, KPI_DIGEST, kpiByKey } from '../../src/kpi/kpi.definitions.js';
import { KpiSide, type KpiSignOff } from '../../src/kpi/kpi.entity.js';
import { type EnforcementGround, enforcementFindings } from '../../src/rollout/enforcement.rules.js';
import { type Closing, completionOf, hypercarePlan, isBelow } from '../../src/rollout/hypercare.rules.js';
import {
  HypercareCheckKind,
  type Rollout,
  type RolloutItem,
  RolloutItemState,
} from '../../src/rollout/rollout.entity.js';
import { ROLLOUT_ITEMS, WEEKS_OF } from '../../src/rollout/rollout.items.js';
import { advanceFindings } from '../../src/rollout/rollout.rules.js';
import { sample } from './catalogue.kit.js';

const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);
const CONFIGURATION = { ...sample('northwind-managed'), people: [] };
const NOW = new Date('2026-11-23T14:00:00.000Z');
const TRAINING: TrainingPolicy = {
  courses: [
    { key: 'for-sales', label: 'Sales', roles: ['SALES_MANAGER'], minutes: 45 },
    { key: 'for-leads', label: 'Leads', roles: ['SERVICE_DELIVERY_LEAD'], minutes: 30 },
  ],
  certify: ['SALES_MANAGER'],
};

const rollout = (change: Partial<Rollout> = {}): Rollout =>
  ({
    id: 'r',
    phase: 'SHADOW',
    startedOn: '2026-11-02',
    startedBy: 'ravi',
    confirmedBy: 'leah',
    confirmedAt: NOW,
    enforcedAt: null,
    normalSince: null,
    revision: 3,
    ...change,
  }) as Rollout;

describe('the settings', () => {
  it("are the documents' numbers where the tenant states none", () => {
    expect(rolloutThresholds({})).toEqual({
      weekOneBps: 5_000,
      extendBps: 7_000,
      weekFourBps: 8_000,
      monthlyBps: 8_500,
      matureBps: 9_000,
    });
    expect(rolloutThresholds({ rollout: { thresholds: { extendBps: 7_500 } } }).extendBps).toBe(7_500);
    expect(pilotPolicy({})).toEqual({ least: 5, most: 10 });
  });

  it('are refused when thresholds fall, a pilot has no room, or a role is nobody’s', () => {
    expect(codes(rolloutFaults({ rollout: { thresholds: { weekFourBps: 6_000 }, pilot: { least: 11 } } }))).toEqual([
      'THRESHOLD_ORDER',
      'PILOT_SIZE',
    ]);
    expect(rolloutFaults({})).toEqual([]);
    const { people } = sample('harbor-it');
    const training: TrainingPolicy = { courses: [TRAINING.courses[0]!, TRAINING.courses[0]!], certify: ['AUDITOR'] };
    expect(codes(trainingFaults({ people, training }))).toEqual(['DUPLICATE', 'READ_ONLY_ROLE']);
    expect(trainingFaults({ people, training: sample('harbor-it').training! })).toEqual([]);
  });
});

describe('a handoff in shadow', () => {
  const of = (code: string, path: string) => finding({ code, path, message: 'm', facts: { a: 1 }, remedy: 'r' });
  const complete = [of('EVIDENCE_MISSING', 'checklist.SIGNED_SCOPE'), of('CONTENT_MISSING', 'handoff.context')];
  const hard = [
    of('MARGIN_BELOW_FLOOR', 'margin'),
    of('COMMITMENT_OPEN', 'commitments'),
    of('COST_MISSING', 'deal.snapshot.lines[0]'),
    of('DELIVERY_MANAGER_MISSING', 'handoff.deliveryManager'),
    of('DEAL_CHANGED', 'handoff.deal'),
  ];

  it('is let pass on completeness alone, and what would have refused says so', () => {
    const found = inShadow([...complete, ...hard], true);
    expect(found.map(({ severity }) => severity)).toEqual(['WARNING', 'WARNING', ...hard.map(() => 'BLOCKING')]);
    expect(found.map(({ facts }) => facts.wouldHaveRefused === true)).toEqual([true, true, ...hard.map(() => false)]);
    expect(found[0]!.facts.a).toBe(1);
  });

  it('and one that is enforced is judged as ever', () => {
    expect(inShadow([...complete, ...hard], false)).toEqual([...complete, ...hard]);
  });
});

describe('completion and hypercare', () => {
  const { calendar } = CONFIGURATION;
  const won = (wonOn: string, completeAt: string | null): Closing => ({
    wonOn,
    completeAt: completeAt === null ? null : new Date(completeAt),
  });

  it('counts a deal as complete by the end of the day of its close in the tenant’s time zone', () => {
    const closings = [
      won('2026-07-01', '2026-07-01T22:59:00Z'), // 23:59 in London's summer
      won('2026-07-01', '2026-07-01T23:00:00Z'), // the next day there
      won('2026-07-02', null),
      won('2026-07-03', '2026-06-01T10:00:00Z'),
    ];
    expect(completionOf(closings, '2026-07-01', '2026-07-03', calendar)).toEqual({ complete: 1, closed: 3 });
    expect(completionOf(closings, '2026-07-01', '2026-07-04', calendar)).toEqual({ complete: 2, closed: 4 });
  });

  it('compares exactly, and nothing is below anything without a case', () => {
    expect(isBelow({ complete: 7, closed: 10 }, 7_000)).toBe(false);
    expect(isBelow({ complete: 6_999, closed: 10_000 }, 7_000)).toBe(true);
    expect(isBelow({ complete: 0, closed: 0 }, 9_000)).toBe(false);
  });

  const since = new Date('2026-09-28T09:00:00Z');
  const plan = (closings: readonly Closing[], now: string) =>
    hypercarePlan(since, closings, calendar, DEFAULT_THRESHOLDS, new Date(now));

  it('is looked at on each business day of two weeks, then weekly, with office hours each week', () => {
    const { checks, endsOn, isExtended } = plan([], '2026-12-01T12:00:00Z');
    const days = (kind: HypercareCheckKind) => checks.filter((c) => c.kind === kind).map(({ dueOn }) => dueOn.slice(5));
    expect(days(HypercareCheckKind.COMPLETION)).toEqual([
      '09-29',
      '09-30',
      '10-01',
      '10-02',
      '10-05',
      '10-06',
      '10-07',
      '10-08',
      '10-09',
      '10-12',
      '10-19',
      '10-26',
    ]);
    expect(days(HypercareCheckKind.OFFICE_HOURS)).toEqual(['10-05', '10-12', '10-19', '10-26']);
    expect([endsOn, isExtended]).toEqual(['2026-10-26', false]);
  });

  it('goes on for two weeks when week 4 was below the threshold, whenever one looks', () => {
    const low = [won('2026-10-19', null), won('2026-10-20', null), won('2026-10-25', '2026-10-25T10:00:00Z')];
    expect(plan(low, '2026-10-25T12:00:00Z').isExtended).toBe(false);
    for (const now of ['2026-10-26T00:00:00Z', '2026-11-30T12:00:00Z']) {
      const { endsOn, isExtended, weekFour } = plan(low, now);
      expect([endsOn, isExtended, weekFour]).toEqual(['2026-11-09', true, { complete: 1, closed: 3 }]);
    }
    const enough = [
      ...low.slice(1),
      won('2026-10-22', '2026-10-22T08:00:00Z'),
      won('2026-10-23', '2026-10-20T08:00:00Z'),
    ];
    expect(plan(enough, '2026-11-30T12:00:00Z').isExtended).toBe(false);
  });

  it('has looks that cover every day once, whenever it began', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), (offset) => {
        const start = dayAfter('2026-01-01', offset);
        const { checks, startedOn, endsOn } = hypercarePlan(
          new Date(`${start}T12:00:00Z`),
          [],
          calendar,
          DEFAULT_THRESHOLDS,
          new Date('2030-01-01T00:00:00Z'),
        );
        const looks = checks.filter(({ kind }) => kind === HypercareCheckKind.COMPLETION);
        const days = looks.map(({ dueOn }) => dueOn);
        expect(new Set(days).size).toBe(days.length);
        looks.forEach(({ fromOn }, index) => expect(fromOn).toBe(looks[index - 1]?.toOn ?? startedOn));
        expect(looks.at(-1)!.toOn).toBe(endsOn);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the next phase', () => {
  const items = (done: (week: number) => boolean): RolloutItem[] =>
    ROLLOUT_ITEMS.map(
      ({ key, week }) =>
        ({
          key,
          week,
          ownerId: null,
          state: done(week) ? RolloutItemState.DONE : RolloutItemState.OPEN,
        }) as RolloutItem,
    );
  const ground = (change: object) => ({
    rollout: rollout(),
    items: items(() => false),
    piloted: 0,
    closings: [],
    checks: [],
    configuration: CONFIGURATION,
    ...change,
  });
  const found = (change: object, now = NOW): string[] => codes(advanceFindings(ground(change), now));

  it('has four groups of three items', () => {
    expect(ROLLOUT_ITEMS.map(({ week }) => week)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    expect(Object.values(WEEKS_OF).flat()).toEqual([1, 2, 3, 4]);
  });

  it('waits for a second person and for every item of the phase, all named at once', () => {
    expect(found({ rollout: rollout({ confirmedAt: null }) })).toEqual([
      'ROLLOUT_NOT_CONFIRMED',
      'ITEM_OPEN',
      'ITEM_OPEN',
      'ITEM_OPEN',
    ]);
    expect(found({ items: items((week) => week === 1) })).toEqual([]);
  });

  it('after the pilot waits for enforcement and enough deals', () => {
    const pilot = { rollout: rollout({ phase: 'PILOT' }), items: items((week) => week <= 2), piloted: 4 };
    expect(found(pilot)).toEqual(['ENFORCEMENT_OFF', 'PILOT_TOO_SMALL']);
    expect(found({ ...pilot, rollout: rollout({ phase: 'PILOT', enforcedAt: NOW }), piloted: 5 })).toEqual([]);
  });

  it('after hypercare waits for its end, its looks and the completion of the last week', () => {
    const normal = rollout({ phase: 'NORMAL', enforcedAt: NOW, normalSince: new Date('2026-09-28T09:00:00Z') });
    const done = { rollout: normal, items: items(() => true) };
    const low = [{ wonOn: '2026-10-20', completeAt: null }];
    expect(found({ ...done, closings: low }, new Date('2026-10-21T12:00:00Z'))).toEqual([
      'HYPERCARE_RUNNING',
      'CHECKS_MISSING',
      'COMPLETION_TOO_LOW',
    ]);
    const plan = hypercarePlan(normal.normalSince!, [], CONFIGURATION.calendar, DEFAULT_THRESHOLDS, NOW);
    expect(found({ ...done, checks: plan.checks })).toEqual([]);
    expect(found({ rollout: rollout({ phase: 'COMPLETED' }) })).toEqual(['WRONG_PHASE']);
  });
});

describe('enforcement', () => {
  const keys = CONFIGURATION.escalationContacts.flatMap(({ ladder }) => ladder);
  const certified = new Set(['sofia']);
  const signOffs = Object.values(KpiSide).map((side) => ({ side, digest: KPI_DIGEST }) as KpiSignOff);
  const tested = {
    id: 'i',
    vendor: 'HALOPSA',
    state: 'CONNECTED',
    notOk: [],
    checkedAt: new Date('2026-11-20T10:00:00Z'),
    connectedAt: new Date('2026-11-01T10:00:00Z'),
  };
  const ready: EnforcementGround = {
    rollout: rollout({ phase: 'PILOT' }),
    connections: [tested],
    configuration: { ...CONFIGURATION, training: TRAINING },
    idByKey: new Map(keys.map((key) => [key, key])),
    people: [
      ...keys.map((personId) => ({ personId, role: Role.DELIVERY_MANAGER })),
      { personId: 'sofia', role: Role.SALES_MANAGER },
    ],
    signOffs,
    frozen: new Map(KPI_DEFINITIONS.map(({ key, version }) => [key, version])),
    certified,
  };
  const found = (change: Partial<EnforcementGround>): string[] =>
    codes(enforcementFindings({ ...ready, ...change }, NOW));

  it('is switched on once everything is there', () => {
    expect(found({})).toEqual([]);
  });

  it.each([
    { what: 'another phase', change: { rollout: rollout() }, expected: ['WRONG_PHASE'] },
    {
      what: 'twice',
      change: { rollout: rollout({ phase: 'PILOT', enforcedAt: NOW }) },
      expected: ['ALREADY_ENFORCED'],
    },
    {
      what: 'an untested connection',
      change: { connections: [{ ...tested, checkedAt: null }] },
      expected: ['CONNECTION_UNTESTED'],
    },
    {
      what: 'a test of older credentials',
      change: { connections: [{ ...tested, connectedAt: NOW }] },
      expected: ['CONNECTION_UNTESTED'],
    },
    {
      what: 'a red test',
      change: { connections: [{ ...tested, notOk: ['SIGN_IN'] }] },
      expected: ['CONNECTION_NOT_GREEN'],
    },
    { what: 'an error', change: { connections: [{ ...tested, state: 'ERROR' }] }, expected: ['CONNECTION_NOT_GREEN'] },
    {
      what: 'an old test',
      change: { connections: [{ ...tested, checkedAt: new Date('2026-11-15T10:00:00Z') }] },
      expected: ['CONNECTION_TEST_OLD'],
    },
    { what: 'one signature', change: { signOffs: signOffs.slice(1) }, expected: ['DEFINITIONS_UNSIGNED'] },
    { what: 'an uncertified rep', change: { certified: new Set<string>() }, expected: ['MEMBER_UNCERTIFIED'] },
    {
      what: 'no training policy',
      change: { certified: new Set<string>(), configuration: CONFIGURATION },
      expected: [],
    },
  ])('$what', ({ change, expected }) => {
    expect(found(change)).toEqual(expected);
  });

  it('names each inactive step of a ladder, each missing ladder and each KPI without a baseline', () => {
    const idByKey = new Map([...ready.idByKey].filter(([key]) => key !== 'leah.lead'));
    const inactive = found({ idByKey });
    expect(inactive.length).toBeGreaterThan(1);
    expect(new Set(inactive)).toEqual(new Set(['ESCALATION_CONTACT_INACTIVE']));
    const configuration = { ...ready.configuration, escalationContacts: [] };
    expect(found({ configuration })).toEqual(Array.from({ length: 4 }, () => 'ESCALATION_CONTACT_MISSING'));
    expect(found({ frozen: new Map([['COMPLETION_RATE', kpiByKey('COMPLETION_RATE')!.version]]) })).toEqual(
      Array.from({ length: KPI_DEFINITIONS.length - 1 }, () => 'BASELINE_MISSING'),
    );
  });

  it('says everything at once', () => {
    const nothing = {
      connections: [{ ...tested, checkedAt: null }],
      signOffs: [],
      frozen: new Map(),
      certified: new Set<string>(),
    };
    expect(new Set(found({ ...nothing, rollout: rollout({ confirmedAt: null }) }))).toEqual(
      new Set([
        'ROLLOUT_NOT_CONFIRMED',
        'WRONG_PHASE',
        'CONNECTION_UNTESTED',
        'DEFINITIONS_UNSIGNED',
        'BASELINE_MISSING',
        'MEMBER_UNCERTIFIED',
      ]),
    );
  });
});
