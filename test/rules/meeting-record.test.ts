import fc from 'fast-check';
import { type MeetingPart, MEETING_PARTS } from '../../src/catalogue/configuration.meeting.js';
import type { Tier } from '../../src/catalogue/configuration.words.js';
import { meetingPlan } from '../../src/catalogue/meeting.rules.js';
import { CheckAnswer } from '../../src/meeting/meeting.entity.js';
import { type HeldMeeting, meetingHeldFindings, meetingOutcome } from '../../src/meeting/outcome.rules.js';
import { type AskedRecord, recordFindings } from '../../src/meeting/record.rules.js';

const at = (text: string): Date => new Date(text);
const STANDARD = meetingPlan({}, 'STANDARD');

const complete = (): AskedRecord => ({
  heldAt: at('2026-11-25T10:00:00Z'),
  notes: 'What was said.',
  attendance: [
    { personId: 'sofia', attended: true },
    { personId: 'dana', attended: true },
  ],
  segments: STANDARD.segments.map(({ key, questions }) => ({
    key,
    covered: true,
    answered: questions.map((question) => question.key),
  })),
  checklist: STANDARD.checklist.map(({ key }) => ({ key, answer: CheckAnswer.YES })),
});
const GROUND = {
  meeting: { plan: STANDARD },
  invitedIds: ['sofia', 'dana'],
  activeIds: new Set(['sofia', 'dana', 'leah']),
  openedAt: at('2026-11-20T09:00:00Z'),
  now: at('2026-11-25T12:00:00Z'),
};

describe('a record', () => {
  it('that says everything has no finding', () => expect(recordFindings(complete(), GROUND)).toEqual([]));

  it('names exactly what it leaves out', () => {
    const record = complete();
    fc.assert(
      fc.property(fc.subarray([...record.segments]), fc.subarray([...record.checklist]), (segments, checklist) => {
        const missing = recordFindings({ ...record, segments, checklist }, GROUND).map(({ path, facts }) => [
          path,
          facts.missing,
        ]);
        const without = <T extends { key: string }>(all: readonly T[], some: readonly T[]): string[] =>
          all.filter((one) => !some.includes(one)).map(({ key }) => key);
        const expected = [
          ['checklist', without(record.checklist, checklist)],
          ['segments', without(record.segments, segments)],
        ].filter(([, keys]) => keys!.length > 0);
        expect(missing).toEqual(expected);
      }),
    );
  });

  it.each<{ what: string; change: Partial<AskedRecord>; code: string; path: string }>([
    {
      what: 'neither notes nor a recording',
      change: { notes: null },
      code: 'NOTES_OR_RECORDING_MISSING',
      path: 'notes',
    },
    { what: 'a future', change: { heldAt: at('2026-11-25T12:00:01Z') }, code: 'IMPOSSIBLE_TIME', path: 'heldAt' },
    { what: 'a past', change: { heldAt: at('2026-11-20T08:59:59Z') }, code: 'IMPOSSIBLE_TIME', path: 'heldAt' },
    {
      what: 'nothing of somebody',
      change: { attendance: [{ personId: 'sofia', attended: true }] },
      code: 'ATTENDANCE_MISSING',
      path: 'attendance',
    },
    {
      what: 'nobody',
      change: { attendance: complete().attendance.map(({ personId }) => ({ personId, attended: false })) },
      code: 'NOBODY_ATTENDED',
      path: 'attendance',
    },
    {
      what: 'a stranger',
      change: { attendance: [...complete().attendance, { personId: 'gone', attended: true }] },
      code: 'PARTICIPANT_NOT_ACTIVE',
      path: 'attendance',
    },
    {
      what: 'a NO without a remark',
      change: {
        checklist: complete().checklist.map((item, index) =>
          index === 3 ? { ...item, answer: CheckAnswer.NO } : item,
        ),
      },
      code: 'REMARK_MISSING',
      path: 'checklist.objectives',
    },
    {
      what: 'an unknown segment',
      change: { segments: [...complete().segments, { key: 'lunch', covered: true, answered: [] }] },
      code: 'NOT_IN_THE_AGENDA',
      path: 'segments',
    },
    {
      what: 'a question of another segment',
      change: {
        segments: complete().segments.map((one) => (one.key === 'actions' ? { ...one, answered: ['sold'] } : one)),
      },
      code: 'NOT_IN_THE_AGENDA',
      path: 'segments.actions.answered',
    },
  ])('of $what is $code', ({ change, code, path }) => {
    expect(recordFindings({ ...complete(), ...change }, GROUND)).toMatchObject([{ code, path }]);
  });
});

