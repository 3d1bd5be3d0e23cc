import { KPI_DEFINITIONS } from '../../src/kpi/kpi.definitions.js';
import { CommitmentState } from '../../src/commitment/commitment.entity.js';
import type { CaseCommitment, CaseGround } from '../../src/reporting/case.types.js';
import { casesOf } from '../../src/reporting/cases.js';
import { at, cases, ground, SIGNED, type Told, WON } from './kpi-cases.kit.js';

describe('completeness as of the won instant', () => {
  const kept = (provenWeight: number, applicableWeight: number): Told => ({
    facts: { completeness: { provenWeight, applicableWeight } },
  });

  it('is what was kept at the win, whatever the items are now', () => {
    expect(cases('COMPLETENESS_SCORE', kept(3, 5))).toEqual(['2026-11-23 2026-11-23T10:00 3/5']);
    const items = [{ id: 'a', weight: 2, required: true, state: 'VERIFIED', naAcceptedAt: null, reopenedAt: null }];
    const now = { items } as unknown as Partial<CaseGround>;
    expect(cases('COMPLETENESS_SCORE', { ...kept(3, 5), ground: now })).toEqual(['2026-11-23 2026-11-23T10:00 3/5']);
  });

  it('is no case where nothing applied, before a win, and when it stands no more', () => {
    expect(cases('COMPLETENESS_SCORE', kept(0, 0))).toEqual([]);
    expect(cases('COMPLETENESS_SCORE')).toEqual([]);
    expect(cases('COMPLETENESS_SCORE', { ...kept(3, 5), history: { close: null } })).toEqual([]);
  });
});

describe('completion', () => {
  it.each([
    { what: 'passed in time', submissions: [at('2026-11-23T15:00')], expected: '2026-11-23 2026-11-23T15:00 1/1' },
    {
      what: 'passed before the close',
      submissions: [at('2026-11-20T15:00')],
      expected: '2026-11-23 2026-11-23T10:00 1/1',
    },
    {
      what: 'passed when it was due',
      submissions: [at('2026-11-24T10:00')],
      expected: '2026-11-23 2026-11-24T10:00 1/1',
    },
    { what: 'passed late', submissions: [at('2026-11-24T10:01')], expected: '2026-11-23 2026-11-24T10:00 0/1' },
    { what: 'not passed', submissions: [], expected: '2026-11-23 2026-11-24T10:00 0/1' },
  ])('of what $what is known as soon as it can be', ({ submissions, expected }) => {
    expect(cases('COMPLETION_RATE', { history: { submissions } })).toEqual([expected]);
  });

  it('is not asked of a deal that was not won, of a withdrawn handoff, and waits for a pause to end', () => {
    expect(cases('COMPLETION_RATE', { history: { close: null } })).toEqual([]);
    expect(cases('COMPLETION_RATE', { withdrawnAt: at('2026-12-01T10:00') })).toEqual([]);
    expect(cases('COMPLETION_RATE', { history: { pauses: [{ from: at('2026-11-23T12:00'), to: null }] } })).toEqual([]);
  });
});

describe('promises', () => {
  const promise = (rest: Partial<CaseCommitment> = {}): CaseCommitment => ({
    id: 'promise',
    state: CommitmentState.TASK,
    dueOn: '2026-12-18',
    taskDueOn: '2026-12-16',
    taskDoneAt: null,
    ...rest,
  });
  const kept = (commitment: CaseCommitment, told: Told = {}): string[] =>
    cases('PROMISE_ACCURACY', { ...told, facts: { commitments: [commitment], ...told.facts } });
  const project = { id: 'project', targetOn: '2027-01-29', readAt: null, closedAt: at('2027-01-29T16:00') };
  const [no, yes] = ['2026-12-18 2026-12-19T00:00 0/1', '2026-12-18 2026-12-19T00:00 1/1'];

  it.each([
    { what: 'a task that is not done', rest: {}, expected: [no] },
    { what: 'a task done late on the day', rest: { taskDoneAt: at('2026-12-18T23:30') }, expected: [yes] },
    { what: 'a task done a day late', rest: { taskDoneAt: at('2026-12-19T00:30') }, expected: [no] },
    { what: 'a task without a day promised', rest: { dueOn: null }, expected: ['2026-12-16 2026-12-17T00:00 0/1'] },
    { what: 'a promise that was declined', rest: { state: CommitmentState.DECLINED }, expected: [no] },
    { what: 'one without a home', rest: { state: CommitmentState.OPEN }, expected: [no] },
    {
      what: 'one that was declined without a day',
      rest: { state: CommitmentState.DECLINED, dueOn: null },
      expected: [],
    },
  ])('of $what', ({ rest, expected }) => expect(kept(promise(rest))).toEqual(expected));

  it('that became a line of the scope are delivered with the project', () => {
    const line = promise({ state: CommitmentState.SCOPE_LINE, dueOn: null, taskDueOn: null });
    expect(kept(line, { facts: { project } })).toEqual(['2027-01-29 2027-01-30T00:00 1/1']);
    expect(kept({ ...line, dueOn: '2027-01-28' }, { facts: { project } })).toEqual(['2027-01-28 2027-01-29T00:00 0/1']);
    expect(kept(line)).toEqual([]);
  });

  it('of a deal that was not won, or of a handoff withdrawn before, are not asked', () => {
    expect(kept(promise(), { history: { close: null } })).toEqual([]);
    expect(kept(promise(), { withdrawnAt: at('2026-12-18T10:00') })).toEqual([]);
    expect(kept(promise(), { withdrawnAt: at('2026-12-19T10:00') })).toEqual([no]);
  });
});

