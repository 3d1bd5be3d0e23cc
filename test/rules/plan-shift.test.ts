import * as fc from 'fast-check';
import { BaselineReason, type BudgetBaseline, type BudgetBaselineLine } from '../../src/project/baseline.entity.js';
import { type BaselineFacts, keptChanges, SCOPE_CHANGE_SOURCE } from '../../src/project/baseline.effects.js';
import {
  MilestoneState,
  type ProjectMilestone,
  type ProjectTask,
  TaskState,
} from '../../src/project/project.entity.js';
import { isBusinessDay } from '../../src/catalogue/calendar.rules.js';
import { movedPlanDigest, shifted, type StandingPlan } from '../../src/project/shift.rules.js';
import { configurationWith } from './project-fixture.js';

const { calendar } = configurationWith([]);
const TODAY = '2026-12-16';
const milestone = (startOn: string, targetOn: string, state = MilestoneState.PLANNED): ProjectMilestone =>
  ({ key: startOn, startOn, targetOn, state }) as ProjectMilestone;
const task = (dueOn: string, state = TaskState.OPEN): ProjectTask => ({ key: dueOn, dueOn, state }) as ProjectTask;
const PLAN: StandingPlan = {
  project: { startOn: '2026-12-07', targetOn: '2027-01-08' },
  milestones: [
    milestone('2026-12-07', '2026-12-11'),
    milestone('2026-12-14', '2026-12-18'),
    milestone('2026-12-21', '2027-01-08'),
    milestone('2026-12-21', '2027-01-08', MilestoneState.CANCELLED),
  ],
  tasks: [task('2026-12-10'), task('2026-12-16'), task('2026-12-23'), task('2026-12-23', TaskState.DONE)],
};
const days = (plan: StandingPlan): string[] => [
  plan.project.targetOn,
  ...plan.milestones.flatMap(({ startOn, targetOn }) => [startOn, targetOn]),
  ...plan.tasks.map(({ dueOn }) => dueOn),
];

describe('a plan that moves', () => {
  it('moves what lies ahead by business days, over holidays, and leaves what is past, due today, done or cancelled', () => {
    const moved = shifted(PLAN, { days: 2, today: TODAY, calendar });
    expect(moved.project).toEqual({ startOn: '2026-12-07', targetOn: '2027-01-12' });
    expect(moved.milestones.map(({ startOn, targetOn }) => `${startOn} ${targetOn}`)).toEqual([
      '2026-12-07 2026-12-11',
      '2026-12-14 2026-12-22',
      '2026-12-23 2027-01-12',
      '2026-12-21 2027-01-08',
    ]);
    // The 25th and the 28th are holidays.
    expect(moved.tasks.map(({ dueOn }) => dueOn)).toEqual(['2026-12-10', '2026-12-16', '2026-12-29', '2026-12-23']);
  });

  it('moves nothing into the past when it becomes earlier', () => {
    const moved = shifted(PLAN, { days: -10, today: TODAY, calendar });
    expect(moved.milestones[1]).toMatchObject({ startOn: '2026-12-14', targetOn: TODAY });
    expect(moved.milestones[2]).toMatchObject({ startOn: TODAY });
  });

  it('keeps the start of a project that has not begun, and the order of all days', () => {
    const shift = fc.integer({ min: -40, max: 40 });
    const today = fc.constantFrom('2026-11-23', '2026-12-07', TODAY, '2027-02-01');
    fc.assert(
      fc.property(shift, today, (by, day) => {
        const moved = shifted(PLAN, { days: by, today: day, calendar });
        const [before, after] = [days(PLAN), days(moved)];
        const open = [0, 1, 2, 3, 4, 5, 6, 9, 10, 11];
        for (const a of open) {
          expect(after[a]! >= PLAN.project.startOn).toBe(true);
          if (after[a] !== before[a] && after[a] !== day) expect(isBusinessDay(calendar, after[a]!)).toBe(true);
          for (const b of open) if (before[a]! <= before[b]!) expect(after[a]! <= after[b]!).toBe(true);
        }
        expect([after[7], after[8], after[12]]).toEqual([before[7], before[8], before[12]]);
        for (const { startOn, targetOn } of moved.milestones) expect(startOn <= targetOn).toBe(true);
        if (by === 0) expect(after).toEqual(before);
      }),
    );
  });

  it('has another digest when its days are others or it comes from another plan', () => {
    const moved = shifted(PLAN, { days: 1, today: TODAY, calendar });
    const digests = [movedPlanDigest('a', PLAN), movedPlanDigest('a', moved), movedPlanDigest('b', moved)];
    expect(new Set(digests).size).toBe(3);
  });
});

describe('a plan that is made anew after a scope change', () => {
  const source = { type: SCOPE_CHANGE_SOURCE, id: 'c', version: '1', hash: 'h' };
  const baseline = (parts: Partial<BudgetBaseline>): BudgetBaseline =>
    ({ termsRevision: 2, termsDigest: 't', sources: [source], ...parts }) as BudgetBaseline;
  const approved = { position: 1, budgetType: 'a', label: 'A', hours: '9', costMinor: 5n, priceMinor: 9n };
  const baselineLines = [{ id: 'l', baselineId: 'b', ...approved }] as unknown as BudgetBaselineLine[];
  const facts = {
    termsRevision: 2,
    termsDigest: 't',
    lines: [{ ...approved, hours: '1' }],
    sources: [{ type: 'CONFIGURATION', id: 'v', version: '1', hash: 'x' }],
    reason: BaselineReason.RETURN,
  } as unknown as BaselineFacts;

  it('budgets what was approved on the same terms, and says so for the next one', () => {
    const kept = keptChanges({ baseline: baseline({}), baselineLines }, facts);
    expect(kept.lines).toEqual([approved]);
    expect(kept.sources).toEqual([...facts.sources, source]);
  });

  it.each([
    { name: 'other terms', parts: { termsDigest: 'u' } },
    { name: 'terms that were changed and changed back', parts: { termsRevision: 1 } },
    { name: 'a version that no scope change made', parts: { sources: [] } },
  ])('budgets what was sold on $name', ({ parts }) => {
    expect(keptChanges({ baseline: baseline(parts), baselineLines }, facts)).toBe(facts);
  });
});
