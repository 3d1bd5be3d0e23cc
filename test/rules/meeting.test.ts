import fc from 'fast-check';
import { isWithinHours } from '../../src/catalogue/calendar.rules.js';
import { MEETING_PARTS } from '../../src/catalogue/configuration.meeting.js';
import type { BusinessCalendar } from '../../src/catalogue/configuration.js';
import { TIERS } from '../../src/catalogue/configuration.words.js';
import { agendaMinutes, meetingPlan, tierPolicy } from '../../src/catalogue/meeting.rules.js';
import type { Finding } from '../../src/core/finding.js';
import { Role } from '../../src/identity/roles.js';
import { agendaOf } from '../../src/meeting/agenda.rules.js';
import { type Cast, castFindings, castOf, membersOf } from '../../src/meeting/cast.rules.js';
import { HandoffMeeting, MeetingState, ParticipantNeed } from '../../src/meeting/meeting.entity.js';
import {
  agendaDueAt,
  agendaFindings,
  dateFindings,
  daysAsked,
  standingFindings,
} from '../../src/meeting/schedule.rules.js';

const HOUR = 3_600_000;
const at = (text: string): Date => new Date(text);
const codes = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code);

const day = [{ from: '09:00', to: '17:30' }];
const LONDON: BusinessCalendar = {
  timeZone: 'Europe/London',
  hours: { mon: day, tue: day, wed: day, thu: day, fri: day },
  holidays: [{ date: '2026-12-25', name: 'Christmas Day' }],
};
const STANDARD = meetingPlan({}, 'STANDARD');

