import fc from 'fast-check';
import { Band, Criterion } from '../../src/quality/score.entity.js';
import { amended, bandOf, MOST, OF_MEETING, type ScoreFacts, scoreOf, totalOf } from '../../src/quality/score.rules.js';

/** A handoff with nothing missing. */
const flawless: ScoreFacts = {
  handoffId: 'h',
  summary: [{ path: 'statements.IN_SCOPE', isThere: true }],
  stakeholders: [{ path: 'stakeholders.PRIMARY_CONTACT', isThere: true }],
  commitments: [{ id: 'c', isHomed: true, isTold: true }],
  nothingPromised: false,
  risks: [{ id: 'r', isMet: true }],
  meeting: {
    isNeeded: true,
    meetingId: 'm',
    allAttended: true,
    fullAgenda: true,
    questionsAsked: 23,
    questionsAnswered: 23,
  },
  missedClocks: [],
  introducedInTime: true,
};

const parts = fc.array(fc.record({ path: fc.string(), isThere: fc.boolean() }), { maxLength: 9 });
const anyFacts: fc.Arbitrary<ScoreFacts> = fc.record({
  handoffId: fc.constant('h'),
  summary: parts,
  stakeholders: parts,
  commitments: fc.array(fc.record({ id: fc.string(), isHomed: fc.boolean(), isTold: fc.boolean() }), { maxLength: 9 }),
  nothingPromised: fc.boolean(),
  risks: fc.array(fc.record({ id: fc.string(), isMet: fc.boolean() }), { maxLength: 9 }),
  meeting: fc
    .record({
      isNeeded: fc.boolean(),
      meetingId: fc.constantFrom('m', null),
      allAttended: fc.boolean(),
      fullAgenda: fc.boolean(),
      questionsAsked: fc.nat(30),
      left: fc.nat(30),
    })
    .map(({ left, ...meeting }) => ({ ...meeting, questionsAnswered: Math.max(0, meeting.questionsAsked - left) })),
  missedClocks: fc.subarray(['DOCUMENT_COMPLETE', 'RETURN_CORRECTION']),
  introducedInTime: fc.constantFrom(true, false, null),
});

const pointsOf = (facts: ScoreFacts, criterion: Criterion): number =>
  scoreOf(facts).criteria.find((one) => one.criterion === criterion)!.points;

describe('the rubric of document 004', () => {
  it('has 100 points: documentation 50, meeting 30, timeliness 20', () => {
    const { SUMMARY, STAKEHOLDER_MAP, COMMITMENTS, RISKS, WITHIN_SLA, INTRODUCTION } = MOST;
    expect([SUMMARY, STAKEHOLDER_MAP, COMMITMENTS, RISKS]).toEqual([15, 10, 15, 10]);
    expect(OF_MEETING.map((criterion) => MOST[criterion])).toEqual([10, 10, 10]);
    expect([WITHIN_SLA, INTRODUCTION]).toEqual([15, 5]);
    expect(scoreOf(flawless)).toMatchObject({ earned: 100, possible: 100, total: 100, band: Band.EXCELLENT });
  });

  it.each([
    { total: 100, band: Band.EXCELLENT },
    { total: 90, band: Band.EXCELLENT },
    { total: 89, band: Band.GOOD },
    { total: 80, band: Band.GOOD },
    { total: 79, band: Band.ACCEPTABLE },
    { total: 70, band: Band.ACCEPTABLE },
    { total: 69, band: Band.SUBSTANDARD },
    { total: 0, band: Band.SUBSTANDARD },
  ])('$total is $band', ({ total, band }) => expect(bandOf(total)).toBe(band));

  it('gives points within their bounds, all of them only to what lacks nothing, and says what is lacking', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { criteria, earned, possible, total, band } = scoreOf(facts);
        expect(criteria.map(({ criterion }) => criterion)).toEqual(Object.values(Criterion));
        for (const { criterion, points, most, reasons } of criteria) {
          expect(Number.isInteger(points) && points >= 0 && points <= most).toBe(true);
          expect([0, MOST[criterion]]).toContain(most);
          if (most > 0) expect([criterion, points === most]).toEqual([criterion, reasons.length === 0]);
        }
        expect(earned).toBe(criteria.reduce((sum, { points }) => sum + points, 0));
        // Exactly: never a better band than the points reach.
        expect(total * possible <= earned * 100 && (total + 1) * possible > earned * 100).toBe(true);
        expect(bandOf(total)).toBe(band);
      }),
    );
  });

  it('never rises by something that goes missing', () => {
    fc.assert(
      fc.property(anyFacts, fc.nat(20), (facts, at) => {
        const summary = facts.summary.map((part, index) => (index === at ? { ...part, isThere: false } : part));
        expect(scoreOf({ ...facts, summary }).total).toBeLessThanOrEqual(scoreOf(facts).total);
      }),
    );
  });

  it('scales the other 70 points for a tier that needs no meeting, and counts one that was held all the same', () => {
    const none = { ...flawless.meeting, isNeeded: false, meetingId: null };
    const light = { ...flawless, meeting: none };
    expect(scoreOf(light)).toMatchObject({ earned: 70, possible: 70, total: 100 });
    // 55 of 70 are 78.57 of 100, which is not GOOD.
    expect(scoreOf({ ...light, missedClocks: ['DOCUMENT_COMPLETE'] })).toMatchObject({ total: 78, band: 'ACCEPTABLE' });
    expect(scoreOf({ ...light, meeting: { ...none, meetingId: 'm' } }).possible).toBe(100);
    expect(scoreOf({ ...flawless, meeting: { ...flawless.meeting, meetingId: null } })).toMatchObject({
      total: 70,
      possible: 100,
    });
  });

  it.each([
    {
      what: 'no promise and nobody who said so',
      facts: { commitments: [] },
      criterion: Criterion.COMMITMENTS,
      points: 0,
    },
    {
      what: 'a declared nothing',
      facts: { commitments: [], nothingPromised: true },
      criterion: Criterion.COMMITMENTS,
      points: 15,
    },
    {
      what: 'one of three promises that delivery had to find',
      facts: { commitments: ['a', 'b', 'c'].map((id) => ({ id, isHomed: true, isTold: id !== 'c' })) },
      criterion: Criterion.COMMITMENTS,
      points: 10,
    },
    { what: 'no risk', facts: { risks: [] }, criterion: Criterion.RISKS, points: 0 },
    {
      what: 'one of three risks without an answer',
      facts: { risks: ['a', 'b', 'c'].map((id) => ({ id, isMet: id !== 'c' })) },
      criterion: Criterion.RISKS,
      points: 6,
    },
    {
      what: '22 of 23 questions',
      facts: { meeting: { ...flawless.meeting, questionsAnswered: 22 } },
      criterion: Criterion.QUESTIONS_ANSWERED,
      points: 9,
    },
    { what: 'an open introduction', facts: { introducedInTime: null }, criterion: Criterion.INTRODUCTION, points: 0 },
  ])('$what is $points points', ({ facts, criterion, points }) => {
    expect(pointsOf({ ...flawless, ...facts }, criterion)).toBe(points);
  });

  it('counts the newest amendment of a criterion and leaves the others', () => {
    const { criteria } = scoreOf(flawless);
    const counted = amended(criteria, [
      { criterion: Criterion.SUMMARY, points: 0 },
      { criterion: Criterion.RISKS, points: 4 },
      { criterion: Criterion.SUMMARY, points: 12 },
    ]);
    expect(totalOf(counted)).toMatchObject({ earned: 91, total: 91 });
    expect(criteria[0]!.points).toBe(15);
  });
});
