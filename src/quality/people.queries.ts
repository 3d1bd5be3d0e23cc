import { mergedPeople } from '../approval/approval.queries.js';
import { standingOf } from '../approval/standing.rules.js';
import { type Eligible, eligiblePeople } from '../identity/identity.queries.js';

/** Who is who and holds which role, as a command's facts. */
export const peopleQueries = () => ({ people: eligiblePeople(), merged: mergedPeople() });

/** The answers of `peopleQueries`. */
export interface People {
  readonly people: readonly Eligible[];
  readonly merged: ReadonlyMap<string, string>;
}

/** Whether two records are of one human. */
export function isSamePerson({ people, merged }: People, one: string, other: string | null): boolean {
  if (other === null) return false;
  const { canonicalOf } = standingOf(people, merged);
  return canonicalOf(one) === canonicalOf(other);
}

/** Of keys of the configuration in their order, the first who is an active member with a role and none of `besides`. */
export function firstActive(
  keys: readonly string[],
  idByKey: ReadonlyMap<string, string>,
  people: readonly Eligible[],
  besides: readonly (string | null)[] = [],
): string | null {
  const active = new Set(people.map(({ personId }) => personId));
  const ids = keys.map((key) => idByKey.get(key)).filter((id) => id !== undefined);
  return ids.find((id) => active.has(id) && !besides.includes(id)) ?? null;
}
