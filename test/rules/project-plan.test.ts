import * as fc from 'fast-check';
import { isBusinessDay } from '../../src/catalogue/calendar.rules.js';
import type { TaskTemplate } from '../../src/catalogue/configuration.js';
import {
  BILLINGS,
  contractValue,
  LINE_KINDS,
  type NormalisedTerms,
  type TermsLine,
} from '../../src/deal/terms.rules.js';
import { budgetDigest, budgetLines } from '../../src/project/budget.rules.js';
import { planDigest, type PlanFacts, planProject } from '../../src/project/plan.rules.js';
import { configurationWith, quoteLine, task } from './project-fixture.js';

const terms = (...lines: TermsLine[]): NormalisedTerms => ({
  version: 1,
  currency: 'GBP',
  lines,
  signedScopeHash: null,
});
const facts = (tasks: TaskTemplate[], parts: Partial<PlanFacts> = {}): PlanFacts => ({
  configuration: configurationWith(tasks),
  serviceTemplate: 'managed-network',
  dealType: 'NEW_BUSINESS',
  answers: {},
  startOn: '2026-12-21',
  terms: terms(quoteLine()),
  ...parts,
});
const line = fc.record({
  kind: fc.constantFrom(...LINE_KINDS),
  billing: fc.constantFrom(...BILLINGS),
  periods: fc.option(fc.integer({ min: 1, max: 60 })),
  quantity: fc
    .tuple(fc.integer({ min: -5, max: 500 }), fc.integer({ min: 0, max: 99 }))
    .map(([a, b]) => `${a}.${String(b).padStart(2, '0')}`),
  total: fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n }),
  cost: fc.option(fc.bigInt({ min: 0n, max: 1_000_000_000_000n })),
});
const quote = fc.array(line, { maxLength: 30 }).map((lines) =>
  lines.map(({ kind, billing, periods, quantity, total, cost }, index) =>
    quoteLine({
      position: index + 1,
      kind,
      billing,
      billingPeriod: billing === 'RECURRING' ? 'MONTHLY' : null,
      periods: billing === 'RECURRING' ? periods : null,
      quantity,
      totalMinor: total.toString(),
      costMinor: cost === null ? null : cost.toString(),
    }),
  ),
);
/** Tasks that wait only for tasks of a lower number, in any order. */
const pack = fc
  .array(
    fc.record({
      offset: fc.integer({ min: 0, max: 30 }),
      waits: fc.array(fc.nat(20), { maxLength: 4 }),
      asked: fc.constantFrom(null, true, false),
      rank: fc.nat(),
    }),
    { minLength: 1, maxLength: 15 },
  )
  .map((rows) =>
    rows
      .map(({ offset, waits, asked, rank }, index) => ({
        rank,
        template: task(`t${index}`, {
          offsetBusinessDays: offset,
          dependsOn: index === 0 ? [] : [...new Set(waits.map((n) => `t${n % index}`))],
          ...(asked === null ? {} : { when: { question: 'migration', equals: asked } }),
        }),
      }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ template }) => template),
  );
const day = fc.integer({ min: 0, max: 800 }).map((n) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10));

const codes = (parts: Partial<PlanFacts>): string[] =>
  planProject(facts([task('first')], parts)).findings.map(({ code }) => code);

describe('the budget by budget type', () => {
  const { budgetTypes } = configurationWith([]).serviceTemplates['managed-network']!;

  it('adds up to the contract value of the terms, whatever the quote', () => {
    fc.assert(
      fc.property(quote, (lines) => {
        const budget = budgetLines(budgetTypes, lines, []);
        const value = contractValue(lines);
        expect(budget.findings).toEqual([]);
        expect(budget.lines.reduce((sum, { priceMinor }) => sum + priceMinor, 0n)).toBe(value.revenueMinor);
        const costs = budget.lines.map(({ costMinor }) => costMinor);
        const cost = costs.reduce((sum, own) => (sum === null || own === null ? null : sum + own), 0n as bigint | null);
        expect(cost).toBe(value.costMinor);
      }),
    );
  });

  it('takes every quote line in exactly one type', () => {
    fc.assert(
      fc.property(quote, (lines) => {
        for (const one of lines) {
          const { lines: planned } = budgetLines(budgetTypes, [one], []);
          expect(planned).toHaveLength(1);
          expect(budgetTypes.find(({ key }) => key === planned[0]!.budgetType)!.lineKinds).toContain(one.kind);
        }
      }),
    );
  });

  it('names every line that no type, or more than one, takes', () => {
    const lines = [
      quoteLine({ position: 1, kind: 'OTHER' }),
      quoteLine({ position: 2 }),
      quoteLine({ position: 3, kind: 'HARDWARE' }),
    ];
    const types = [
      { key: 'a', label: 'A', lineKinds: ['LABOUR' as const] },
      { key: 'b', label: 'B', lineKinds: ['LABOUR' as const, 'HARDWARE' as const] },
    ];
    const { findings } = budgetLines(types, lines, []);
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ['BUDGET_TYPE_MISSING', 'deal.lines[1]'],
      ['BUDGET_TYPE_AMBIGUOUS', 'deal.lines[2]'],
    ]);
  });

  it('counts the hours that were sold, and the estimates only where none were', () => {
    const tasks = [
      { budgetType: 'project', estimateHours: '99' },
      { budgetType: 'service', estimateHours: '1.25' },
      { budgetType: 'service', estimateHours: '0.5' },
    ];
    const sold = [
      quoteLine({ quantity: '7.5' }),
      quoteLine({ quantity: '2', billing: 'RECURRING', billingPeriod: 'MONTHLY', periods: 36 }),
      quoteLine({ kind: 'HARDWARE', quantity: '4' }),
    ];
    const { lines } = budgetLines(budgetTypes, sold, tasks);
    expect(lines.map(({ budgetType, hours, priceMinor }) => [budgetType, hours, priceMinor])).toEqual([
      ['project', '79.5', 3_700_000n],
      ['goods', '0', 100_000n],
      ['service', '1.75', 0n],
    ]);
  });

  it('has no cost where a line has none, and another digest for every change', () => {
    const { lines } = budgetLines(budgetTypes, [quoteLine(), quoteLine({ costMinor: null, unitCost: null })], []);
    expect(lines[0]!.costMinor).toBeNull();
    const digest = budgetDigest('GBP', lines);
    expect(budgetDigest('EUR', lines)).not.toBe(digest);
    expect(budgetDigest('GBP', [{ ...lines[0]!, costMinor: 0n }])).not.toBe(digest);
    expect(budgetDigest('GBP', [{ ...lines[0]!, priceMinor: lines[0]!.priceMinor + 1n }])).not.toBe(digest);
  });
});

