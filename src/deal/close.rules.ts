import { dateOf, endOfDay } from '../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import type { DealSnapshot } from './deal.entity.js';

/** What is known of the close: the PSA gives a day, the import an instant. */
export interface DealClose {
  /** A calendar day. */
  readonly wonOn: string;
  readonly importedAt: Date;
}

/** A close with the snapshot that told of it: the first with a day of winning since the last without one. */
export interface DealWin extends DealClose {
  readonly snapshotId: string;
}

/**
 * The instant of the close: of the import that brought it, when that was on the day of the close; of a close of which only
 * an earlier day is known, the end of that day.
 */
export function closedAt({ wonOn, importedAt }: DealClose, calendar: BusinessCalendar): Date {
  return dateOf(calendar, importedAt) <= wonOn ? importedAt : endOfDay(calendar, wonOn);
}

/** The win that stands after a snapshot that came last, by the one that stood before; null when the deal is not won. */
export function winAfter(
  former: DealWin | null,
  { id: snapshotId, wonOn, importedAt }: Pick<DealSnapshot, 'id' | 'wonOn' | 'importedAt'>,
): DealWin | null {
  return wonOn === null ? null : (former ?? { snapshotId, wonOn, importedAt });
}
