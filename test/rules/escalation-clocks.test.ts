import fc from 'fast-check';
import { due, isBusinessDay, workedBetween } from '../../src/catalogue/calendar.rules.js';
import type { BusinessCalendar, ClockSetting } from '../../src/catalogue/configuration.js';
import { clocksOf, ClockState, type HandoffHistory, stateOf } from '../../src/escalation/clock.rules.js';
import { stepsDue } from '../../src/escalation/ladder.rules.js';
import { dueWithPauses, type Pause, remindWithPauses } from '../../src/escalation/running.rules.js';

const HOUR = 3_600_000;

/** London, with Christmas; the clocks change on 29 March and 25 October 2026. */
const LONDON: BusinessCalendar = {
  timeZone: 'Europe/London',
  hours: Object.fromEntries(
    (['mon', 'tue', 'wed', 'thu', 'fri'] as const).map((day) => [day, [{ from: '09:00', to: '17:30' }]]),
  ),
  holidays: [
    { date: '2026-12-25', name: 'Christmas Day' },
    { date: '2026-12-28', name: 'Boxing Day (substitute)' },
  ],
};
const FRIDAY_1700 = new Date('2026-11-20T17:00:00Z');

const at = (text: string): Date => new Date(text);
const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

const SETTINGS = {
  INTRODUCTION: { amount: 48, unit: 'ELAPSED_HOURS' },
  DOCUMENT_COMPLETE: { amount: 24, unit: 'ELAPSED_HOURS' },
  HANDOFF_MEETING: { amount: 48, unit: 'ELAPSED_HOURS' },
  RETURN_CORRECTION: { amount: 24, unit: 'ELAPSED_HOURS' },
  PREPARATION: { amount: 3, unit: 'BUSINESS_DAYS' },
  KICKOFF_SCHEDULED: { amount: 2, unit: 'BUSINESS_DAYS' },
  KICKOFF_HELD: { amount: 5, unit: 'BUSINESS_DAYS' },
  KICKOFF_HARD_BREACH: { amount: 10, unit: 'BUSINESS_DAYS' },
} as const;
const CONFIGURATION = { calendar: LONDON, slaProfile: { clocks: SETTINGS } };

const CLOSED_ON_FRIDAY: HandoffHistory = {
  dealType: 'NEW_BUSINESS',
  tier: 'STANDARD',
  close: { wonOn: '2026-11-20', importedAt: FRIDAY_1700 },
  submissions: [],
  handovers: [],
  returns: [],
  signOffs: [],
  introducedAt: null,
  introductionRecordedAt: null,
  meetingHeldAt: null,
  kickoffScheduledAt: null,
  kickoffHeldAt: null,
  endedAt: null,
  pauses: [],
};

describe('a deal that is closed on a Friday at 17:00', () => {
  const clocks = new Map(clocksOf(CLOSED_ON_FRIDAY, CONFIGURATION).map((clock) => [clock.key, clock]));

  it.each([
    { key: 'INTRODUCTION', remindAt: '2026-11-22T05:00:00.000Z', dueAt: '2026-11-22T17:00:00.000Z' },
    { key: 'DOCUMENT_COMPLETE', remindAt: '2026-11-21T11:00:00.000Z', dueAt: '2026-11-21T17:00:00.000Z' },
    { key: 'HANDOFF_MEETING', remindAt: '2026-11-22T05:00:00.000Z', dueAt: '2026-11-22T17:00:00.000Z' },
    { key: 'KICKOFF_SCHEDULED', remindAt: '2026-11-24T09:00:00.000Z', dueAt: '2026-11-24T17:30:00.000Z' },
    { key: 'KICKOFF_HELD', remindAt: '2026-11-27T09:00:00.000Z', dueAt: '2026-11-27T17:30:00.000Z' },
    { key: 'KICKOFF_HARD_BREACH', remindAt: '2026-12-04T09:00:00.000Z', dueAt: '2026-12-04T17:30:00.000Z' },
  ] as const)('has $key due at $dueAt', ({ key, remindAt, dueAt }) => {
    expect(iso(clocks.get(key)!.dueAt)).toBe(dueAt);
    expect(iso(clocks.get(key)!.remindAt)).toBe(remindAt);
    expect(iso(clocks.get(key)!.startedAt)).toBe(FRIDAY_1700.toISOString());
  });

  it('has PREPARATION due three business days after it was submitted then, and a correction 24 hours after a return', () => {
    const history = { ...CLOSED_ON_FRIDAY, submissions: [FRIDAY_1700], returns: [at('2026-11-23T10:00:00Z')] };
    const found = clocksOf(history, CONFIGURATION);
    expect(iso(found.find(({ key }) => key === 'PREPARATION')!.dueAt)).toBe('2026-11-25T17:30:00.000Z');
    expect(iso(found.find(({ key }) => key === 'PREPARATION')!.stoppedAt)).toBe('2026-11-23T10:00:00.000Z');
    expect(iso(found.find(({ key }) => key === 'RETURN_CORRECTION')!.dueAt)).toBe('2026-11-24T10:00:00.000Z');
  });

  it.each([
    { what: 'in a light handoff', tier: 'LIGHT', change: {}, runs: false },
    {
      what: 'in a light handoff that needs the meeting',
      tier: 'LIGHT',
      change: { meetingPolicy: { byTier: { LIGHT: { needed: true } } } },
      runs: true,
    },
    { what: 'in a large one', tier: 'HIGH_TOUCH', change: {}, runs: true },
    {
      what: 'under a configuration from before it',
      tier: 'STANDARD',
      change: { slaProfile: { clocks: { ...SETTINGS, HANDOFF_MEETING: undefined } } },
      runs: false,
    },
  ] as const)('has a clock of the handoff meeting $what: $runs', ({ tier, change, runs }) => {
    const configuration = { ...CONFIGURATION, ...change } as typeof CONFIGURATION;
    const keys = clocksOf({ ...CLOSED_ON_FRIDAY, tier }, configuration).map(({ key }) => key);
    expect(keys.includes('HANDOFF_MEETING')).toBe(runs);
  });

  it('meets the clock of the handoff meeting when that was held, before the close too', () => {
    for (const meetingHeldAt of [at('2026-11-19T10:00:00Z'), at('2026-11-22T17:00:00Z')]) {
      const found = clocksOf({ ...CLOSED_ON_FRIDAY, meetingHeldAt }, CONFIGURATION);
      const clock = found.find(({ key }) => key === 'HANDOFF_MEETING')!;
      expect(stateOf(clock, [], at('2026-12-30T00:00:00Z'))).toBe(ClockState.MET);
    }
  });

  it('starts at the end of the day of the close when it was imported later', () => {
    const history = { ...CLOSED_ON_FRIDAY, close: { wonOn: '2026-11-20', importedAt: at('2026-11-24T09:00:00Z') } };
    expect(iso(clocksOf(history, CONFIGURATION)[0]!.startedAt)).toBe('2026-11-21T00:00:00.000Z');
  });
});

