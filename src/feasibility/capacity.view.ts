import { planningRoleKey } from '../catalogue/configuration.capacity.js';
import type { CapacityChange } from './capacity.entity.js';
import type { CapacityWeek, RoleCapacityType } from './capacity.types.js';
import type { PlanLine } from './conflict.rules.js';
import { hoursIn, hoursText } from './hours.rules.js';
import type { Team } from './team.rules.js';
import { weekOf } from './week.rules.js';

/** What the table of capacity is made from. */
export interface CapacityFacts {
  readonly team: Team;
  /** Every line that touches the weeks. */
  readonly lines: readonly PlanLine[];
  /** What was said of the weeks, oldest first. */
  readonly changes: readonly CapacityChange[];
  readonly mondays: readonly string[];
  /** One role alone, or null for all. */
  readonly role: string | null;
}

/** Capacity, promises and what is free, by role, person and week; roles in the order of their names. */
export function capacityTable({ team, lines, changes, mondays, role }: CapacityFacts): RoleCapacityType[] {
  const planned = new Map(lines.map((line) => [line.roleKey, line.role]));
  const keys = [...new Set([...team.roleKeys(), ...planned.keys()])].toSorted();
  const asked = role === null ? keys : keys.filter((key) => key === planningRoleKey(role));
  return asked.map((key) => {
    const own = lines.filter(({ roleKey }) => roleKey === key);
    const named = own.flatMap(({ personId }) => personId ?? []);
    const table = (of: readonly PlanLine[], hours: (monday: string) => number | null): CapacityWeek[] =>
      mondays.map((monday) => weekRow(team, of, hours(monday), monday));
    return {
      role: team.nameOf(key) ?? planned.get(key)!,
      weeks: table(own, (monday) => team.ofRole(key, monday)),
      people: [...new Set([...team.peopleOf(key), ...named])].map((personId) => ({
        personId,
        weeks: table(
          own.filter((line) => line.personId === personId),
          (monday) => team.ofSeat(key, personId, monday),
        ),
      })),
      changes: changes.filter((change) => planningRoleKey(change.role) === key).toReversed(),
    };
  });
}

function weekRow(team: Team, lines: readonly PlanLine[], capacity: number | null, monday: string): CapacityWeek {
  const hard = hoursIn(
    team.weeks,
    lines.filter(({ isHard }) => isHard),
    monday,
  );
  const soft = hoursIn(
    team.weeks,
    lines.filter(({ isHard }) => !isHard),
    monday,
  );
  return {
    week: weekOf(monday),
    startsOn: monday,
    capacityHours: capacity === null ? null : hoursText(capacity),
    hardHours: hoursText(hard),
    softHours: hoursText(soft),
    freeHours: capacity === null ? null : hoursText(capacity - hard),
  };
}