describe('passages', () => {
  const submissions = [
    { id: 'first', at: at('2026-11-23T15:00') },
    { id: 'second', at: at('2026-11-25T15:00') },
  ];

  it('are overrides by the handoff, on the day of the first', () => {
    expect(cases('OVERRIDE_RATE', { facts: { submissions } })).toEqual(['2026-11-23 2026-11-23T15:00 0/1']);
    expect(cases('OVERRIDE_RATE', { facts: { submissions, hasOverride: true } })).toEqual([
      '2026-11-23 2026-11-23T15:00 1/1',
    ]);
    expect(cases('OVERRIDE_RATE', { facts: { hasOverride: true } })).toEqual([]);
  });

  it('were rejected when a return came before the next', () => {
    const returned = (text: string): string[] =>
      cases('REJECTION_RATE', { facts: { submissions }, history: { returns: [at(text)] } });
    expect(returned('2026-11-24T10:00')).toEqual([
      '2026-11-23 2026-11-23T15:00 1/1',
      '2026-11-25 2026-11-25T15:00 0/1',
    ]);
    expect(returned('2026-11-25T16:00')).toEqual([
      '2026-11-23 2026-11-23T15:00 0/1',
      '2026-11-25 2026-11-25T15:00 1/1',
    ]);
    expect(returned('2026-11-23T14:00')).toEqual([
      '2026-11-23 2026-11-23T15:00 0/1',
      '2026-11-25 2026-11-25T15:00 0/1',
    ]);
  });

  it('were filled in by the sittings of whoever handed it in', () => {
    const marks = ['2026-11-23T09:00', '2026-11-23T09:04', '2026-11-23T09:34', '2026-11-23T14:55', '2026-11-23T15:00'];
    const facts = { submissions, fillMarks: marks.map(at) };
    expect(cases('FILL_TIME', { facts })).toEqual(['2026-11-23 2026-11-23T15:00 39/1']);
    expect(cases('FILL_TIME', { facts: { submissions } })).toEqual([]);
  });

  it('waited for approvals, which count for both percentiles', () => {
    const facts = { requests: [{ id: 'r', openedAt: at('2026-11-23T10:00'), decidedAt: at('2026-11-24T10:00:59') }] };
    expect(cases('APPROVAL_LEAD_TIME_P50', { facts })).toEqual(['2026-11-24 2026-11-24T10:00 1440/1']);
    expect(cases('APPROVAL_LEAD_TIME_P90', { facts })).toEqual(cases('APPROVAL_LEAD_TIME_P50', { facts }));
  });

  it('relied on assumptions: those whose last word came after the sign-off', () => {
    const assumption = { id: 'a', isRefuted: true, hasImpact: true, resolvedAt: at('2026-12-01T10:00') };
    const missed = (rest: object, signOffs = [SIGNED]): string[] =>
      cases('MISSED_ASSUMPTIONS', { history: { signOffs }, facts: { assumptions: [{ ...assumption, ...rest }] } });
    expect(missed({})).toEqual(['2026-12-01 2026-12-01T10:00 1/1']);
    expect(missed({ hasImpact: false })).toEqual(['2026-12-01 2026-12-01T10:00 0/1']);
    expect(missed({ isRefuted: false })).toEqual(['2026-12-01 2026-12-01T10:00 0/1']);
    expect(missed({ resolvedAt: SIGNED })).toEqual([]);
    expect(missed({ resolvedAt: null })).toEqual([]);
    expect(missed({}, [])).toEqual([]);
  });
});

it('has an id of its own for each case, the same every time, and a definition for each', () => {
  const told = {
    history: { signOffs: [SIGNED], submissions: [WON] },
    facts: {
      submissions: [{ id: 'first', at: WON }],
      fillMarks: [WON],
      project: { id: 'project', targetOn: '2027-01-29', readAt: null, closedAt: null },
    },
  };
  const rows = casesOf(ground(told));
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(casesOf(ground(told))).toEqual(rows);
  const keys = new Set(KPI_DEFINITIONS.map(({ key }) => key));
  expect(rows.filter(({ kpiKey }) => !keys.has(kpiKey))).toEqual([]);
  expect(rows[0]).toMatchObject({
    clientId: 'client',
    tierKey: 'STANDARD',
    ownerId: 'sofia',
    deliveryManagerId: 'dana',
  });
});
