import * as fc from 'fast-check';
import { dayAfter } from '../../src/core/local-day.js';
import { hoursIn, hundredths, WorkWeeks } from '../../src/feasibility/hours.rules.js';
import { proposePlan, type ProposalFacts } from '../../src/feasibility/proposal.rules.js';
import { mondayOn, mondaysWithin } from '../../src/feasibility/week.rules.js';
import { MilestoneState, TaskState } from '../../src/project/project.entity.js';
import { CALENDAR, CAPACITY } from './capacity.kit.js';

const weeks = new WorkWeeks(CALENDAR);
const milestone = (id: string, startOn: string, targetOn: string) => ({
  id,
  startOn,
  targetOn,
  state: MilestoneState.PLANNED,
});
const task = (estimateHours: string, parts: Partial<ProposalFacts['tasks'][number]> = {}) => ({
  milestoneId: 'build',
  ownerRole: 'SERVICE_DELIVERY_LEAD',
  estimateHours,
  budgetType: 'labour',
  state: TaskState.OPEN,
  ...parts,
});
const facts = (parts: Partial<ProposalFacts> = {}): ProposalFacts => ({
  tasks: [task('30'), task('10', { ownerRole: 'DELIVERY_MANAGER' })],
  milestones: [milestone('build', '2026-12-09', '2026-12-22')],
  budget: [{ budgetType: 'labour', label: 'Labour', hours: '80' }],
  capacity: CAPACITY,
  ...parts,
});

it('splits what was sold over tasks, roles and weeks: whole weeks, equal ones in one line', () => {
  expect(proposePlan(facts(), weeks)).toEqual([
    { role: 'DELIVERY_MANAGER', hoursPerWeek: '6', fromOn: '2026-12-07', toOn: '2026-12-13' },
    { role: 'DELIVERY_MANAGER', hoursPerWeek: '10', fromOn: '2026-12-14', toOn: '2026-12-20' },
    { role: 'DELIVERY_MANAGER', hoursPerWeek: '4', fromOn: '2026-12-21', toOn: '2026-12-27' },
    { role: 'Engineer', hoursPerWeek: '18', fromOn: '2026-12-07', toOn: '2026-12-13' },
    { role: 'Engineer', hoursPerWeek: '30', fromOn: '2026-12-14', toOn: '2026-12-20' },
    { role: 'Engineer', hoursPerWeek: '12', fromOn: '2026-12-21', toOn: '2026-12-27' },
  ]);
});

it.each([
  { what: 'more is estimated than sold', parts: { budget: [] }, total: 4000 },
  { what: 'hours are sold that no task claims', parts: { tasks: [] }, total: 8000 },
  {
    what: 'tasks were cancelled',
    parts: { tasks: [task('5'), task('50', { state: TaskState.CANCELLED })], budget: [] },
    total: 500,
  },
  { what: 'no task has an estimate', parts: { tasks: [task('0'), task('0')] }, total: 8000 },
  { what: 'there is no milestone', parts: { milestones: [] }, total: 0 },
  {
    what: 'a week has more hours than a line may ask for',
    parts: { budget: [{ budgetType: 'labour', label: 'L', hours: '1000' }] },
    total: 100_000,
  },
])('$what', ({ parts, total }) => {
  const lines = proposePlan(facts(parts), weeks);
  expect(totalOf(lines)).toBe(total);
  expect(lines.every(({ hoursPerWeek }) => hundredths(hoursPerWeek) <= 16_800)).toBe(true);
});

it('loses no hour and doubles none, over year ends and holidays', () => {
  const anyMilestone = fc
    .record({ from: fc.integer({ min: 0, max: 500 }), days: fc.integer({ min: 0, max: 90 }) })
    .map(({ from, days }) => ({
      startOn: dayAfter('2026-09-01', from),
      targetOn: dayAfter('2026-09-01', from + days),
    }));
  const anyTask = fc.record({
    milestone: fc.nat(),
    ownerRole: fc.constantFrom('SERVICE_DELIVERY_LEAD', 'DELIVERY_MANAGER', 'REVOPS_ADMIN'),
    estimate: fc.integer({ min: 0, max: 20_000 }),
    budgetType: fc.constantFrom('labour', 'run', 'goods'),
  });
  fc.assert(
    fc.property(
      fc.array(anyMilestone, { minLength: 1, maxLength: 5 }),
      fc.array(anyTask, { maxLength: 15 }),
      fc.record({ labour: fc.nat(50_000), run: fc.nat(50_000), goods: fc.constant(0) }),
      (periods, wanted, sold) => {
        const milestones = periods.map(({ startOn, targetOn }, index) => milestone(`m${index}`, startOn, targetOn));
        const tasks = wanted.map(({ milestone: index, ownerRole, estimate, budgetType }) =>
          task(String(estimate / 100), { milestoneId: `m${index % milestones.length}`, ownerRole, budgetType }),
        );
        const budget = Object.entries(sold).map(([budgetType, hours]) => ({
          budgetType,
          label: budgetType,
          hours: String(hours / 100),
        }));
        const expected = Object.entries(sold).reduce((sum, [type, hours]) => {
          const estimated = wanted
            .filter(({ budgetType }) => budgetType === type)
            .reduce((total, { estimate }) => total + estimate, 0);
          return sum + Math.max(hours, estimated);
        }, 0);
        expect(totalOf(proposePlan(facts({ milestones, tasks, budget }), weeks))).toBe(expected);
      },
    ),
    { numRuns: 60 },
  );
});

/** The hours that the lines ask for once they are a plan, week for week, in hundredths. */
function totalOf(lines: ReturnType<typeof proposePlan>): number {
  return lines.reduce((sum, { hoursPerWeek, fromOn, toOn }) => {
    const booked = { roleKey: 'x', personId: null, perWeek: hundredths(hoursPerWeek), fromOn, toOn };
    expect([mondayOn(fromOn), mondayOn(toOn)]).toEqual([fromOn, dayAfter(toOn, -6)]);
    return sum + mondaysWithin(fromOn, toOn).reduce((all, monday) => all + hoursIn(weeks, [booked], monday), 0);
  }, 0);
}
