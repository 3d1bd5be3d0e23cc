import * as fc from 'fast-check';
import { type ConfigurationChange, diffConfigurations } from '../../src/catalogue/configuration-diff.js';
import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { sample } from './catalogue.kit.js';

const before = sample();

/** What changes when a copy of the sample is changed. */
function changesOf(change: (configuration: TenantConfiguration) => void): ConfigurationChange[] {
  const after = sample();
  change(after);
  return diffConfigurations(before, after);
}

test('equal configurations do not differ', () => {
  expect(diffConfigurations(before, sample())).toEqual([]);
});

test('the order of fields is no difference', () => {
  const reversed = Object.fromEntries(Object.entries(before).toReversed()) as unknown as TenantConfiguration;
  expect(diffConfigurations(before, reversed)).toEqual([]);
});

test('a value is named by keys, not by positions', () => {
  const changes = changesOf((configuration) => {
    configuration.people[1]!.roles = ['SALES_MANAGER', 'AUDITOR'];
    configuration.checklistTemplates.light!.items[1]!.weight = 99;
    configuration.serviceTemplates['managed-network']!.taskPacks['*']!.tasks[2]!.offsetBusinessDays = 3;
    configuration.calendar.holidays[0]!.name = 'New Year';
    configuration.marginFloors[0]!.floorBps = 3100;
    configuration.slaProfile.clocks.INTRODUCTION.amount = 24;
  });
  expect(changes).toEqual(
    [
      { path: 'calendar.holidays[2026-01-01].name', before: "New Year's Day", after: 'New Year' },
      { path: 'checklistTemplates.light.items[MARGIN_FLOOR].weight', before: 15, after: 99 },
      { path: 'marginFloors[* * * * 2026-01-01].floorBps', before: 3000, after: 3100 },
      { path: 'people[sam.sales].roles', before: ['SALES_MANAGER'], after: ['SALES_MANAGER', 'AUDITOR'] },
      {
        path: 'serviceTemplates.managed-network.taskPacks.*.tasks[review-handoff-document].offsetBusinessDays',
        before: 1,
        after: 3,
      },
      { path: 'slaProfile.clocks.INTRODUCTION.amount', before: 48, after: 24 },
    ].toSorted((a, b) => orderOf(a.path) - orderOf(b.path)),
  );
});

test('one thing put in front, or taken away, is one change', () => {
  const holiday = { date: '2026-06-05', name: 'Founding day' };
  expect(changesOf(({ calendar }) => calendar.holidays.unshift(holiday))).toEqual([
    { path: 'calendar.holidays[2026-06-05]', before: undefined, after: holiday },
  ]);
  const [first] = before.people;
  expect(changesOf(({ people }) => people.shift())).toEqual([
    { path: 'people[sofia.sales]', before: first, after: undefined },
  ]);
});

test('the first and the last of a list are told like any other', () => {
  const { holidays } = before.calendar;
  const gone = changesOf(({ calendar }) => (calendar.holidays = []));
  expect(gone.map(({ path }) => path)).toEqual(holidays.map(({ date }) => `calendar.holidays[${date}]`));
  const none = sample();
  none.calendar.holidays = [];
  const come = diffConfigurations(none, before);
  expect(come.map(({ path }) => path)).toEqual(gone.map(({ path }) => path));
});

test('a move alone is one change of the order', () => {
  const changes = changesOf((configuration) => {
    configuration.people = configuration.people.toReversed();
  });
  expect(changes).toHaveLength(1);
  expect(changes[0]).toMatchObject({ path: 'people.order', before: before.people.map(({ key }) => key) });
});

test('tier rules have no names: they are told by position', () => {
  expect(changesOf(({ tiers }) => (tiers[1]!.when = { minValueMinor: 1 }))).toEqual([
    { path: 'tiers[1].when.minValueMinor', before: 15000000, after: 1 },
  ]);
});

test('an optional field that comes or goes', () => {
  expect(changesOf(({ tenant }) => delete tenant.locale)).toEqual([
    { path: 'tenant.locale', before: 'en-GB', after: undefined },
  ]);
  expect(changesOf((configuration) => delete configuration.dealImport)[0]).toMatchObject({
    path: 'dealImport',
    after: undefined,
  });
});

test('there is a change for every change, and none without', () => {
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('key', 'code', 'name', 'x'), tie('node')),
    ),
  })).node;
  fc.assert(
    fc.property(value, value, (one, other) => {
      const [a, b] = [{ root: one }, { root: other }] as unknown as [TenantConfiguration, TenantConfiguration];
      const changes = diffConfigurations(a, b);
      expect(changes.length === 0).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)));
      expect(diffConfigurations(b, a)).toHaveLength(changes.length);
      expect(new Set(changes.map(({ path }) => path)).size).toBe(changes.length);
    }),
    { numRuns: 500 },
  );
});

/** Position of a path's part in the file, since changes come in the file's order. */
function orderOf(path: string): number {
  return Object.keys(before).findIndex((part) => path.startsWith(part));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
