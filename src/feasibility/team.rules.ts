import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { planningRoleKey } from '../catalogue/configuration.capacity.js';
import type { RuledConfiguration } from '../catalogue/configuration.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import { type CapacityChange, CapacityKind } from './capacity.entity.js';
import { hundredths, WorkWeeks } from './hours.rules.js';

/** What a team's hours follow from. */
export interface TeamFacts {
  readonly configuration: Pick<RuledConfiguration, 'calendar' | 'capacity' | 'people'>;
  /** The canonical ids of the members who may act now: whoever left gives no hours. */
  readonly activeIds: ReadonlySet<string>;
  /** Oldest first. */
  readonly changes: readonly Pick<CapacityChange, 'kind' | 'role' | 'personId' | 'weekOn' | 'hours'>[];
}

/** One person in a role, or everybody in it who has no name (`personId` null). */
interface Seat {
  readonly roleKey: string;
  readonly personId: string | null;
}

/**
 * The hours that a team has, by role, person and week, in hundredths of an hour. What was said of a week counts before the
 * configuration, which public holidays shorten by the working time that they take from the week, rounded down; absences
 * are taken off either.
 */
export class Team {
  readonly weeks: WorkWeeks;
  private readonly usual = new Map<string, number>();
  private readonly said = new Map<string, number>();
  private readonly seats = new Map<string, Seat>();
  private readonly names = new Map<string, string>();

  constructor(private readonly facts: TeamFacts) {
    const { calendar, capacity, people } = facts.configuration;
    this.weeks = new WorkWeeks(calendar);
    const idOf = new Map(people.map(({ key, id }) => [key, id]));
    for (const { role, hoursPerWeek } of capacity?.roles ?? []) this.take(role, null, hoursPerWeek);
    for (const { person, role, hoursPerWeek } of capacity?.people ?? [])
      this.take(role, idOf.get(person) ?? person, hoursPerWeek);
    for (const change of facts.changes) {
      const key = saidKey(change.kind, this.seat(change.role, change.personId), change.weekOn);
      if (change.hours === null) this.said.delete(key);
      else this.said.set(key, hundredths(change.hours));
    }
  }

  /** Whether the tenant says anything of its capacity at all. */
  get isKnown(): boolean {
    return this.seats.size > 0;
  }

  /** The keys of the roles that the tenant says anything of, in order. */
  roleKeys(): string[] {
    return [...this.names.keys()].toSorted();
  }

  /** The role as the tenant writes it, or null when nothing is said of it. */
  nameOf(roleKey: string): string | null {
    return this.names.get(roleKey) ?? null;
  }

  /** The people of a role whose hours are counted by name, in the order in which they were named. */
  peopleOf(roleKey: string): string[] {
    return [...this.seats.values()].flatMap((seat) =>
      seat.roleKey === roleKey && seat.personId !== null ? [seat.personId] : [],
    );
  }

  /** The hours of one person in a role, or of everybody in it without a name; null when nothing is said of them. */
  ofSeat(roleKey: string, personId: string | null, monday: string): number | null {
    const seat = { roleKey, personId };
    const set = this.said.get(saidKey(CapacityKind.CAPACITY, seat, monday));
    const usual = this.usual.get(seatKey(seat));
    if (set === undefined && usual === undefined) return null;
    if (personId !== null && !this.facts.activeIds.has(personId)) return 0;
    const absent = this.said.get(saidKey(CapacityKind.ABSENCE, seat, monday)) ?? 0;
    return Math.max(0, (set ?? this.open(usual ?? 0, monday)) - absent);
  }

  /** The hours of a role, people with and without a name together; null when nothing is said of it. */
  ofRole(roleKey: string, monday: string): number | null {
    return this.sum((seat) => seat.roleKey === roleKey, monday);
  }

  /** The hours of one person in all roles; null when they are not counted by name. */
  ofPerson(personId: string, monday: string): number | null {
    return this.sum((seat) => seat.personId === personId, monday);
  }

  private sum(matches: (seat: Seat) => boolean, monday: string): number | null {
    const hours = [...this.seats.values()]
      .filter(matches)
      .flatMap(({ roleKey, personId }) => this.ofSeat(roleKey, personId, monday) ?? []);
    return hours.length === 0 ? null : hours.reduce((sum, one) => sum + one, 0);
  }

  private open(hours: number, monday: string): number {
    const { part, whole } = this.weeks.open(monday);
    return Math.floor((hours * part) / whole);
  }

  private take(role: string, personId: string | null, hoursPerWeek: string): void {
    this.usual.set(seatKey(this.seat(role, personId)), hundredths(hoursPerWeek));
  }

  private seat(role: string, personId: string | null): Seat {
    const roleKey = planningRoleKey(role);
    const seat = { roleKey, personId };
    if (!this.names.has(roleKey)) this.names.set(roleKey, role.trim());
    if (!this.seats.has(seatKey(seat))) this.seats.set(seatKey(seat), seat);
    return seat;
  }
}

const seatKey = ({ roleKey, personId }: Seat): string => `${personId ?? ''}/${roleKey}`;
const saidKey = (kind: CapacityKind, seat: Seat, weekOn: string): string => `${kind}/${weekOn}/${seatKey(seat)}`;

/** The team as it stands: what rules now, who is a member now, what was said of single weeks. */
export function teamOf(
  ruling: Pick<ConfigurationVersion, 'content' | 'digest'>,
  people: readonly RoleHolder[],
  changes: TeamFacts['changes'],
): Team {
  const activeIds = new Set(people.map(({ personId }) => personId));
  return new Team({ configuration: configurationOf(ruling), activeIds, changes });
}