describe('the meeting of document 004', () => {
  it('has seven segments of 50 minutes in all, 23 questions and ten items', () => {
    expect(STANDARD.segments.map(({ minutes }) => minutes)).toEqual([5, 10, 10, 10, 5, 5, 5]);
    expect(STANDARD.segments.map(({ questions }) => questions.length)).toEqual([3, 4, 4, 4, 4, 4, 0]);
    expect(agendaMinutes(STANDARD.segments)).toBe(50);
    expect(STANDARD.checklist).toHaveLength(10);
    const keys = [...STANDARD.segments, ...STANDARD.segments.flatMap(({ questions }) => questions)].map(
      ({ key }) => key,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('warns of an agenda that is longer than the meeting, and of no other', () => {
    expect(codes(agendaFindings(STANDARD, 45))).toEqual(['AGENDA_TOO_LONG']);
    expect(agendaFindings(STANDARD, 45)[0]).toMatchObject({ severity: 'WARNING', facts: { agendaMinutes: 50 } });
    expect(agendaFindings(STANDARD, 50)).toEqual([]);
    expect(agendaFindings(STANDARD, meetingPlan({}, 'HIGH_TOUCH').minutes)).toEqual([]);
  });

  it.each([
    { tier: 'LIGHT', needed: false, minutes: 30, required: ['REP', 'DELIVERY_MANAGER'], signOff: 'IGNORE' },
    { tier: 'STANDARD', needed: true, minutes: 45, required: ['REP', 'DELIVERY_MANAGER'], signOff: 'IGNORE' },
    {
      tier: 'HIGH_TOUCH',
      needed: true,
      minutes: 60,
      required: ['REP', 'DELIVERY_MANAGER', 'SERVICE_DELIVERY_LEAD'],
      signOff: 'WARN',
    },
  ] as const)('in $tier asks for $required in $minutes minutes', ({ tier, ...expected }) => {
    expect(meetingPlan({}, tier)).toMatchObject(expected);
    expect(meetingPlan({}, tier)).toMatchObject({ leastMinutes: 30, holdFromPercent: 90, agendaLeadHours: 24 });
  });

  it('keeps each part in one list, whatever a tenant puts where', () => {
    const parts = fc.uniqueArray(fc.constantFrom(...MEETING_PARTS), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...TIERS), parts, fc.option(parts, { nil: undefined }), (tier, required, other) => {
        const recommended = other?.filter((part) => !required.includes(part));
        const policy = tierPolicy(tier, { required, ...(recommended ? { recommended } : {}) });
        const all = [...policy.required, ...policy.recommended, ...policy.optional];
        expect(new Set(all).size).toBe(all.length);
        expect(policy.required).toEqual(required);
      }),
    );
  });
});

describe('who takes which part', () => {
  const holders = [
    { personId: 'sofia', role: Role.SALES_MANAGER },
    { personId: 'sam', role: Role.SALES_MANAGER },
    { personId: 'dana', role: Role.DELIVERY_MANAGER },
    { personId: 'leah', role: Role.SERVICE_DELIVERY_LEAD },
    { personId: 'ravi', role: Role.REVOPS_ADMIN },
  ];
  const cast: Cast = { ownerId: 'sofia', deliveryManagerId: 'dana', projectLeadId: 'dana', holders };
  const plan = meetingPlan({}, 'HIGH_TOUCH');

  it('follows from owner, delivery manager, project lead and roles; the rest is claimed, or a guest', () => {
    const people = ['sofia', 'sam', 'dana', 'leah', 'ravi', 'gus'].map((personId) => ({ personId }));
    const members = membersOf([...people, { personId: 'sol', part: 'SOLUTION_ENGINEER' as const }], cast, plan);
    expect(members.map(({ personId, parts, need }) => [personId, need, ...parts])).toEqual([
      ['sofia', ParticipantNeed.REQUIRED, 'REP'],
      ['sam', ParticipantNeed.OPTIONAL, 'SALES_MANAGER'],
      ['dana', ParticipantNeed.REQUIRED, 'DELIVERY_MANAGER', 'PROJECT_LEAD'],
      ['leah', ParticipantNeed.REQUIRED, 'SERVICE_DELIVERY_LEAD'],
      ['ravi', ParticipantNeed.OPTIONAL, 'REVOPS_ADMIN'],
      ['gus', ParticipantNeed.OPTIONAL, 'GUEST'],
      ['sol', ParticipantNeed.RECOMMENDED, 'SOLUTION_ENGINEER'],
    ]);
  });

  it('knows a record by the person into whom it was merged', () => {
    const merged = new Map([['old-sofia', 'sofia']]);
    const known = castOf({ ownerId: 'old-sofia', deliveryManagerId: null }, null, holders, merged);
    expect(membersOf([{ personId: 'sofia' }], known, plan)[0]!.parts).toEqual(['REP']);
  });

  it('names every required part that nobody takes with who could, and everybody who is not active', () => {
    const everybody = ['sofia', 'dana', 'leah', 'gone', 'sam'];
    fc.assert(
      fc.property(fc.subarray(everybody), (invited) => {
        const findings = castFindings(
          membersOf(
            invited.map((personId) => ({ personId })),
            cast,
            plan,
          ),
          cast,
          plan,
        );
        const missing = findings.filter(({ code }) => code === 'REQUIRED_PARTICIPANT_MISSING');
        const by: Record<string, string> = { sofia: 'REP', dana: 'DELIVERY_MANAGER', leah: 'SERVICE_DELIVERY_LEAD' };
        const expected = Object.entries(by).filter(([person]) => !invited.includes(person));
        expect(missing.map(({ facts }) => [facts.couldBe, facts.part])).toEqual(
          expected.map(([person, part]) => [[person], part]),
        );
        expect(findings.length - missing.length).toBe(invited.includes('gone') ? 1 : 0);
      }),
    );
  });
});

describe('a date', () => {
  const now = at('2026-11-23T14:00:00Z');

  it.each([
    { what: 'a day ahead in working time', starts: '2026-11-25T10:00:00Z', told: '2026-11-24T10:00:00Z' },
    { what: 'on Friday morning for a Monday', starts: '2026-11-30T10:00:00Z', told: '2026-11-27T09:00:00Z' },
    { what: 'in the morning before for an early hour', starts: '2026-11-25T07:00:00Z', told: '2026-11-23T09:00:00Z' },
    { what: 'when work began for a late one', starts: '2026-11-25T19:00:00Z', told: '2026-11-24T09:00:00Z' },
    { what: 'before a holiday', starts: '2026-12-28T10:00:00Z', told: '2026-12-24T09:00:00Z' },
    { what: 'in summer by the wall clock', starts: '2027-06-07T09:00:00Z', told: '2027-06-04T08:00:00Z' },
  ])('has its agenda told $what', ({ starts, told }) => {
    expect(agendaDueAt(at(starts), 24, LONDON)).toEqual(at(told));
  });

  it('has its agenda told in working time, at least so many hours ahead', () => {
    const instants = fc.date({ min: at('2026-01-05T00:00:00Z'), max: at('2028-01-01T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 120 }), (startsAt, lead) => {
        const told = agendaDueAt(startsAt, lead, LONDON);
        expect(startsAt.getTime() - told.getTime()).toBeGreaterThanOrEqual(lead * HOUR);
        expect(isWithinHours(LONDON, told)).toBe(true);
      }),
    );
  });

  it('lies in the future, is long enough, and before the close needs the probability; all is said at once', () => {
    const asked = { startsAt: now, durationMinutes: 20, probabilityPercent: 89 };
    expect(codes(dateFindings(asked, STANDARD, false, now))).toEqual([
      'DATE_IN_THE_PAST',
      'MEETING_TOO_SHORT',
      'DEAL_NOT_PROBABLE_ENOUGH',
    ]);
    const fine = { startsAt: at('2026-11-23T14:00:00.001Z'), durationMinutes: 30, probabilityPercent: 90 };
    expect(dateFindings(fine, STANDARD, false, now)).toEqual([]);
    expect(codes(dateFindings({ ...fine, probabilityPercent: null }, STANDARD, false, now))).toEqual([
      'DEAL_NOT_PROBABLE_ENOUGH',
    ]);
    expect(dateFindings({ ...fine, probabilityPercent: null }, STANDARD, true, now)).toEqual([]);
  });

  it('is shown with what has become wrong with it, while it is still to come', () => {
    const meeting = Object.assign(new HandoffMeeting(), {
      state: MeetingState.TENTATIVE,
      startsAt: at('2026-11-24T20:00:00Z'),
      durationMinutes: 45,
      scheduledAt: now,
      plan: meetingPlan({}, 'STANDARD'),
    });
    const participants = [
      { personId: 'sofia', parts: ['REP' as const], isActive: true },
      { personId: 'dana', parts: ['DELIVERY_MANAGER' as const], isActive: false },
    ];
    const standing = { participants, wonAt: now, calendar: LONDON, now: new Date(now.getTime() + 24 * HOUR + 1) };
    const found = standingFindings(meeting, standing);
    expect(found.every(({ severity }) => severity === 'WARNING')).toBe(true);
    expect(codes(found)).toEqual([
      'PARTICIPANT_LEFT',
      'REQUIRED_PART_OPEN',
      'RECOMMENDED_PART_OPEN',
      'RECOMMENDED_PART_OPEN',
      'AGENDA_TOO_LONG',
      'MEETING_OUTSIDE_HOURS',
      'MEETING_NOT_CONFIRMED',
    ]);
    const late = { ...meeting, scheduledAt: at('2026-11-24T00:00:00Z') };
    expect(codes(standingFindings(late, standing))).toContain('AGENDA_LATE');
    expect(codes(standingFindings(meeting, { ...standing, now: new Date(now.getTime() + 24 * HOUR) }))).not.toContain(
      'MEETING_NOT_CONFIRMED',
    );
    expect(standingFindings({ ...meeting, state: MeetingState.HELD }, standing)).toEqual([]);
  });

  it('is looked for in 92 days at most, both counted', () => {
    expect(daysAsked(null, null)).toBeNull();
    expect(daysAsked('2026-11-30', '2026-12-02')).toEqual(['2026-11-30', '2026-12-01', '2026-12-02']);
    expect(daysAsked('2026-11-30', null)?.at(-1)).toBe('2027-03-02');
    expect(daysAsked(null, '2027-03-02')?.[0]).toBe('2026-11-30');
    expect(() => daysAsked('2026-12-02', '2026-12-01')).toThrow('before');
    expect(() => daysAsked('2026-01-01', '2026-12-01')).toThrow('334 days');
  });
});

describe('an agenda', () => {
  it('shows with each segment what the handoff knows: what is open, promises without a home first', () => {
    const agenda = agendaOf(STANDARD, 45, {
      statements: [
        { id: 's1', kind: 'IN_SCOPE' as never, text: 'Twelve switches' },
        { id: 's2', kind: 'COMMERCIAL_GUARDRAIL' as never, text: 'Not shown' },
      ],
      commitments: [
        { id: 'c1', text: 'Kept', state: 'TASK' as never },
        { id: 'c2', text: 'Open', state: 'OPEN' as never },
        { id: 'c3', text: 'Declined', state: 'DECLINED' as never },
      ],
      assumptions: [
        { id: 'a1', text: 'Cabling is there', state: 'ASSUMED' as never },
        { id: 'a2', text: 'Checked', state: 'CONFIRMED' as never },
      ],
      decisions: [{ id: 'd1', number: 'D-1', question: 'Who pays?', dueOn: '2026-12-01', state: 'OPEN' as never }],
      risks: [{ id: 'r1', text: 'Late line', level: 'HIGH' as never, mitigation: null }],
    });
    const known = Object.fromEntries(agenda.segments.map(({ key, known: own }) => [key, own.map(({ text }) => text)]));
    expect(known['scope-and-commitments']).toEqual(['Twelve switches', 'Open', 'Kept']);
    expect(known['technical-and-plan']).toEqual(['Cabling is there', 'D-1, due 2026-12-01: Who pays?']);
    expect(known.risks).toEqual(['HIGH: Late line (nothing is done about it yet)']);
    expect(known.actions).toEqual([]);
  });
});
