import * as fc from 'fast-check';
import type { TaskTemplate, TenantConfiguration } from '../../src/catalogue/configuration.js';
import { AUTO_TASKS, DEAL_TYPES, type DealType } from '../../src/catalogue/configuration.words.js';
import {
  type Answers,
  chooseTaskPack,
  chooseTier,
  escalationLadder,
  milestonesFor,
  resolveTaskDates,
  serviceTemplateOf,
  slaClock,
} from '../../src/catalogue/selection.rules.js';
import { sample, SAMPLES } from './catalogue.kit.js';

const northwind = sample();
const answered: Answers = { 'has-site-survey': true, 'replaces-firewall': false, 'cutover-window': 'business-hours' };

describe('tier', () => {
  test('the first rule that matches wins, and is named as the source', () => {
    expect(tierOf('RENEWAL', 100n, 'enterprise')).toEqual(['HIGH_TOUCH', 'tiers[0]']);
    expect(tierOf('NEW_BUSINESS', 20_000_000n, null)).toEqual(['HIGH_TOUCH', 'tiers[1]']);
    expect(tierOf('UPSELL', 100n, null)).toEqual(['LIGHT', 'tiers[2]']);
    expect(tierOf('NEW_BUSINESS', 100n, 'smb')).toEqual(['LIGHT', 'tiers[3]']);
    expect(tierOf('NEW_BUSINESS', 100n, 'mid-market')).toEqual(['STANDARD', 'tiers[4]']);
    expect(chooseTier(northwind, { dealType: 'UPSELL', valueMinor: 1n, segment: null })).toMatchObject({
      ruleIndex: 2,
      checklistTemplate: 'light',
    });
  });

  test('a lower bound is inclusive, an upper one exclusive', () => {
    expect(tierOf('NEW_BUSINESS', 15_000_000n, null)[0]).toBe('HIGH_TOUCH');
    expect(tierOf('NEW_BUSINESS', 14_999_999n, null)[0]).toBe('STANDARD');
    expect(tierOf('RENEWAL', 4_999_999n, null)[0]).toBe('LIGHT');
    expect(tierOf('RENEWAL', 5_000_000n, null)[0]).toBe('STANDARD');
  });

  test('case and outer spaces of a segment do not matter', () => {
    for (const segment of ['ENTERPRISE', ' Enterprise ']) expect(tierOf('RENEWAL', 1n, segment)[1]).toBe('tiers[0]');
    expect(tierOf('RENEWAL', 1n, 'enterprises')[1]).toBe('tiers[2]');
  });

  test('an unknown value or segment matches no rule that asks for it', () => {
    expect(tierOf('RENEWAL', null, null)).toEqual(['STANDARD', 'tiers[4]']);
    expect(tierOf('NEW_BUSINESS', null, 'smb')).toEqual(['STANDARD', 'tiers[4]']);
  });

  test.each(SAMPLES)('%s: every deal gets a tier and a checklist that exists', (name) => {
    const configuration = sample(name);
    const facts = fc.record({
      dealType: fc.constantFrom(...DEAL_TYPES),
      valueMinor: fc.option(fc.bigInt({ min: -1n, max: 10n ** 16n })),
      segment: fc.option(fc.oneof(fc.string(), fc.constantFrom('smb', 'enterprise', 'strategic', 'constructor'))),
    });
    fc.assert(
      fc.property(facts, (deal) => {
        expect(Object.keys(configuration.checklistTemplates)).toContain(
          chooseTier(configuration, deal).checklistTemplate,
        );
      }),
    );
  });

  test('without a default the caller hears of it', () => {
    expect(() =>
      chooseTier({ tiers: northwind.tiers.slice(0, 1) }, { dealType: 'RENEWAL', valueMinor: 1n, segment: null }),
    ).toThrow(RangeError);
  });
});

