import * as fc from 'fast-check';
import { dayAfter } from '../../src/core/local-day.js';
import { CapacityKind } from '../../src/feasibility/capacity.entity.js';
import { capacityCheck, judgeCapacity, leftFindings } from '../../src/feasibility/capacity.rules.js';
import { conflictsOf, firstWeekThatFits, type PlanLine } from '../../src/feasibility/conflict.rules.js';
import { hoursIn, hundredths } from '../../src/feasibility/hours.rules.js';
import { mondayOfWeek, mondaysFrom, weekOf } from '../../src/feasibility/week.rules.js';
import { ADA, BO, CAPACITY, line, said, team } from './capacity.kit.js';

const { ABSENCE, CAPACITY: SET } = CapacityKind;
const WEEK = '2026-12-07';
/** The team as it is configured; it looks up every day of its calendar once. */
const TEAM = team();

describe('the hours of a team', () => {
  it.each([
    { what: 'an ordinary week', monday: '2026-12-07', role: 10_000, ada: 2000 },
    { what: 'a week with one holiday', monday: '2026-12-21', role: 8000, ada: 1600 },
    { what: 'the 53rd week, with two', monday: '2026-12-28', role: 6000, ada: 1200 },
  ])('$what', ({ monday, role, ada }) => {
    expect(TEAM.ofRole('engineer', monday)).toBe(role);
    expect(team().ofSeat('engineer', ADA, monday)).toBe(ada);
    expect(TEAM.ofPerson(ADA, monday)).toBe(ada + ada / 2);
  });

  it('are what was said of the week last, less what is absent, and never below nothing', () => {
    const changes = [
      said(SET, WEEK, '100'),
      said(SET, WEEK, '60'),
      said(ABSENCE, WEEK, '7.5'),
      said(ABSENCE, WEEK, '50', { personId: ADA }),
      said(SET, '2026-12-14', '5'),
      said(SET, '2026-12-14', null),
      said(ABSENCE, '2026-12-21', '4', { personId: ADA }),
    ];
    expect(team(changes).ofRole('engineer', WEEK)).toBe(5250);
    expect(team(changes).ofRole('engineer', '2026-12-14')).toBe(10_000);
    expect(team(changes).ofSeat('engineer', ADA, '2026-12-21')).toBe(1200);
  });

  it('do not hold what somebody had who left, and hold whoever helps out for a week', () => {
    expect(team([], {}, [BO]).ofRole('engineer', WEEK)).toBe(8000);
    const helped = team([said(SET, WEEK, '30', { personId: BO })]);
    expect([helped.ofRole('engineer', WEEK), helped.ofRole('engineer', '2026-12-14')]).toEqual([13_000, 10_000]);
    expect([helped.ofPerson(BO, WEEK), helped.ofPerson(BO, '2026-12-14')]).toEqual([3000, null]);
  });

  it('are not known of a role that nobody has said anything of: that is not the same as none', () => {
    expect(TEAM.ofRole('welder', WEEK)).toBeNull();
    expect(team([], { capacity: undefined }).isKnown).toBe(false);
  });
});

