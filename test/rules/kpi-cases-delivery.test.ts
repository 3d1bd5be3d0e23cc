import type { CaseGround } from '../../src/reporting/case.types.js';
import { casesOf } from '../../src/reporting/cases.js';
import { at, cases, ground, KICKOFF_DUE, SIGNED, type Told, WON } from './kpi-cases.kit.js';

describe('kickoff delay', () => {
  const paused = [{ from: at('2026-11-25T10:00'), to: at('2026-11-27T10:00') }];
  const due = (told: Told): string[] => cases('KICKOFF_DELAY_RATE', told);

  it.each([
    {
      what: 'held in time',
      history: { kickoffHeldAt: at('2026-11-27T10:00') },
      expected: ['2026-11-30 2026-11-30T17:30 0/1'],
    },
    {
      what: 'held at the very instant',
      history: { kickoffHeldAt: KICKOFF_DUE },
      expected: ['2026-11-30 2026-11-30T17:30 0/1'],
    },
    {
      what: 'held late',
      history: { kickoffHeldAt: at('2026-12-02T10:00') },
      expected: ['2026-11-30 2026-11-30T17:30 1/1'],
    },
    { what: 'not held', history: {}, expected: ['2026-11-30 2026-11-30T17:30 1/1'] },
    {
      what: 'held within the pause that the client asked for',
      history: { kickoffHeldAt: at('2026-12-01T10:00'), pauses: paused },
      expected: ['2026-11-30 2026-11-30T17:30 1/1 client'],
    },
    {
      what: 'paused, and held in time all the same',
      history: { kickoffHeldAt: at('2026-11-30T10:00'), pauses: paused },
      expected: ['2026-11-30 2026-11-30T17:30 0/1'],
    },
    {
      what: 'late, and paused only after that',
      history: { pauses: [{ from: at('2026-12-01T10:00'), to: null }] },
      expected: ['2026-11-30 2026-11-30T17:30 1/1'],
    },
  ])('of a kickoff $what', ({ history, expected }) => expect(due({ history })).toEqual(expected));

  it('is none of a handoff that ended before, and one of a handoff that ended after', () => {
    expect(due({ withdrawnAt: at('2026-11-29T10:00') })).toEqual([]);
    expect(due({ withdrawnAt: at('2026-12-01T10:00') })).toEqual(['2026-11-30 2026-11-30T17:30 1/1']);
  });
});

describe('scope changes', () => {
  const change = (id: string, isIncident: boolean) => ({ id, raisedAt: at('2026-12-10T23:30'), isIncident });
  const project = { id: 'project', targetOn: '2027-01-29', readAt: null, closedAt: null };
  const span = (told: Told): (string | null)[][] =>
    casesOf(ground({ history: { signOffs: [SIGNED] }, ...told }))
      .filter(({ spanFromOn }) => spanFromOn !== null)
      .map(({ spanFromOn, spanToOn }) => [spanFromOn, spanToOn]);

  it('count 30 each for the frequency, and one each for the incidents, traced or not', () => {
    const facts = { scopeChanges: [change('a', true), change('b', false)] };
    expect(cases('SCOPE_CHANGE_FREQUENCY', { facts })).toEqual([
      '2026-12-10 2026-12-10T23:30 30/0',
      '2026-12-10 2026-12-10T23:30 30/0',
    ]);
    expect(cases('SCOPE_CHANGE_INCIDENTS', { facts })).toEqual([
      '2026-12-10 2026-12-10T23:30 1/1',
      '2026-12-10 2026-12-10T23:30 0/1',
    ]);
  });

  it('are divided by the days from the first sign-off to the end of the project', () => {
    expect(span({ facts: { project } })).toEqual([['2026-11-26', null]]);
    expect(span({ facts: { project: { ...project, closedAt: at('2027-02-01T10:00') } } })).toEqual([
      ['2026-11-26', '2027-02-01'],
    ]);
    const withdrawnAt = at('2026-12-24T10:00');
    expect(span({ withdrawnAt, facts: { project: { ...project, closedAt: at('2027-02-01T10:00') } } })).toEqual([
      ['2026-11-26', '2026-12-24'],
    ]);
    expect(span({ history: { signOffs: [] }, facts: { project } })).toEqual([]);
  });
});

