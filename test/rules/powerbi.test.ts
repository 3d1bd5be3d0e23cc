import fc from 'fast-check';
import type { FieldClass } from '../../src/core/graphql/rights.js';
import { take } from '../../src/integrations/http/budget.rules.js';
import { PowerBiPush, PowerBiRefresh, RefreshStatus } from '../../src/integrations/powerbi/powerbi.entity.js';
import { powerBiSettings } from '../../src/integrations/powerbi/powerbi.settings.js';
import {
  allColumns,
  definitionDigest,
  PUSH_LIMITS,
  pushDefinition,
  pushTables,
  rowsPerPost,
} from '../../src/integrations/powerbi/push.model.js';
import { jsonValue } from '../../src/integrations/powerbi/push.queries.js';
import {
  nextStep,
  postBudget,
  type PushFacts,
  PUSH_EVERY_MS,
  waitForHourMs,
} from '../../src/integrations/powerbi/push.rules.js';
import { isRefreshDue } from '../../src/integrations/powerbi/refresh.plan.js';
import { decimal, text } from '../../src/reporting/columns.js';

const CLASSES: readonly ReadonlySet<FieldClass>[] = [
  new Set<FieldClass>(),
  new Set<FieldClass>(['MARGIN']),
  new Set<FieldClass>(['MARGIN', 'PERSONAL']),
];
const now = new Date('2026-11-23T14:00:00Z');

describe('the push dataset', () => {
  it.each(CLASSES.map((sees) => ({ sees, named: [...sees].join(', ') || 'nothing' })))(
    'is within the limits with $named granted, and every relationship ends at columns that are there',
    ({ sees }) => {
      const { tables, relationships } = pushDefinition('D', sees);
      expect(tables.length).toBeLessThanOrEqual(PUSH_LIMITS.tables);
      expect(tables.reduce((sum, { columns }) => sum + columns.length, 0)).toBeLessThanOrEqual(PUSH_LIMITS.columns);
      const columns = new Set(tables.flatMap((table) => table.columns.map(({ name }) => `${table.name}.${name}`)));
      for (const { fromTable, fromColumn, toTable, toColumn } of relationships)
        expect([columns.has(`${fromTable}.${fromColumn}`), columns.has(`${toTable}.${toColumn}`)]).toEqual([
          true,
          true,
        ]);
      for (const table of pushTables(sees)) expect(rowsPerPost(table)).toBeLessThanOrEqual(PUSH_LIMITS.rowsPerPost);
    },
  );

  it('holds no column of a class that was not granted', () => {
    const names = (sees: ReadonlySet<FieldClass>) =>
      pushTables(sees).flatMap((table) =>
        allColumns(table)
          .filter((column) => column.sees)
          .map(({ name }) => `${table.name}.${name}`),
      );
    expect(CLASSES.map(names)).toEqual([[], ['Handoffs.MarginBps'], ['Handoffs.MarginBps', 'People.Name']]);
  });

  it('is another one for another workspace or other classes', () => {
    const digests = CLASSES.flatMap((sees) =>
      ['a', 'b'].map((workspace) => definitionDigest(workspace, pushDefinition('D', sees))),
    );
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('cuts texts at 4,000 characters and keeps every digit of a number', () => {
    expect(jsonValue(text('A', ''), `a${'\u{1f600}'.repeat(5000)}`)).toBe(`a${'\u{1f600}'.repeat(1999)}`);
    expect(String(jsonValue(decimal('B', ''), '9007199254740993.1234'))).toBe('9007199254740993.1234');
  });
});

describe('the next step of a push', () => {
  const push = (change: Partial<PowerBiPush> = {}): PowerBiPush =>
    Object.assign(new PowerBiPush(), {
      askedDigest: 'w',
      schemaDigest: 'w',
      modelState: '1/1',
      plannedAt: now,
      hasMore: false,
      ...change,
    });
  const facts: PushFacts = { push: push(), wanted: 'w', open: 0, modelState: '1/1', largest: 0, now };

  it.each([
    { when: 'there is none', change: { push: null }, kind: 'MAKE' },
    { when: 'what may leave has changed', change: { wanted: 'other', open: 3 }, kind: 'MAKE' },
    { when: 'it is being made', change: { push: push({ schemaDigest: null }) }, kind: 'NOTHING' },
    { when: 'batches are on their way', change: { open: 1, modelState: '2/1' }, kind: 'NOTHING' },
    { when: 'nothing has changed', change: {}, kind: 'NOTHING' },
    { when: 'something has changed lately', change: { modelState: '2/1' }, kind: 'NOTHING' },
    {
      when: 'something has changed a quarter of an hour after the last look',
      change: { modelState: '2/1', now: new Date(now.getTime() + PUSH_EVERY_MS) },
      kind: 'LOOK',
    },
    { when: 'the last look found more', change: { push: push({ hasMore: true }) }, kind: 'LOOK' },
    { when: 'a table is nearly full of old rows', change: { largest: 4_950_000 }, kind: 'MAKE' },
  ])('is $kind when $when', ({ change, kind }) => {
    expect(nextStep({ ...facts, ...(change as Partial<PushFacts>) })).toEqual({ kind });
  });
});

describe('the limits of posts', () => {
  it.each([
    { largest: 0, minutes: 1 },
    { largest: 250_000, minutes: 60 },
  ])('no more than 120 go out in $minutes minutes when a table has $largest rows', ({ largest, minutes }) => {
    const budget = postBudget('t', 'd', largest);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5000 * minutes }), { maxLength: 300 }), (pauses) => {
        let at = 0;
        let [granted, level] = [0, null as Parameters<typeof take>[0]];
        for (const pause of pauses) {
          at += pause;
          if (at > minutes * 60_000) break;
          const given = take(level, budget, 3, new Date(now.getTime() + at));
          level = given.level;
          granted += given.granted;
        }
        return granted <= PUSH_LIMITS.postsPerMinute;
      }),
    );
  });

  it('a million rows an hour are the end', () => {
    expect([waitForHourMs(990_000, 10_000), waitForHourMs(990_001, 10_000) > 0]).toEqual([0, true]);
  });
});

