import { seat } from '../core/seating.js';

/** A group that must answer: so many different holders of these roles, or of those named. */
export interface Group {
  readonly approvers: number;
  readonly roles: readonly string[];
  readonly people: readonly string[];
}

/**
 * Whether whoever reaches one quorum reaches the other too, whoever holds which role: each seat of the other is matched
 * by a seat of its own in the first, whose people all belong to it.
 */
export function implies(quorum: readonly Group[], other: readonly Group[]): boolean {
  const seats = quorum.flatMap((group, index) =>
    Array.from({ length: group.approvers }, (_, place) => ({
      id: `${index}/${place}`,
      fits: (wider: Group) => isWithin(group, wider),
    })),
  );
  return seat(other, seats).free.length === 0;
}

function isWithin({ roles, people }: Group, wider: Group): boolean {
  return roles.every((role) => wider.roles.includes(role)) && people.every((one) => wider.people.includes(one));
}