describe('the plan', () => {
  it('stands on business days, and keeps the order of the chain', () => {
    fc.assert(
      fc.property(
        pack,
        day,
        fc.constantFrom<PlanFacts['answers']>({}, { migration: true }, { migration: false }),
        (tasks, startOn, answers) => {
          const { calendar } = configurationWith([]);
          const plan = planProject(facts(tasks, { startOn, answers }));
          const days = [
            plan.startOn,
            plan.targetOn,
            ...plan.milestones.flatMap((m) => [m.startOn, m.targetOn]),
            ...plan.tasks.map((t) => t.dueOn),
          ];
          expect(days.filter((one) => !isBusinessDay(calendar, one))).toEqual([]);
          expect(days.every((one) => one >= startOn && one <= plan.targetOn)).toBe(true);
          expect(plan.tasks.map(({ position }) => position)).toEqual(plan.tasks.map((_, index) => index + 1));
          const byKey = new Map(plan.tasks.map((one) => [one.key, one]));
          for (const { task: key, dependsOn } of plan.dependencies) {
            expect(byKey.get(dependsOn)!.position).toBeLessThan(byKey.get(key)!.position);
            expect(byKey.get(dependsOn)!.dueOn <= byKey.get(key)!.dueOn).toBe(true);
          }
          expect(planDigest(planProject(facts(tasks, { startOn, answers })))).toBe(planDigest(plan));
        },
      ),
    );
  });

  it('keeps a conditional task only when the answer asks for it, and says so', () => {
    const tasks = [
      task('order'),
      task('migrate', { dependsOn: ['order'], when: { question: 'migration', equals: true } }),
      task('train', { dependsOn: ['migrate'], when: { question: 'site', equals: 'remote' } }),
      task('accept', { dependsOn: ['train'] }),
    ];
    const wanted = planProject(facts(tasks, { answers: { migration: true, site: 'remote' } }));
    expect(wanted.tasks.map(({ key, conditionNote }) => [key, conditionNote])).toEqual([
      ['order', null],
      ['migrate', 'Is data migrated? Yes.'],
      ['train', 'Where? Remotely.'],
      ['accept', null],
    ]);
    const without = planProject(facts(tasks, { answers: { migration: false } }));
    expect(without.tasks.map(({ key, conditionNote }) => [key, conditionNote])).toEqual([
      ['order', null],
      ['train', 'Where? Not answered, so the task is kept.'],
      ['accept', null],
    ]);
    expect(without.dependencies).toEqual([
      { task: 'train', dependsOn: 'order' },
      { task: 'accept', dependsOn: 'train' },
    ]);
  });

  it('counts over weekends and holidays, and never has a task due before what it waits for', () => {
    const plan = planProject(
      facts(
        [task('first', { offsetBusinessDays: 4 }), task('second', { offsetBusinessDays: 1, dependsOn: ['first'] })],
        { startOn: '2026-12-20' },
      ),
    );
    expect(plan.startOn).toBe('2026-12-21');
    expect(plan.milestones.map(({ key, startOn, targetOn }) => [key, startOn, targetOn])).toEqual([
      ['build', '2026-12-21', '2026-12-29'],
      ['live', '2026-12-30', '2027-01-01'],
    ]);
    expect(plan.tasks.map(({ dueOn }) => dueOn)).toEqual(['2026-12-29', '2026-12-29']);
  });

  it('makes a task of a promise, due by the day that the client was told', () => {
    const promises = [
      { id: 'c1', text: '🎁'.repeat(130), dueOn: '2026-12-27' },
      { id: 'c2', text: 'Free training', dueOn: null },
      { id: 'c3', text: 'Yesterday', dueOn: '2026-01-01' },
    ];
    const plan = planProject(facts([task('first')], { promises }));
    expect(plan.tasks.slice(1).map(({ key, dueOn, milestone }) => [key, dueOn, milestone])).toEqual([
      ['commitment:c1', '2026-12-24', 'build'],
      ['commitment:c2', '2027-01-01', 'live'],
      ['commitment:c3', '2026-12-21', 'build'],
    ]);
    expect(Array.from(plan.tasks[1]!.title)).toHaveLength(120);
    expect(planDigest(plan)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('names a missing service template and a missing pack', () => {
    expect(codes({ serviceTemplate: 'constructor' })).toEqual(['SERVICE_TEMPLATE_MISSING']);
    expect(codes({ dealType: 'RENEWAL' })).toEqual(['TASK_PACK_MISSING']);
    expect(codes({})).toEqual([]);
  });
});