describe('task pack', () => {
  test("a deal type's own pack, else the one of *; both name their source", () => {
    expect(chooseTaskPack(northwind, 'managed-network', 'RENEWAL', {})).toMatchObject({
      key: 'network-renewal',
      version: '1.1',
      path: 'serviceTemplates.managed-network.taskPacks.RENEWAL',
    });
    expect(chooseTaskPack(northwind, 'managed-network', 'NEW_BUSINESS', answered)).toMatchObject({
      key: 'network-rollout',
      path: 'serviceTemplates.managed-network.taskPacks.*',
    });
  });

  test('nothing for an unknown service, a name that every object has, or a deal type in which it is not sold', () => {
    expect(chooseTaskPack(northwind, 'managed-netwrk', 'RENEWAL', {})).toBeNull();
    expect(chooseTaskPack(northwind, 'constructor', 'RENEWAL', {})).toBeNull();
    expect(chooseTaskPack(northwind, 'cloud-migration', 'RENEWAL', {})).toBeNull();
    expect(serviceTemplateOf(northwind, 'toString')).toBeNull();
  });

  test('conditional tasks follow the answers', () => {
    const keys = (answers: Answers): string[] =>
      chooseTaskPack(northwind, 'managed-network', 'NEW_BUSINESS', answers)!.tasks.map(({ key }) => key);
    expect(keys(answered)).not.toContain('survey-sites');
    expect(keys({ ...answered, 'has-site-survey': false })).toContain('survey-sites');
    expect(keys({ ...answered, 'cutover-window': 'out-of-hours' })).toContain('book-out-of-hours-window');
    const pack = chooseTaskPack(northwind, 'managed-network', 'NEW_BUSINESS', answered)!;
    expect(pack.skipped).toEqual(['survey-sites', 'migrate-firewall-rules', 'book-out-of-hours-window']);
    expect(pack.unanswered).toEqual([]);
    for (const task of pack.tasks) expect(task).not.toHaveProperty('when');
  });

  test('a dependency on a skipped task becomes one on what that task waited for', () => {
    const pack = chooseTaskPack(northwind, 'managed-network', 'NEW_BUSINESS', answered)!;
    const dependsOn = (key: string): readonly string[] | undefined =>
      pack.tasks.find((task) => task.key === key)?.dependsOn;
    expect(dependsOn('design-network')).toEqual(['confirm-scope-with-client']);
    expect(dependsOn('cut-over-sites')).toEqual(['stage-devices', 'design-network']);
  });

  test('a task whose question has no valid answer is kept, and the question told', () => {
    const answers: Answers = { 'has-site-survey': 'yes', 'cutover-window': 'at night' };
    const pack = chooseTaskPack(northwind, 'managed-network', 'NEW_BUSINESS', answers)!;
    expect(pack.unanswered).toEqual(['has-site-survey', 'replaces-firewall', 'cutover-window']);
    expect(pack.skipped).toEqual([]);
    expect(pack.tasks).toHaveLength(serviceTemplateOf(northwind, 'managed-network')!.taskPacks['*']!.tasks.length);
  });

  test.each(SAMPLES)('%s: every service has the six tasks of document 003 in every deal type', (name) => {
    const configuration = sample(name);
    for (const [key, { dealTypes }] of Object.entries(configuration.serviceTemplates)) {
      for (const dealType of dealTypes) {
        const keys = chooseTaskPack(configuration, key, dealType, {})!.tasks.map((task) => task.key);
        expect(keys).toEqual(expect.arrayContaining([...AUTO_TASKS]));
      }
    }
  });

  test('bridging keeps exactly what was reachable before', () => {
    const graph = fc
      .integer({ min: 2, max: 9 })
      .chain((count) =>
        fc.tuple(
          fc.array(fc.array(fc.nat(count - 1), { maxLength: 4 }), { minLength: count, maxLength: count }),
          fc.array(fc.boolean(), { minLength: count, maxLength: count }),
        ),
      );
    fc.assert(
      fc.property(graph, ([edges, skipped]) => {
        const before = edges.map((targets, index) => [...new Set(targets.filter((target) => target < index))]);
        const { tasks } = chooseTaskPack(packOf(before, skipped), 'service', 'UPSELL', { skip: true })!;
        const after = new Map(tasks.map(({ key, dependsOn }) => [key, dependsOn]));
        for (const index of before.keys()) {
          if (skipped[index]) continue;
          const expected = reach(String(index), (key) => before[Number(key)]!.map(String)).filter(
            (key) => !skipped[Number(key)],
          );
          expect(reach(String(index), (key) => after.get(key)!).toSorted()).toEqual(expected.toSorted());
        }
      }),
    );
  });
});

