import { digestOf } from '../core/canonical.js';
import type { ActualsCursor, ActualsMarkKind } from './actuals.entity.js';

/** What was spent on one budget of the delivery system. */
export interface ReadLine {
  /** Keys of our budget types; see ActualsLine. */
  readonly budgetTypes: readonly string[];
  readonly actualMinutes: number;
  readonly remainingMinutes: number;
  /** What the booked minutes cost, in minor units as text; null where the system does not say. */
  readonly actualCostMinor: string | null;
}

/** A milestone or task that is done. */
export interface ReadMark {
  readonly kind: ActualsMarkKind;
  readonly ownId: string;
  readonly doneAt: Date;
}

/** What a connector has read of one project. It knows our ids; nothing here knows the vendor. */
export interface ActualsReading {
  readonly handoffId: string;
  readonly source: string;
  readonly sourceId: string;
  /** The project's last change that the read saw, by the vendor's clock. */
  readonly takenAt: Date;
  /** When the read began, by the database's clock. */
  readonly readAt: Date;
  readonly closedAt: Date | null;
  readonly wonAt: Date | null;
  readonly firstContactAt: Date | null;
  readonly todosDone: number;
  readonly todosTotal: number;
  readonly currency: string;
  readonly lines: readonly ReadLine[];
  readonly marks: readonly ReadMark[];
}

/** SHA-256 over what was read, without the times of reading: two reads that say the same have the same. */
export function readingDigest(reading: ActualsReading): string {
  const { source, sourceId, closedAt, wonAt, firstContactAt, todosDone, todosTotal, currency, lines, marks } = reading;
  return digestOf({
    source,
    sourceId,
    closedAt: textOf(closedAt),
    wonAt: textOf(wonAt),
    firstContactAt: textOf(firstContactAt),
    todosDone,
    todosTotal,
    currency,
    lines: lines.map((line) => ({ ...line, budgetTypes: [...line.budgetTypes] })),
    marks: marks
      .map(({ kind, ownId, doneAt }) => ({ kind, ownId, doneAt: doneAt.toISOString() }))
      .toSorted((a, b) => (a.ownId < b.ownId ? -1 : 1)),
  });
}

const textOf = (instant: Date | null): string | null => instant?.toISOString() ?? null;

/**
 * Whether a read is newer than the newest that was taken in: by the vendor's clock, and within the same change by when
 * the read began. One that is not came late, and never becomes the current one.
 */
export function isNewer(
  { takenAt, readAt }: Pick<ActualsReading, 'takenAt' | 'readAt'>,
  cursor: Pick<ActualsCursor, 'takenAt' | 'readAt'> | null,
): boolean {
  if (cursor === null || takenAt > cursor.takenAt) return true;
  return takenAt.getTime() === cursor.takenAt.getTime() && readAt >= cursor.readAt;
}

/** What a read does: nothing, the watermark alone, or a snapshot that becomes the current one or comes too late. */
export type ReadingStep = 'NOTHING' | 'WATERMARK' | 'CURRENT' | 'LATE';

/** What to do with a read; `current` is the digest of the current snapshot, null before the first. */
export function readingStep(
  reading: ActualsReading,
  cursor: ActualsCursor | null,
  current: string | null,
): ReadingStep {
  const newer = isNewer(reading, cursor);
  if (readingDigest(reading) === current) return newer ? 'WATERMARK' : 'NOTHING';
  return newer ? 'CURRENT' : 'LATE';
}