describe('delivery', () => {
  const deliverable = { milestoneId: 'milestone', targetOn: '2026-12-04', doneAt: null as Date | null };
  const late = (change: Partial<typeof deliverable>, told: Told = {}): string[] =>
    cases('FIRST_DELIVERABLE_LATENESS', {
      history: { signOffs: [SIGNED] },
      ...told,
      delivery: { deliverable: { ...deliverable, ...change } },
    });

  it('is late unless the first deliverable was done by its day', () => {
    expect(late({})).toEqual(['2026-12-04 2026-12-05T00:00 1/1']);
    expect(late({ doneAt: at('2026-12-04T23:59') })).toEqual(['2026-12-04 2026-12-05T00:00 0/1']);
    expect(late({ doneAt: at('2026-12-05T00:01') })).toEqual(['2026-12-04 2026-12-05T00:00 1/1']);
    expect(late({ targetOn: '2026-11-24' })).toEqual(['2026-11-24 2026-11-26T12:00 1/1']);
    expect(late({}, { history: { signOffs: [] } })).toEqual([]);
    expect(late({}, { history: { signOffs: [SIGNED] }, withdrawnAt: at('2026-12-01T10:00') })).toEqual([]);
  });

  it('gives its first value days after the close', () => {
    const value = (doneAt: Date | null): string[] =>
      cases('TIME_TO_FIRST_VALUE', { delivery: { deliverable: { ...deliverable, doneAt } } });
    expect(value(at('2026-12-03T23:30'))).toEqual(['2026-12-03 2026-12-03T23:30 10/1']);
    expect(value(at('2026-11-20T10:00'))).toEqual(['2026-11-20 2026-11-20T10:00 0/1']);
    expect(value(null)).toEqual([]);
  });

  it('reaches out first by whichever came first, from the win by its own clock', () => {
    const wonAt = at('2026-11-23T08:00');
    const touch = (contactAt: Date | null, introducedAt: Date | null): string[] =>
      cases('TIME_TO_FIRST_TOUCH', { delivery: { firstTouch: { wonAt, contactAt } }, history: { introducedAt } });
    expect(touch(at('2026-11-24T09:00'), null)).toEqual(['2026-11-23 2026-11-24T09:00 1500/1']);
    expect(touch(at('2026-11-24T09:00'), at('2026-11-23T11:00'))).toEqual(['2026-11-23 2026-11-23T11:00 180/1']);
    expect(touch(at('2026-11-20T09:00'), null)).toEqual(['2026-11-23 2026-11-23T10:00 0/1']);
    expect(touch(null, null)).toEqual([]);
    expect(cases('TIME_TO_FIRST_TOUCH', { history: { introducedAt: at('2026-11-23T11:00') } })).toEqual([
      '2026-11-23 2026-11-23T11:00 60/1',
    ]);
  });

  it('is scored by the last acceptance', () => {
    const score = (id: string, cause: string, points: number, text: string) => ({
      id,
      cause,
      scoredAt: at(text),
      criteria: [{ points, most: 70 }],
    });
    const scores = [
      score('a', 'ACCEPTANCE', 70, '2026-11-26T12:00'),
      score('b', 'ACCEPTANCE', 59, '2026-12-02T12:00'),
      score('c', 'REMEDIATION', 70, '2026-12-09T12:00'),
    ];
    expect(cases('QUALITY_SCORE', { ground: { scores } as unknown as Partial<CaseGround> })).toEqual([
      '2026-12-02 2026-12-02T12:00 84/1',
    ]);
  });

  it('hears from the client', () => {
    const feedback = { id: 'f', givenAt: at('2026-12-10T10:00') };
    const surveys = [{ id: 's', score: 9, answeredOn: '2026-12-08', recordedAt: at('2026-12-11T10:00') }];
    expect(cases('REPEAT_ASK_RATE', { facts: { feedback, clientAskedAgain: true } })).toEqual([
      '2026-12-10 2026-12-10T10:00 1/1',
    ]);
    expect(cases('REPEAT_ASK_RATE', { facts: { clientAskedAgain: true } })).toEqual([]);
    expect(cases('CLIENT_SURVEY_SCORE', { facts: { surveys } })).toEqual(['2026-12-08 2026-12-11T10:00 9/1']);
  });
});

describe('margin erosion', () => {
  const line = { budgetType: 'LABOUR', hours: '10', costMinor: 50_000n, priceMinor: 100_000n };
  const erosion = (
    key: string,
    change: { currency?: string; costMinor?: bigint | null; closedAt?: Date } = {},
  ): string[] => {
    const { currency = 'GBP', costMinor = 50_000n, closedAt = null } = change;
    const project = { id: 'project', targetOn: '2027-01-29', readAt: at('2026-12-09T03:00'), closedAt };
    const lines = [{ budgetTypes: ['LABOUR'], actualMinutes: 660, remainingMinutes: 60, actualCostMinor: null }];
    const actuals = { takenAt: at('2026-12-08T15:00'), isClosed: closedAt !== null, lines };
    const budgets = [{ currency, lines: [{ ...line, costMinor }] }];
    return cases(key, { facts: { project }, ground: { budgets, actuals } as unknown as Partial<CaseGround> });
  };

  it('is of the last actuals, and realised on the day of the close', () => {
    expect(erosion('MARGIN_EROSION_MONEY')).toEqual(['2026-12-08 2026-12-09T03:00 10000/1']);
    expect(erosion('MARGIN_EROSION_POINTS')).toEqual(['2026-12-08 2026-12-09T03:00 1000/1']);
    expect(erosion('MARGIN_EROSION_MONEY', { closedAt: at('2026-12-07T15:00') })).toEqual([
      '2026-12-07 2026-12-09T03:00 5000/1',
    ]);
  });

  it('is not known without a cost, and no money of ours in another currency', () => {
    expect(erosion('MARGIN_EROSION_MONEY', { costMinor: null })).toEqual([]);
    expect(erosion('MARGIN_EROSION_MONEY', { currency: 'USD' })).toEqual([]);
    expect(erosion('MARGIN_EROSION_POINTS', { currency: 'USD' })).toEqual(['2026-12-08 2026-12-09T03:00 1000/1']);
  });

  it('alone is kept for those who see margin', () => {
    const lines = [line];
    const told = {
      ground: { budgets: [{ currency: 'GBP', lines }], actuals: { takenAt: WON, isClosed: false, lines: [] } },
    };
    const project = { id: 'project', targetOn: '2027-01-29', readAt: WON, closedAt: null };
    const rows = casesOf(ground({ ...told, facts: { project } } as unknown as Told));
    expect(rows.filter(({ isMargin }) => isMargin).map(({ kpiKey }) => kpiKey)).toEqual([
      'MARGIN_EROSION_POINTS',
      'MARGIN_EROSION_MONEY',
    ]);
  });
});