describe('conflicts', () => {
  const hard = (hoursPerWeek: string, parts: Partial<PlanLine> = {}) =>
    line({ handoffId: 'firm', isHard: true, hoursPerWeek, ...parts });
  const soft = (hoursPerWeek: string) => line({ handoffId: 'asks', hoursPerWeek });

  it('name role, week, hours and the other handoffs; promises come before requests', () => {
    const found = conflictsOf([line({ hoursPerWeek: '30' })], [hard('80'), soft('20')], team());
    expect(found).toMatchObject([
      {
        severity: 'BLOCKING',
        week: '2026-W50',
        role: 'Engineer',
        personId: null,
        capacityHours: '100',
        ownHours: '30',
        hardHours: '80',
        softHours: '20',
        hoursOver: '10',
        handoffIds: ['firm'],
      },
    ]);
  });

  it('with what others only ask for are a warning, and name those as well', () => {
    const found = conflictsOf([line({ hoursPerWeek: '15' })], [hard('80'), soft('20')], team());
    expect(found).toMatchObject([{ severity: 'WARNING', hoursOver: '15', handoffIds: ['asks', 'firm'] }]);
    expect(conflictsOf([line({ hoursPerWeek: '15' })], [hard('80'), soft('5')], team())).toEqual([]);
  });

  it('are a person’s over all roles, and the role’s beside it', () => {
    const own = [line({ personId: ADA, hoursPerWeek: '18' })];
    const elsewhere = hard('15', { personId: ADA, role: 'project MANAGER' });
    expect(conflictsOf(own, [elsewhere], team())).toMatchObject([
      { role: null, personId: ADA, capacityHours: '30', hoursOver: '3', severity: 'BLOCKING' },
    ]);
  });

  it('have a key that changes with the hours they are about, and not with what others only ask for', () => {
    const key = (others: PlanLine[], hoursPerWeek = '30') =>
      conflictsOf([line({ hoursPerWeek })], others, TEAM)[0]!.key;
    const before = key([hard('80')]);
    expect(key([hard('80'), soft('20')])).toBe(before);
    expect([key([hard('81')]), key([hard('80')], '31')]).not.toContain(before);
  });

  it('are exactly the weeks in which the sum is more than there is', () => {
    const monday = fc.integer({ min: 0, max: 9 }).map((week) => dayAfter('2026-11-30', week * 7));
    const anyLine = fc
      .record({
        monday,
        weeks: fc.integer({ min: 1, max: 5 }),
        hours: fc.integer({ min: 1, max: 6000 }),
        whose: fc.constantFrom('own', 'firm', 'asks'),
        personId: fc.constantFrom(null, null, ADA),
      })
      .map(({ monday: from, weeks, hours, whose, personId }) =>
        line({
          handoffId: whose,
          isHard: whose === 'firm',
          personId,
          hoursPerWeek: String(hours / 100),
          fromOn: from,
          toOn: dayAfter(from, weeks * 7 - 1),
        }),
      );
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 12 }), (lines) => {
        const own = lines.filter(({ handoffId }) => handoffId === 'own');
        const others = lines.filter(({ handoffId }) => handoffId !== 'own');
        const found = conflictsOf(own, others, TEAM);
        // Week for week by plain sums: these lines are whole weeks.
        const expected = mondaysFrom('2026-11-30', 20).flatMap((week) =>
          ([null, ADA] as const).flatMap((personId) => {
            const sum = (some: PlanLine[]): number =>
              some
                .filter(
                  (one) => one.fromOn <= week && week <= one.toOn && (personId === null || one.personId === personId),
                )
                .reduce((total, one) => total + one.perWeek, 0);
            const there = (personId === null ? TEAM.ofRole('engineer', week) : TEAM.ofPerson(personId, week))!;
            const firm = sum(own) + sum(others.filter(({ isHard }) => isHard)) - there;
            const all = sum(own) + sum(others) - there;
            if (sum(own) === 0 || Math.max(firm, all) <= 0) return [];
            return [[weekOf(week), personId, firm > 0 ? 'BLOCKING' : 'WARNING', firm > 0 ? firm : all]];
          }),
        );
        expect(found.map((one) => [one.week, one.personId, one.severity, hundredths(one.hoursOver)])).toEqual(expected);
      }),
    );
  });

  it('end with the first later start at which the whole plan fits, and no earlier one does', () => {
    const own = [line({ hoursPerWeek: '60', toOn: '2026-12-20' })];
    const full = hard('50', { toOn: '2027-01-10' });
    // Beside 50 hours there is no room for 60 in any week, and half a year on there is none at all.
    expect(firstWeekThatFits(own, [full], team())).toBe('2027-W02');
    expect(firstWeekThatFits(own, [hard('50', { toOn: '2027-12-31' })], team())).toBeNull();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9000 }), (weeks, perWeek) => {
        const busy = hard('70', { toOn: dayAfter(WEEK, weeks * 7 - 1) });
        const plan = [{ ...line(), perWeek }];
        const at = (week: string) => plan.map((one) => ({ ...one, fromOn: week, toOn: dayAfter(week, 6) }));
        const fits = (week: string) => hoursIn(TEAM.weeks, [...at(week), busy], week) <= TEAM.ofRole('engineer', week)!;
        const found = firstWeekThatFits(plan, [busy], TEAM);
        const first = mondaysFrom(dayAfter(WEEK, 7), 26).find(fits);
        expect(found && mondayOfWeek(found)).toBe(first ?? null);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the check of a sign-off', () => {
  const lines = [line({ hoursPerWeek: '30' }), line({ handoffId: 'firm', isHard: true, hoursPerWeek: '80' })];
  const ground = { handoffId: 'own', lines, team: team() };
  const key = capacityCheck(ground).conflicts[0]!.key;
  const codes = (keys: string[], reason: string | null) =>
    judgeCapacity(ground, { keys, reason }).findings.map(({ code, severity }) => `${code} ${severity}`);

  it('refuses, and says when it would fit, what is missing and whom to ask', () => {
    const [found] = judgeCapacity(ground, { keys: [], reason: null }).findings;
    expect(found).toMatchObject({
      code: 'CAPACITY_EXCEEDED',
      severity: 'BLOCKING',
      path: 'feasibility.resourcePlan.2026-W50',
      facts: { week: '2026-W50', hoursOver: '10', fitsFromWeek: '2026-W51', handoffIds: ['firm'] },
    });
    expect(found!.remedy).toMatch(/2026-W51.*add 10 hours.*openDecision.*acceptedConflicts/);
  });

  it.each([
    {
      what: 'accepted by name and for a reason',
      keys: [key],
      reason: 'Two contractors come.',
      expected: ['CAPACITY_EXCEEDED WARNING'],
    },
    {
      what: 'accepted without a reason',
      keys: [key],
      reason: null,
      expected: ['CAPACITY_EXCEEDED WARNING', 'CONFLICT_REASON_MISSING BLOCKING'],
    },
    {
      what: 'another one accepted',
      keys: ['0'.repeat(64)],
      reason: 'Two contractors come.',
      expected: ['CAPACITY_EXCEEDED BLOCKING', 'UNKNOWN_CONFLICT BLOCKING', 'CONFLICT_REASON_UNASKED BLOCKING'],
    },
    {
      what: 'a reason alone',
      keys: [],
      reason: 'Two contractors come.',
      expected: ['CAPACITY_EXCEEDED BLOCKING', 'CONFLICT_REASON_UNASKED BLOCKING'],
    },
  ])('$what', ({ keys, reason, expected }) => {
    expect(codes(keys, reason)).toEqual(expected);
  });

  it('only warns of a role of which nobody has said how many hours it has, once capacity is counted', () => {
    const own = [line({ role: 'Welder' })];
    const judged = (of = team()) =>
      judgeCapacity({ handoffId: 'own', lines: own, team: of }, { keys: [], reason: null });
    expect(judged().findings).toMatchObject([
      { code: 'ROLE_WITHOUT_CAPACITY', severity: 'WARNING', facts: { roles: 1 } },
    ]);
    expect(judged(team([], { capacity: undefined })).findings).toEqual([]);
    expect(
      judged(team([], { capacity: { ...CAPACITY, roles: [{ role: 'Welder', hoursPerWeek: '0' }] } })).findings,
    ).toMatchObject([{ code: 'CAPACITY_EXCEEDED', severity: 'BLOCKING' }]);
  });

  it('names whoever left, once, with all their lines', () => {
    const own = [line({ personId: BO }), line({ personId: BO }), line({ personId: ADA }), line()];
    expect(leftFindings(own, new Set([ADA]))).toMatchObject([
      {
        code: 'BOOKED_PERSON_LEFT',
        severity: 'BLOCKING',
        facts: { personId: BO, bookingIds: [own[0]!.id, own[1]!.id] },
      },
    ]);
  });
});
