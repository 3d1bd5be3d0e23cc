import { notFound } from '../../core/error.js';
import { type Query, select, sql, visibleAs } from '../../core/statement.js';
import { columnsOf, hydrate } from '../../core/table.js';
import { Handoff } from '../../handoff/handoff.entity.js';
import { PsaDrift } from './psa-drift.entity.js';

/** The drifts of a handoff's project whose difference stands. */
export const standingDrifts = (handoffId: string): Query<PsaDrift[]> =>
  select(PsaDrift, { handoffId, endedAt: null }, { orderBy: ['id'] });

/** The same, locked; ask for the handoff's lock first. */
export const lockStandingDrifts = (handoffId: string): Query<PsaDrift[]> =>
  select(PsaDrift, { handoffId, endedAt: null }, { orderBy: ['id'], lock: 'UPDATE' });

/** The handoff of a drift, locked, or NOT_FOUND: the first fact of every command on a drift. */
export function lockHandoffOfDrift(driftId: string): Query<Handoff> {
  const query = sql(
    `select ${columnsOf(Handoff, 'h')} from psa_drift d join handoff h on h.tenant_id = $1 and h.id = d.handoff_id
      where d.tenant_id = $1 and d.id = $2 for update of h`,
    [driftId],
    (rows) => {
      if (!rows[0]) throw notFound('PsaDrift', driftId);
      return hydrate(Handoff, rows[0]);
    },
  );
  return visibleAs('Handoff', query);
}
