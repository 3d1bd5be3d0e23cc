import { planningRoleKey } from '../catalogue/configuration.capacity.js';
import { digestOf } from '../core/canonical.js';
import { type Booked, hoursIn, hoursText, hundredths } from './hours.rules.js';
import type { CapacityConflict } from './conflict.types.js';
import { FindingSeverity } from '../core/graphql/types.js';
import { dayAfter, daysBetween } from '../core/local-day.js';
import type { Team } from './team.rules.js';
import { mondayOn, mondaysFrom, mondaysWithin, weekOf } from './week.rules.js';

/** A line of some handoff's plan. */
export interface PlanLine extends Booked {
  readonly id: string;
  readonly handoffId: string;
  /** The role as it was written. */
  readonly role: string;
  /** Promised under a live sign-off; else asked for. */
  readonly isHard: boolean;
}

/** How far a plan is shifted to find a place for it, in weeks. */
export const LONGEST_SHIFT = 26;
/** Weeks of a plan that are looked at: five years. */
export const LONGEST_PLAN = 261;

/** A line from its row. */
export function planLine(
  row: Pick<PlanLine, 'id' | 'handoffId' | 'role' | 'personId' | 'fromOn' | 'toOn' | 'isHard'> & {
    readonly hoursPerWeek: string;
  },
): PlanLine {
  const { id, handoffId, role, personId, fromOn, toOn, isHard, hoursPerWeek } = row;
  const perWeek = hundredths(hoursPerWeek);
  return { id, handoffId, role, roleKey: planningRoleKey(role), personId, perWeek, fromOn, toOn, isHard };
}

/** Whose hours run out: a role's, or one person's in whatever role. */
interface Subject {
  readonly role: string | null;
  readonly personId: string | null;
  readonly matches: (line: Booked) => boolean;
  readonly hours: (monday: string) => number | null;
}

/**
 * Where a plan asks for more than the team has, by week and then by role and person. What other handoffs have been
 * promised comes first: beyond it a conflict is BLOCKING. What others only ask for makes a WARNING, since either may get
 * it. Roles and people of whom the tenant says no hours have no conflicts.
 */
export function conflictsOf(own: readonly PlanLine[], others: readonly PlanLine[], team: Team): CapacityConflict[] {
  const subjects = subjectsOf(own, team);
  return weeksOf(own).flatMap((monday) =>
    subjects.flatMap((subject) => conflictOf(subject, own, others, team, monday)),
  );
}

/** The roles of a plan of which the tenant, although it counts capacity, says no hours in some week of it. */
export function rolesWithoutCapacity(own: readonly PlanLine[], team: Team): string[] {
  if (!team.isKnown) return [];
  const roles = new Map(own.map(({ roleKey, role }) => [roleKey, role]));
  const isUnknown = (key: string): boolean =>
    weeksOf(own.filter(({ roleKey }) => roleKey === key)).some((monday) => team.ofRole(key, monday) === null);
  return [...roles].filter(([key]) => isUnknown(key)).map(([, role]) => role);
}

/**
 * The ISO week of the earliest later start at which a plan fits beside what others have been promised, all its lines moved
 * by the same number of weeks; null when there is none within half a year, or no plan.
 */
export function firstWeekThatFits(own: readonly PlanLine[], others: readonly PlanLine[], team: Team): string | null {
  const hard = others.filter(({ isHard }) => isHard);
  const start = own.map(({ fromOn }) => fromOn).toSorted()[0];
  if (start === undefined) return null;
  for (let shift = 1; shift <= LONGEST_SHIFT; shift += 1) {
    const moved = own.map((line) => ({
      ...line,
      fromOn: dayAfter(line.fromOn, shift * 7),
      toOn: dayAfter(line.toOn, shift * 7),
    }));
    if (conflictsOf(moved, hard, team).length === 0) return weekOf(dayAfter(start, shift * 7));
  }
  return null;
}

function subjectsOf(own: readonly PlanLine[], team: Team): Subject[] {
  const roles = [...new Set(own.map(({ roleKey }) => roleKey))].toSorted();
  const people = [...new Set(own.flatMap(({ personId }) => personId ?? []))].toSorted();
  return [
    ...roles.map((key): Subject => ({
      role: team.nameOf(key) ?? key,
      personId: null,
      matches: ({ roleKey }) => roleKey === key,
      hours: (monday) => team.ofRole(key, monday),
    })),
    ...people.map((id): Subject => ({
      role: null,
      personId: id,
      matches: ({ personId }) => personId === id,
      hours: (monday) => team.ofPerson(id, monday),
    })),
  ];
}

/** The Mondays of the weeks that a plan touches. */
function weeksOf(lines: readonly Booked[]): string[] {
  const first = lines.map(({ fromOn }) => fromOn).toSorted()[0];
  const last = lines
    .map(({ toOn }) => toOn)
    .toSorted()
    .at(-1);
  if (first === undefined || last === undefined) return [];
  const weeks = daysBetween(mondayOn(first), mondayOn(last)) / 7 + 1;
  return weeks > LONGEST_PLAN ? mondaysFrom(mondayOn(first), LONGEST_PLAN) : mondaysWithin(first, last);
}

function conflictOf(
  { role, personId, matches, hours }: Subject,
  own: readonly PlanLine[],
  others: readonly PlanLine[],
  team: Team,
  monday: string,
): CapacityConflict[] {
  const capacity = hours(monday);
  if (capacity === null) return [];
  const asked = touching(own, monday, matches);
  if (hoursIn(team.weeks, asked, monday) === 0) return [];
  const elsewhere = touching(others, monday, matches);
  const hard = elsewhere.filter(({ isHard }) => isHard);
  const isFirm = hoursIn(team.weeks, [...asked, ...hard], monday) > capacity;
  const against = isFirm ? hard : elsewhere;
  const over = hoursIn(team.weeks, [...asked, ...against], monday) - capacity;
  if (over <= 0) return [];
  const soft = elsewhere.filter((line) => !line.isHard);
  const figures = {
    week: weekOf(monday),
    personId,
    capacityHours: hoursText(capacity),
    ownHours: hoursText(hoursIn(team.weeks, asked, monday)),
    hardHours: hoursText(hoursIn(team.weeks, hard, monday)),
    softHours: hoursText(hoursIn(team.weeks, soft, monday)),
    hoursOver: hoursText(over),
    handoffIds: [...new Set(against.map(({ handoffId }) => handoffId))].toSorted(),
  };
  // What is only asked for elsewhere changes nothing of what was accepted.
  const { softHours: _soft, ...firm } = figures;
  const key = digestOf({ ...firm, role: role === null ? null : planningRoleKey(role) });
  return [{ key, severity: isFirm ? FindingSeverity.BLOCKING : FindingSeverity.WARNING, role, ...figures }];
}

function touching(lines: readonly PlanLine[], monday: string, matches: Subject['matches']): PlanLine[] {
  const sunday = dayAfter(monday, 6);
  return lines.filter((line) => line.fromOn <= sunday && line.toOn >= monday && matches(line));
}
