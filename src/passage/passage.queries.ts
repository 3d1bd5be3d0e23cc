import { notFound } from '../core/error.js';
import { type Query, sql } from '../core/statement.js';
import { type EntityClass, hydrate, tableOf } from '../core/table.js';
import { Deal, DealSnapshot } from '../deal/deal.entity.js';

function ofHandoff<T extends object>(entity: EntityClass<T>, column: string, handoffId: string): Query<T> {
  const { name, columns } = tableOf(entity);
  const selection = columns.map((own) => `x.${own.name}`).join(', ');
  return sql(
    `select ${selection} from handoff h join ${name} x on x.tenant_id = $1 and x.id = h.${column} where h.tenant_id = $1 and h.id = $2`,
    [handoffId],
    (rows) => {
      if (!rows[0]) throw notFound('Handoff', handoffId);
      return hydrate(entity, rows[0]);
    },
  );
}

/** The snapshot that a handoff has adopted. */
export const snapshotOfHandoff = (handoffId: string): Query<DealSnapshot> => ofHandoff(DealSnapshot, 'deal_snapshot_id', handoffId);

/** The deal of a handoff, with the revision of its newest snapshot. */
export const dealOfHandoff = (handoffId: string): Query<Deal> => ofHandoff(Deal, 'deal_id', handoffId);
