import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { type Difference, driftSteps, endState, isQuiet } from '../../src/integrations/halopsa/drift.rules.js';
import { firstContact } from '../../src/integrations/halopsa/actuals-reading.rules.js';
import { differing } from '../../src/integrations/halopsa/kept.rules.js';
import { dueReads, type ProjectThere } from '../../src/integrations/halopsa/project-sweep.rules.js';
import { DriftState, type PsaDrift } from '../../src/integrations/halopsa/psa-drift.entity.js';

const STANDING = [DriftState.OPEN, DriftState.RESTORING, DriftState.ACCEPTED];
const drift = (over: Partial<PsaDrift>): PsaDrift =>
  ({
    objectId: 'o',
    field: 'summary',
    ours: 'a',
    theirs: 'b',
    state: DriftState.OPEN,
    endedAt: null,
    ...over,
  }) as PsaDrift;
const key = ({ objectId, field }: Pick<Difference, 'objectId' | 'field'>): string => `${objectId} ${field}`;

const word = fc.constantFrom('o', 'p');
const differences = fc.uniqueArray(
  fc.record({ objectId: word, field: fc.constantFrom('summary', 'targetdate'), ours: word, theirs: word }),
  { selector: key },
);
const standing = fc.uniqueArray(
  fc
    .record({ objectId: word, field: fc.constantFrom('summary', 'targetdate'), ours: word, theirs: word })
    .chain((of) => fc.constantFrom(...STANDING).map((state) => drift({ ...of, state }))),
  { selector: key },
);

describe('incidents', () => {
  it('stand exactly for the differences that were seen, one each', () => {
    fc.assert(
      fc.property(standing, differences, (known, seen) => {
        const { found, ended } = driftSteps(known, seen, ['o', 'p']);
        const left = [...known.filter((one) => !ended.includes(one)).map(key), ...found.map(key)].toSorted();
        expect(left).toEqual(seen.map(key).toSorted());
      }),
    );
  });

  it('are quiet when the same is seen again, once nothing is being restored', () => {
    fc.assert(
      fc.property(standing, (known) => {
        const settled = known.filter(({ state }) => state !== DriftState.RESTORING);
        expect(isQuiet(driftSteps(settled, settled, ['o', 'p']))).toBe(true);
      }),
    );
  });

  it('of what was not looked at stay as they are', () => {
    fc.assert(fc.property(standing, (known) => isQuiet(driftSteps(known, [], []))));
  });

  it('that were accepted are followed by a new one when they change, and those being restored open again', () => {
    const accepted = drift({ state: DriftState.ACCEPTED });
    const restoring = drift({ objectId: 'p', state: DriftState.RESTORING });
    const seen = [{ ...accepted, theirs: 'c' }, restoring];
    expect(driftSteps([accepted, restoring], seen, ['o', 'p'])).toEqual({
      found: [seen[0]],
      changed: [],
      again: [restoring],
      ended: [accepted],
    });
  });

  it('end as what was decided', () => {
    expect(STANDING.map((state) => endState(drift({ state })))).toEqual(['GONE', 'RESTORED', 'ACCEPTED']);
  });
});

it('a difference names both values: days as days, amounts to the digit, custom fields as one', () => {
  const ours = {
    targetdate: '2026-12-18',
    budgets: [{ budgettype_id: 1, hours: new LosslessNumber('80'), money: new LosslessNumber('7200.00') }],
    milestones: [{ id: 5, name: 'Build', target_date: '2026-12-04' }, { name: 'Gone' }],
    customfields: [{ name: 'CFBaseline', value: 'v1' }],
  };
  const theirs = {
    targetdate: '2027-01-08T00:00:00',
    budgets: [{ budgettype_id: 1, hours: new LosslessNumber('120'), money: new LosslessNumber('7200') }],
    milestones: [{ id: new LosslessNumber('5'), name: 'Build', target_date: '2026-12-11T00:00:00' }],
    customfields: [{ name: 'CFBaseline', value: 'v9' }],
  };
  expect(differing(ours, theirs)).toEqual([
    { field: 'targetdate', ours: '2026-12-18', theirs: '2027-01-08' },
    { field: 'budgets.1.hours', ours: '80', theirs: '120' },
    { field: 'milestones.Build.target_date', ours: '2026-12-04', theirs: '2026-12-11' },
    { field: 'milestones.Gone', ours: 'Gone', theirs: null },
    { field: 'customfields.CFBaseline', ours: 'v1', theirs: 'v9' },
  ]);
});

describe('the first contact', () => {
  const won = new Date('2026-11-23T10:00:00Z');
  const mail = { emaildirection: 'O', emailto: 'x@example.com', hiddenfromuser: false };
  it.each([
    { what: 'a mail out', action: mail, is: true },
    { what: 'a mail in', action: { ...mail, emaildirection: 'I' }, is: false },
    { what: 'a hidden one', action: { ...mail, hiddenfromuser: true }, is: false },
    { what: 'a note', action: { note: 'Called them.' }, is: false },
    { what: 'an outcome that is mapped', action: { outcome_id: 12 }, is: true },
    { what: 'a mail before the win', action: { ...mail, datetime: '2026-11-23T09:59:59' }, is: false },
  ])('$what counts: $is', ({ action, is }) => {
    const later = { ...mail, datetime: '2026-11-25T08:00:00' };
    const found = firstContact([later, { datetime: '2026-11-24T08:00:00', ...action }], won, {
      contactOutcomeIds: [12],
    });
    expect(found?.toISOString()).toBe(is ? '2026-11-24T08:00:00.000Z' : '2026-11-25T08:00:00.000Z');
  });

  it('is none while the win has no date', () => {
    expect(firstContact([{ ...mail, datetime: '2026-11-24T08:00:00' }], null, { contactOutcomeIds: [] })).toBeNull();
  });
});

describe('which projects are read', () => {
  const now = new Date('2026-11-23T14:00:00Z');
  const there = (handoffId: string, ids: string[], readAt: Date | null, isClosed = false): ProjectThere => ({
    handoffId,
    ids,
    opportunityId: `9${ids[0]}`,
    readAt,
    isClosed,
  });
  const hourAgo = new Date(now.getTime() - 3_600_000);

  it('those that changed, those never read once an hour, and the longest unread that are open', () => {
    const projects = [
      there('changed', ['1', '11'], now),
      there('by its task', ['2', '21'], now),
      there('by its opportunity', ['3'], now),
      there('never read', ['4'], null),
      there('unread', ['5'], hourAgo),
      there('closed', ['6'], hourAgo, true),
      there('fresh', ['7'], now),
    ];
    const rows = [{ id: 1 }, { id: 99, parent_id: 2 }, { id: 93 }, { id: 1000 }];
    expect(dueReads(projects, rows, now)).toEqual([
      { handoffId: 'changed', request: null },
      { handoffId: 'by its task', request: null },
      { handoffId: 'by its opportunity', request: null },
      { handoffId: 'unread', request: null },
      { handoffId: 'never read', request: `hour-${Math.floor(now.getTime() / 3_600_000)}` },
    ]);
  });

  it('never so many rechecks that they use up the budget of requests', () => {
    const many = Array.from({ length: 50 }, (_, n) => there(String(n), [String(n + 1)], hourAgo));
    expect(dueReads(many, [], now)).toHaveLength(10);
  });
});
