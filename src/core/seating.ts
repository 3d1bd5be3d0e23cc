/** A group with so many seats. */
export interface SeatGroup {
  readonly approvers: number;
}

/** Somebody who may fill seats. */
export interface Candidate<Group> {
  readonly id: string;
  readonly fits: (group: Group) => boolean;
}

/** Who sits where, and how many seats are free. */
export interface Seating<Group> {
  readonly seats: ReadonlyMap<string, Group>;
  readonly free: readonly { readonly step: Group; readonly missing: number }[];
}

/**
 * Seats people in groups so that as many seats as possible are taken, each person once (bipartite matching by augmenting
 * paths, a few seats wide). Nobody is stuck in a group that another could have taken.
 */
export function seat<Group extends SeatGroup>(
  groups: readonly Group[],
  candidates: readonly Candidate<Group>[],
): Seating<Group> {
  const seats = groups.flatMap((group) => Array.from({ length: group.approvers }, () => group));
  const taken: (Candidate<Group> | undefined)[] = [];
  const place = (candidate: Candidate<Group>, tried: Set<number>): boolean =>
    seats.some((group, index) => {
      if (tried.has(index) || !candidate.fits(group)) return false;
      tried.add(index);
      const sitting = taken[index];
      if (sitting && !place(sitting, tried)) return false;
      taken[index] = candidate;
      return true;
    });
  for (const candidate of candidates) place(candidate, new Set());
  const seated = seats.flatMap((group, index) => (taken[index] ? [[taken[index].id, group] as const] : []));
  const free = groups.map((step) => ({
    step,
    missing: seats.filter((own, index) => own === step && !taken[index]).length,
  }));
  return { seats: new Map(seated), free: free.filter(({ missing }) => missing > 0) };
}
