import type { Eligible } from '../identity/identity.queries.js';

/** Who is who and who may what, now: people by canonical person (`person.merged_into`). */
export interface Standing {
  /** The record that stands for this human; the person's own id when it was never merged. */
  readonly canonicalOf: (personId: string) => string;
  /** The roles that an active human holds now, with who gave them and when; empty for a suspended or unknown one. */
  readonly grantsOf: (personId: string) => readonly Eligible[];
  /** Every active human with a role, by canonical person. */
  readonly people: readonly string[];
}

/** The standing of people, from those who are active and those who were merged into another record. */
export function standingOf(people: readonly Eligible[], merged: ReadonlyMap<string, string>): Standing {
  const canonicalOf = (personId: string): string => {
    let canonical = personId;
    // Merges do not chain (mergeMember); a circle in wrong data would end here.
    for (let hops = 0; hops <= merged.size && merged.has(canonical); hops += 1) canonical = merged.get(canonical)!;
    return canonical;
  };
  const grants = new Map<string, Eligible[]>();
  for (const held of people) {
    const byHuman = {
      ...held,
      grantedBy: canonicalOf(held.grantedBy),
      confirmedBy: held.confirmedBy === null ? null : canonicalOf(held.confirmedBy),
    };
    grants.set(held.personId, [...(grants.get(held.personId) ?? []), byHuman]);
  }
  return { canonicalOf, grantsOf: (personId) => grants.get(canonicalOf(personId)) ?? [], people: [...grants.keys()] };
}