describe('a history', () => {
  it('has a correction for each return, and a preparation for each submission, oldest first', () => {
    const history = {
      ...CLOSED_ON_FRIDAY,
      close: null,
      submissions: [at('2026-11-23T09:00:00Z'), at('2026-11-25T09:00:00Z')],
      handovers: [at('2026-11-23T09:00:00Z'), at('2026-11-25T09:00:00Z')],
      returns: [at('2026-11-24T09:00:00Z'), at('2026-11-26T09:00:00Z')],
      signOffs: [at('2026-11-30T09:00:00Z')],
    };
    const found = clocksOf(history, CONFIGURATION).map(({ key, stoppedAt }) => [key, iso(stoppedAt)]);
    expect(found).toEqual([
      ['PREPARATION', '2026-11-24T09:00:00.000Z'],
      ['RETURN_CORRECTION', '2026-11-25T09:00:00.000Z'],
      ['PREPARATION', '2026-11-26T09:00:00.000Z'],
      ['RETURN_CORRECTION', null],
    ]);
  });

  it('of a handoff that ended starts no clock afterwards and voids the running ones', () => {
    const history = { ...CLOSED_ON_FRIDAY, endedAt: at('2026-11-21T12:00:00Z') };
    const states = clocksOf(history, CONFIGURATION).map((clock) => stateOf(clock, [], at('2027-01-01T00:00:00Z')));
    expect(new Set(states)).toEqual(new Set([ClockState.VOID]));
    expect(clocksOf({ ...history, endedAt: at('2026-11-20T12:00:00Z') }, CONFIGURATION)).toEqual([]);
  });

  it('breaches once the instant has passed, and not at it', () => {
    const [clock] = clocksOf({ ...CLOSED_ON_FRIDAY }, CONFIGURATION).filter(({ key }) => key === 'INTRODUCTION');
    expect(stateOf(clock!, [], clock!.dueAt!)).toBe(ClockState.RUNNING);
    expect(stateOf(clock!, [], new Date(clock!.dueAt!.getTime() + 1))).toBe(ClockState.BREACHED);
    expect(stateOf({ ...clock!, stoppedAt: clock!.dueAt }, [], at('2027-01-01T00:00:00Z'))).toBe(ClockState.MET);
  });
});

const instant = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 1) }).map((ms) => new Date(ms));
const setting: fc.Arbitrary<ClockSetting> = fc.record({
  amount: fc.integer({ min: 1, max: 60 }),
  unit: fc.constantFrom('ELAPSED_HOURS' as const, 'BUSINESS_HOURS' as const, 'BUSINESS_DAYS' as const),
});
const pause: fc.Arbitrary<Pause> = fc
  .tuple(instant, fc.integer({ min: 0, max: 20 * 24 * HOUR }))
  .map(([from, length]) => ({ from, to: new Date(from.getTime() + length) }));
const pauses = fc.array(pause, { maxLength: 4 });

