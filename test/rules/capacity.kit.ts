import type { TeamCapacity } from '../../src/catalogue/configuration.capacity.js';
import type { BusinessCalendar, RuledConfiguration } from '../../src/catalogue/configuration.js';
import { CapacityKind } from '../../src/feasibility/capacity.entity.js';
import { planLine, type PlanLine } from '../../src/feasibility/conflict.rules.js';
import { Team, type TeamFacts } from '../../src/feasibility/team.rules.js';

const SPAN = [{ from: '09:00', to: '17:00' }];

/** Forty hours a week; the Friday before Christmas week's end is a holiday, and the Monday after. */
export const CALENDAR: BusinessCalendar = {
  timeZone: 'Europe/London',
  hours: { mon: SPAN, tue: SPAN, wed: SPAN, thu: SPAN, fri: SPAN },
  holidays: [
    { date: '2026-12-25', name: 'Christmas Day' },
    { date: '2026-12-28', name: 'Boxing Day (substitute day)' },
    { date: '2027-01-01', name: "New Year's Day" },
  ],
};

export const ADA = '00000000-0000-7000-8000-00000000000a';
export const BO = '00000000-0000-7000-8000-00000000000b';

/** Two engineers without a name, Ada beside them, who also leads projects. */
export const CAPACITY: TeamCapacity = {
  roles: [
    { role: 'Engineer', hoursPerWeek: '80', tasksOf: ['SERVICE_DELIVERY_LEAD'] },
    { role: 'Project manager', hoursPerWeek: '0' },
  ],
  people: [
    { person: 'ada', role: 'Engineer', hoursPerWeek: '20' },
    { person: 'ada', role: 'Project manager', hoursPerWeek: '10' },
  ],
};

/** A team with what was said of single weeks, oldest first. */
export function team(
  changes: TeamFacts['changes'] = [],
  parts: Partial<RuledConfiguration> = {},
  active = [ADA, BO],
): Team {
  const people = [
    { id: ADA, key: 'ada', roles: [] },
    { id: BO, key: 'bo', roles: [] },
  ];
  const configuration = { calendar: CALENDAR, capacity: CAPACITY, people, ...parts };
  return new Team({ configuration, activeIds: new Set(active), changes });
}

/** One thing that was said of a week. */
export const said = (
  kind: CapacityKind,
  weekOn: string,
  hours: string | null,
  { role = 'Engineer', personId = null }: { role?: string; personId?: string | null } = {},
) => ({ kind, role, personId, weekOn, hours });

let lines = 0;
/** A line of a plan. */
export function line(parts: Partial<PlanLine> & { hoursPerWeek?: string } = {}): PlanLine {
  lines += 1;
  return planLine({
    id: `line-${lines}`,
    handoffId: 'own',
    role: 'Engineer',
    personId: null,
    hoursPerWeek: '10',
    fromOn: '2026-12-07',
    toOn: '2026-12-13',
    isHard: false,
    ...parts,
  });
}
