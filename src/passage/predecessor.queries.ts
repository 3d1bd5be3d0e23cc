import { type Query, sql } from '../core/statement.js';
import { CONTINUING, PRECEDING } from '../handoff/carried.rules.js';

/** Handoffs `o` of the client of handoff `h` that it could go on from: opened before it, handed over, not taken back. */
const EARLIER = `o.tenant_id = $1 and o.client_id = h.client_id and o.id <> h.id and o.opened_at <= h.opened_at`;

/** Whether the client has an earlier handoff that this one could go on from. */
export const hasPredecessorCandidate = (handoffId: string): Query<boolean> =>
  sql(
    `select exists (select 1 from handoff h join handoff o on ${EARLIER} and o.stage = any($3)
      where h.tenant_id = $1 and h.id = $2) as found`,
    [handoffId, PRECEDING],
    (rows) => rows[0]?.found === true,
  );

/** A handoff that goes on from an earlier one by rule. */
export interface Continuation {
  readonly handoffId: string;
  readonly predecessorId: string;
}

/**
 * Drafts of renewals and upsells that name no earlier handoff although the client has a closed one of the same service
 * template: each with the newest. It follows from the rows, whichever way the draft came or was reclassified.
 */
export const continuations = (): Query<Continuation[]> =>
  sql(
    `select h.id, e.id as predecessor_id from handoff h
      cross join lateral (select o.id from handoff o where ${EARLIER} and o.stage = 'CLOSED'
        and o.service_template = h.service_template order by o.opened_at desc, o.id desc limit 1) e
      where h.tenant_id = $1 and h.stage = 'DRAFT' and h.deal_type = any($2) and h.predecessor_id is null
      order by h.id`,
    [CONTINUING],
    (rows) => rows.map((row) => ({ handoffId: row.id as string, predecessorId: row.predecessor_id as string })),
  );

/** Who delivered the earlier handoff, and so hands over. */
export interface HandingOver {
  readonly deliveryManagerId: string | null;
  readonly projectLeadId: string | null;
}

/** Who hands over, by the id of the handoff that goes on. */
export function handingOverOf(handoffIds: readonly string[]): Query<ReadonlyMap<string, HandingOver>> {
  return sql(
    `select h.id, o.delivery_manager_id, p.project_lead_id from handoff h
      join handoff o on o.tenant_id = $1 and o.id = h.predecessor_id
      left join project p on p.tenant_id = $1 and p.handoff_id = o.id
      where h.tenant_id = $1 and h.id = any($2)`,
    [handoffIds],
    (rows) =>
      new Map(
        rows.map((row) => [
          row.id as string,
          {
            deliveryManagerId: row.delivery_manager_id as string | null,
            projectLeadId: row.project_lead_id as string | null,
          },
        ]),
      ),
  );
}
