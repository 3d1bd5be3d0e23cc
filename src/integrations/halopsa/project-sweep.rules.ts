import { type HaloRecord, idOf } from './halopsa.record.js';

/** A project of ours that stands in HaloPSA. */
export interface ProjectThere {
  readonly handoffId: string;
  /** HaloPSA's ids of the project and of its tasks. */
  readonly ids: readonly string[];
  readonly opportunityId: string;
  /** When it was read last; null before the first time. */
  readonly readAt: Date | null;
  readonly isClosed: boolean;
}

/** A project that is to be read. */
export interface DueRead {
  readonly handoffId: string;
  /** Names the request where the same may be asked for once only; null is one of this sweep. */
  readonly request: string | null;
}

const HOUR_MS = 3_600_000;
/** Each costs some three requests of the six hundred in five minutes. */
const MOST_RECHECKS = 10;

/**
 * Which projects are to be read: those that changed, themselves or by a task or their opportunity; those that were never
 * read, asked for once an hour; and the longest unread of the open ones, a few at a time.
 */
export function dueReads(
  projects: readonly ProjectThere[],
  changed: readonly HaloRecord[],
  now: Date,
): readonly DueRead[] {
  const touched = new Set(
    changed.flatMap((row) => [idOf(row), idOf(row, 'parent_id')]).flatMap((id) => (id === null ? [] : [String(id)])),
  );
  const hasChanged = ({ ids, opportunityId }: ProjectThere): boolean =>
    touched.has(opportunityId) || ids.some((id) => touched.has(id));
  const isUnread = ({ readAt, isClosed }: ProjectThere): boolean =>
    readAt !== null && !isClosed && now.getTime() - readAt.getTime() >= HOUR_MS;
  const news = projects.filter(hasChanged);
  const others = projects.filter((project) => !news.includes(project));
  const rechecks = others
    .filter(isUnread)
    .toSorted((a, b) => a.readAt!.getTime() - b.readAt!.getTime())
    .slice(0, MOST_RECHECKS);
  const hour = String(Math.floor(now.getTime() / HOUR_MS));
  return [
    ...[...news, ...rechecks].map(({ handoffId }) => ({ handoffId, request: null })),
    ...others.filter(({ readAt }) => readAt === null).map(({ handoffId }) => ({ handoffId, request: `hour-${hour}` })),
  ];
}
