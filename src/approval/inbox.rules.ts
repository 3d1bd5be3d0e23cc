import type { ApprovalRequest } from './request.entity.js';

/** An open request, as the one who looks stands to it. */
export interface InboxEntry {
  readonly request: ApprovalRequest;
  /** Whether they may answer it now, for themselves or for whom they stand in for. */
  readonly canVote: boolean;
  /** For whom they may answer it by delegation, by person. */
  readonly forWhom: readonly string[];
  readonly isRequestedByMe: boolean;
}

/** What an inbox may be narrowed to; null leaves it as it is. */
export interface InboxFilterValues {
  readonly canVote?: boolean | null;
  readonly kind?: string | null;
  readonly subjectId?: string | null;
  readonly dueBefore?: Date | null;
  readonly requestedByMe?: boolean | null;
}

/** Figures over the whole inbox. */
export interface InboxCounts {
  readonly total: number;
  readonly awaitingMe: number;
  readonly dueWithin24h: number;
  readonly byKind: readonly { readonly kind: string; readonly count: number }[];
  readonly requestedByMe: number;
}

const DAY = 86_400_000;

/** Whether an entry passes every filter that is given. */
export function matches({ request, canVote, isRequestedByMe }: InboxEntry, filter: InboxFilterValues): boolean {
  const { kind, subjectId, dueBefore } = filter;
  return (
    (filter.canVote ?? canVote) === canVote &&
    (filter.requestedByMe ?? isRequestedByMe) === isRequestedByMe &&
    (kind ?? request.kind) === request.kind &&
    (subjectId ?? request.subjectId).toLowerCase() === request.subjectId &&
    (!dueBefore || request.expiresAt < dueBefore)
  );
}

/** The figures of an inbox, kinds in the order of their names. Due within 24 elapsed hours, not working hours. */
export function countsOf(entries: readonly InboxEntry[], now: Date): InboxCounts {
  const kinds = new Map<string, number>();
  for (const { request } of entries) kinds.set(request.kind, (kinds.get(request.kind) ?? 0) + 1);
  const soon = new Date(now.getTime() + DAY);
  return {
    total: entries.length,
    awaitingMe: entries.filter(({ canVote }) => canVote).length,
    dueWithin24h: entries.filter(({ request }) => request.expiresAt <= soon).length,
    byKind: [...kinds].map(([kind, count]) => ({ kind, count })).toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
    requestedByMe: entries.filter(({ isRequestedByMe }) => isRequestedByMe).length,
  };
}

/** Alike while the figures and the set of requests that await the one who looks are. */
export function markOf(entries: readonly InboxEntry[], now: Date): string {
  const awaiting = entries
    .filter(({ canVote }) => canVote)
    .map(({ request, forWhom }) => [request.id, ...forWhom].join());
  return JSON.stringify([countsOf(entries, now), awaiting.toSorted()]);
}

/** The place of a request in the order of the inbox: by deadline, then by id. */
export function placeOf({ expiresAt, id }: Pick<ApprovalRequest, 'expiresAt' | 'id'>): string {
  // ISO texts of one length sort as their instants do.
  return `${expiresAt.toISOString()} ${id}`;
}