describe('what the meetings came to', () => {
  const held = (id: string, change: Partial<HeldMeeting> = {}): HeldMeeting => ({
    id,
    handoffId: 'h',
    heldAt: at('2026-11-25T10:00:00Z'),
    plan: STANDARD,
    participants: [
      { personId: 'sofia', parts: ['REP'], attended: true },
      { personId: 'dana', parts: ['DELIVERY_MANAGER', 'PROJECT_LEAD'], attended: true },
    ],
    segments: complete().segments.map(({ key, covered, answered }) => ({ segment: key, covered, answered })),
    ...change,
  });

  it('is complete when everybody required was there, and everything was gone through and answered', () => {
    expect(meetingOutcome([])).toBeNull();
    expect(meetingOutcome([held('m1')])).toMatchObject({
      allRequiredAttended: true,
      agendaDone: true,
      questionsAsked: 23,
      questionsAnswered: 23,
      missingParts: [],
    });
  });

  it('counts by meeting who was there, and over all of them what was gone through, in whatever order they come', () => {
    const first = held('m1', {
      participants: [
        { personId: 'sofia', parts: ['REP'], attended: true },
        { personId: 'dana', parts: ['DELIVERY_MANAGER'], attended: false },
      ],
      segments: held('m1').segments.map((one, index) => (index < 4 ? one : { ...one, covered: false, answered: [] })),
    });
    const second = held('m2', {
      heldAt: at('2026-11-27T10:00:00Z'),
      participants: [{ personId: 'dana', parts: ['DELIVERY_MANAGER'], attended: true }],
      segments: held('m2').segments.map((one, index) => (index < 4 ? { ...one, covered: false, answered: [] } : one)),
    });
    expect(meetingOutcome([first])).toMatchObject({
      missingParts: ['DELIVERY_MANAGER'],
      agendaDone: false,
      missedSegments: ['risks', 'transition', 'actions'],
      questionsAnswered: 15,
    });
    const both = meetingOutcome([second, first]);
    expect(both).toEqual(meetingOutcome([first, second]));
    expect(both).toMatchObject({
      heldAt: first.heldAt,
      lastHeldAt: second.heldAt,
      meetingIds: ['m1', 'm2'],
      allRequiredAttended: false,
      agendaDone: true,
      questionsAnswered: 23,
    });
  });

  it.each<{ tier: Tier; signOff: 'BLOCK' | 'WARN' | 'IGNORE' | undefined; severity: string | undefined }>([
    { tier: 'STANDARD', signOff: undefined, severity: undefined },
    { tier: 'HIGH_TOUCH', signOff: undefined, severity: 'WARNING' },
    { tier: 'STANDARD', signOff: 'BLOCK', severity: 'BLOCKING' },
    { tier: 'HIGH_TOUCH', signOff: 'IGNORE', severity: undefined },
  ])('is asked for by the sign-off of $tier with $signOff as $severity', ({ tier, signOff, severity }) => {
    const configuration = signOff ? { meetingPolicy: { byTier: { [tier]: { signOff } } } } : {};
    expect(meetingHeldFindings(configuration, tier, [])[0]?.severity).toBe(severity);
    expect(meetingHeldFindings(configuration, tier, [held('m1')])).toEqual([]);
  });

  it('needs every part that is required, whoever else was there', () => {
    const others = fc.uniqueArray(fc.constantFrom(...MEETING_PARTS));
    fc.assert(
      fc.property(others, (parts: MeetingPart[]) => {
        const participants = parts.map((part) => ({ personId: part, parts: [part], attended: true }));
        const outcome = meetingOutcome([held('m1', { participants })])!;
        expect(outcome.missingParts).toEqual(STANDARD.required.filter((part) => !parts.includes(part)));
        expect(outcome.allRequiredAttended).toBe(outcome.missingParts.length === 0);
      }),
    );
  });
});
