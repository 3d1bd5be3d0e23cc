import { EffectState, OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { type Query, sql } from '../../core/statement.js';
import { tableOf } from '../../core/table.js';
import { HANDOFF_STATUS } from '../../handoff/status.message.js';
import { PROVISION_PROJECT } from '../../project/provision.message.js';
import { Vendor } from '../connection/connection.entity.js';
import { HALOPSA_PROJECT, HALOPSA_STATUS, HALOPSA_TASK } from './provision.plan.js';

/** The kind of the effect that reads what delivery spent on a project, and compares the project with our plan. */
export const HALOPSA_ACTUALS = 'halopsa.actuals';

/**
 * Reads the project of a handoff. In the order of the handoff's own effects, so that what we write ourselves is never
 * half there when it is read.
 */
export function actualsMessage(handoffId: string, request: string): OutboxMessage {
  return {
    kind: HALOPSA_ACTUALS,
    aggregate: { type: 'Handoff', id: handoffId },
    effectKey: `${HALOPSA_ACTUALS}:${handoffId}:${request}`,
    payload: {},
    vendor: Vendor.HALOPSA,
  };
}

/** Of these handoffs, those whose project waits to be read already. */
export function waitingReads(handoffIds: readonly string[]): Query<ReadonlySet<string>> {
  return sql(
    `select aggregate_id from ${tableOf(OutboxEffect).name} where tenant_id = $1 and aggregate_id = any($2::uuid[])
      and kind = $3 and state = $4 and not is_begun`,
    [handoffIds, HALOPSA_ACTUALS, EffectState.PENDING],
    (rows) => new Set(rows.map((row) => row.aggregate_id as string)),
  );
}

/**
 * Whether something of ours is still to be written, or failed to be: until then a difference is not somebody's edit. A
 * failure counts until the same kind was done after it.
 */
export function isWriting(handoffId: string): Query<boolean> {
  const { name } = tableOf(OutboxEffect);
  return sql(
    `select exists (select 1 from ${name} e where e.tenant_id = $1 and e.aggregate_id = $2 and e.kind = any($3::text[])
      and (e.state in ('PENDING', 'UNKNOWN', 'PARKED') or (e.state = 'DEAD' and not exists (
        select 1 from ${name} l where l.tenant_id = $1 and l.aggregate_id = $2 and l.kind = e.kind
          and l.state = 'DONE' and l.id > e.id)))) as found`,
    [handoffId, [PROVISION_PROJECT, HANDOFF_STATUS, HALOPSA_PROJECT, HALOPSA_TASK, HALOPSA_STATUS]],
    (rows) => Boolean(rows[0]?.found),
  );
}