describe('refreshes', () => {
  const settings = { workspaceId: 'w', datasetId: 'd', refresh: 'ON' };
  const last = (status: RefreshStatus, hoursAgo: number): PowerBiRefresh =>
    Object.assign(new PowerBiRefresh(), {
      status,
      modelState: '1/1',
      askedAt: new Date(now.getTime() - hoursAgo * 3_600_000),
    });

  it('are never more than eight a day on shared capacity, whatever is set', () => {
    expect(powerBiSettings({ ...settings, refreshesPerDay: '40' }).refreshesPerDay).toBe(8);
    expect(powerBiSettings({ ...settings, refreshesPerDay: '40', capacity: 'PREMIUM' }).refreshesPerDay).toBe(40);
    expect(powerBiSettings(settings).refreshesPerDay).toBe(6);
  });

  it.each([
    { when: 'never', refresh: null, due: true },
    { when: 'while one runs', refresh: last(RefreshStatus.RUNNING, 9), due: false },
    { when: 'three hours after the last of six a day', refresh: last(RefreshStatus.COMPLETED, 3), due: false },
    { when: 'four hours after it', refresh: last(RefreshStatus.COMPLETED, 4), due: true },
  ])('due $when: $due', ({ refresh, due }) => {
    expect(isRefreshDue(powerBiSettings(settings), refresh, '2/1', now)).toBe(due);
  });

  it('are not due without a change, a model or the switch', () => {
    const old = last(RefreshStatus.COMPLETED, 30);
    expect(isRefreshDue(powerBiSettings(settings), old, '1/1', now)).toBe(false);
    expect(isRefreshDue(powerBiSettings({ ...settings, refresh: 'OFF' }), old, '2/1', now)).toBe(false);
    expect(isRefreshDue(powerBiSettings({ workspaceId: 'w', refresh: 'ON' }), old, '2/1', now)).toBe(false);
  });

  it('the report is taken to show whatever is not said to be absent', () => {
    expect(powerBiSettings(settings).reportShows).toEqual(['MARGIN', 'PERSONAL']);
    expect(powerBiSettings({ ...settings, reportShows: 'NONE' }).reportShows).toEqual([]);
    expect(powerBiSettings({ ...settings, reportShows: 'personal' }).reportShows).toEqual(['PERSONAL']);
  });
});
