import { type Query, selectFirst, sql } from '../core/statement.js';
import { columnsOf, hydrate } from '../core/table.js';
import { ActualsCursor, ActualsMark, ActualsSnapshot } from './actuals.entity.js';

/** How far the reads of a handoff's project have come; null before the first. */
export const cursorOf = (handoffId: string): Query<ActualsCursor | null> => selectFirst(ActualsCursor, { handoffId });

/** The same, locked; ask for the handoff's lock first. */
export const lockCursorOf = (handoffId: string): Query<ActualsCursor | null> =>
  selectFirst(ActualsCursor, { handoffId }, { lock: 'UPDATE' });

/** The current snapshot of a handoff's project: what the cursor points at. */
export function currentActuals(handoffId: string): Query<ActualsSnapshot | null> {
  return sql(
    `select ${columnsOf(ActualsSnapshot, 's')} from actuals_cursor c
      join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id
      where c.tenant_id = $1 and c.handoff_id = $2`,
    [handoffId],
    (rows) => (rows[0] ? hydrate(ActualsSnapshot, rows[0]) : null),
  );
}

/** What is done by the current snapshot of a handoff's project. */
export function currentMarks(handoffId: string): Query<ActualsMark[]> {
  return sql(
    `select ${columnsOf(ActualsMark, 'm')} from actuals_cursor c
      join actuals_mark m on m.tenant_id = $1 and m.snapshot_id = c.snapshot_id
      where c.tenant_id = $1 and c.handoff_id = $2 order by m.own_id`,
    [handoffId],
    (rows) => rows.map((row) => hydrate(ActualsMark, row)),
  );
}