describe('a clock with pauses', () => {
  it('is the calendar’s own without them, and with those that were over before it started', () => {
    fc.assert(
      fc.property(setting, instant, pauses, (clock, start, some) => {
        expect(dueWithPauses(clock, start, LONDON, [])).toEqual(due(clock, start, LONDON));
        const over = some.filter(({ to }) => to! <= start);
        expect(dueWithPauses(clock, start, LONDON, over)).toEqual(due(clock, start, LONDON));
      }),
    );
  });

  it('counts what was left before a pause to the millisecond', () => {
    const start = at('2026-11-23T09:00:00Z');
    const wrong = Array.from({ length: 2000 }, (_, ms) => {
      const from = start.getTime() + HOUR - ms;
      const pause = { from: new Date(from), to: new Date(from + HOUR) };
      return dueWithPauses({ amount: 1, unit: 'BUSINESS_HOURS' }, start, LONDON, [pause])!.toISOString();
    }).filter((due, ms) => ms > 0 && due !== '2026-11-23T11:00:00.000Z');
    expect(wrong).toEqual([]);
  });

  it('runs exactly so many hours outside of the pauses', () => {
    const hours = setting.filter(({ unit }) => unit !== 'BUSINESS_DAYS');
    fc.assert(
      fc.property(hours, instant, pauses, (clock, start, some) => {
        const dueAt = dueWithPauses(clock, start, LONDON, some)!;
        const length = (from: Date, to: Date): number =>
          clock.unit === 'ELAPSED_HOURS' ? Math.max(0, to.getTime() - from.getTime()) : workedBetween(LONDON, from, to);
        // Every stretch between two ends of pauses is either paused or not.
        const marks = [start, dueAt, ...some.flatMap(({ from, to }) => [from, to!])]
          .filter((mark) => mark >= start && mark <= dueAt)
          .toSorted((a, b) => a.getTime() - b.getTime());
        const ran = marks.slice(1).reduce((sum, end, index) => {
          const begin = marks[index]!;
          const stands = some.some(({ from, to }) => from <= begin && end <= to!);
          return sum + (stands ? 0 : length(begin, end));
        }, 0);
        expect(ran).toBe(clock.amount * HOUR);
      }),
      { numRuns: 300 },
    );
  });

  it('is due on a business day, never earlier than without pauses, and not at all while one lasts that began before', () => {
    fc.assert(
      fc.property(setting, instant, pauses, (clock, start, some) => {
        const plain = due(clock, start, LONDON);
        const dueAt = dueWithPauses(clock, start, LONDON, some)!;
        expect(dueAt.getTime()).toBeGreaterThanOrEqual(plain.getTime());
        if (clock.unit === 'BUSINESS_DAYS') {
          const day = new Date(dueAt.getTime() - 1).toISOString().slice(0, 10);
          expect(isBusinessDay(LONDON, day)).toBe(true);
        }
        const open = { from: start, to: null };
        expect(dueWithPauses(clock, start, LONDON, [...some, open])).toBeNull();
        expect(remindWithPauses(clock, start, LONDON, [...some, open])).toBeNull();
      }),
    );
  });

  it('reminds between its start and the moment at which it is due', () => {
    fc.assert(
      fc.property(setting, instant, pauses, (clock, start, some) => {
        const remindAt = remindWithPauses(clock, start, LONDON, some)!;
        expect(remindAt >= start && remindAt <= dueWithPauses(clock, start, LONDON, some)!).toBe(true);
      }),
    );
  });
});

describe('a ladder', () => {
  const ladder = {
    responsibleId: 'owner',
    people: ['lead', 'director'],
    every: { amount: 8, unit: 'BUSINESS_HOURS' } as const,
  };
  const deadline = {
    remindAt: at('2026-11-23T09:00:00Z'),
    dueAt: at('2026-11-23T17:30:00Z'),
    stoppedAt: null,
    voidedAt: null,
  };
  const steps = (now: string, change = {}): (number | string | null)[][] =>
    stepsDue({ ...deadline, ...change }, ladder, LONDON, [], at(now)).map((s) => [s.step, s.personId, iso(s.firesAt)]);

  it('reminds, tells the first when it is due, and the next a working day later', () => {
    expect(steps('2026-11-23T08:59:59Z')).toEqual([]);
    expect(steps('2026-12-30T00:00:00Z')).toEqual([
      [0, 'owner', '2026-11-23T09:00:00.000Z'],
      [1, 'lead', '2026-11-23T17:30:00.000Z'],
      [2, 'director', '2026-11-24T17:00:00.000Z'],
    ]);
  });

  it('takes no step that the clock forestalled, and those before it whenever it is asked', () => {
    expect(steps('2026-12-30T00:00:00Z', { stoppedAt: at('2026-11-23T17:30:00Z') })).toEqual([
      [0, 'owner', '2026-11-23T09:00:00.000Z'],
    ]);
    expect(steps('2026-12-30T00:00:00Z', { voidedAt: at('2026-11-24T09:00:00Z') })).toHaveLength(2);
  });

  it('only ever grows with time', () => {
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        const [early, late] = a < b ? [a, b] : [b, a];
        const of = (now: Date): string[] => stepsDue(deadline, ladder, LONDON, [], now).map((s) => JSON.stringify(s));
        expect(of(late)).toEqual(expect.arrayContaining(of(early)));
      }),
    );
  });
});