describe('dates', () => {
  test('milestones fall on business days, counted over weekends and holidays', () => {
    // Monday 21 December 2026: Christmas, Boxing Day (28th) and New Year are holidays.
    const milestones = milestonesFor(northwind, 'managed-network', '2026-12-21');
    expect(milestones.slice(0, 2)).toEqual([
      {
        key: 'mobilise',
        name: 'Mobilise',
        position: 1,
        startOn: '2026-12-21',
        dueOn: '2026-12-29',
        path: 'serviceTemplates.managed-network.milestones[mobilise]',
      },
      {
        key: 'design',
        name: 'Survey and design',
        position: 2,
        startOn: '2026-12-30',
        dueOn: '2027-01-13',
        path: 'serviceTemplates.managed-network.milestones[design]',
      },
    ]);
    expect(milestonesFor(northwind, 'unknown', '2026-12-21')).toEqual([]);
  });

  test('tasks get their deadline; a start that is not worked is moved to the next day that is', () => {
    const { tasks } = chooseTaskPack(northwind, 'managed-network', 'RENEWAL', {})!;
    const dated = resolveTaskDates(northwind.calendar, tasks, '2026-12-25');
    expect(dated.map(({ key, dueOn }) => [key, dueOn])).toEqual(
      expect.arrayContaining([
        ['create-project-workspace', '2026-12-29'],
        ['schedule-kickoff-call', '2026-12-31'],
        ['confirm-scope-with-client', '2027-01-05'],
      ]),
    );
    expect(milestonesFor(northwind, 'managed-network', '2026-12-25')[0]?.startOn).toBe('2026-12-29');
  });

  test('no task is due before what it waits for', () => {
    for (const name of SAMPLES) {
      const configuration = sample(name);
      for (const key of Object.keys(configuration.serviceTemplates)) {
        const dated = resolveTaskDates(
          configuration.calendar,
          chooseTaskPack(configuration, key, 'EXPANSION', {})!.tasks,
          '2026-03-06',
        );
        const dueOn = new Map(dated.map((task) => [task.key, task.dueOn]));
        for (const task of dated)
          for (const before of task.dependsOn) expect(dueOn.get(before)! <= task.dueOn).toBe(true);
      }
    }
  });
});

test('an SLA clock is the exception of the deal type, else the default', () => {
  expect(slaClock(northwind, 'KICKOFF_SCHEDULED', 'RENEWAL')).toEqual({
    key: 'KICKOFF_SCHEDULED',
    amount: 3,
    unit: 'BUSINESS_DAYS',
    path: 'slaProfile.byDealType.RENEWAL.KICKOFF_SCHEDULED',
  });
  expect(slaClock(northwind, 'KICKOFF_SCHEDULED', 'UPSELL')).toMatchObject({
    amount: 2,
    path: 'slaProfile.clocks.KICKOFF_SCHEDULED',
  });
});

test('an escalation ladder is that of the topic', () => {
  expect(escalationLadder(northwind, 'SLA')).toEqual(['leah.lead', 'dana.delivery', 'ravi.revops']);
  expect(escalationLadder({ escalationContacts: [] }, 'INTEGRATION')).toEqual([]);
});

/** Tier and source of a deal at Northwind. */
function tierOf(dealType: DealType, valueMinor: bigint | null, segment: string | null): [string, string] {
  const { tier, path } = chooseTier(northwind, { dealType, valueMinor, segment });
  return [tier, path];
}

/** A service whose tasks are numbered; those of `skipped` exist only when the answer to `skip` is no. */
function packOf(
  edges: readonly (readonly number[])[],
  skipped: readonly boolean[],
): Pick<TenantConfiguration, 'serviceTemplates' | 'questions'> {
  const tasks = edges.map((targets, index): TaskTemplate => ({
    key: String(index),
    title: 'Task',
    description: 'Task',
    ownerRole: 'DELIVERY_MANAGER',
    milestone: 'all',
    offsetBusinessDays: 0,
    dependsOn: targets.map(String),
    estimateHours: '1',
    budgetType: 'all',
    ...(skipped[index] ? { when: { question: 'skip', equals: false } } : {}),
  }));
  const service = {
    label: 'Service',
    dealTypes: ['UPSELL' as const],
    budgetTypes: [],
    milestones: [],
    taskPacks: { '*': { key: 'pack', version: '1.0', tasks } },
  };
  return { serviceTemplates: { service }, questions: [{ key: 'skip', label: 'Skip?', type: 'BOOLEAN' }] };
}

/** Everything that a task waits for, directly or not. */
function reach(from: string, next: (key: string) => readonly string[]): string[] {
  const found = new Set<string>();
  const queue = [from];
  for (const key of queue) {
    for (const before of next(key)) {
      if (found.has(before)) continue;
      found.add(before);
      queue.push(before);
    }
  }
  return [...found];
}
