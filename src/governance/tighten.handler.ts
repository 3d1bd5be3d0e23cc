import type { PerformEffect } from '../core/outbox/handler.js';
import { type Query, sql } from '../core/statement.js';
import { MARGIN_EXCEPTION } from '../margin/margin.gate.js';
import { tightenException, type TightenInput } from './tighten.command.js';

/** The outbox's word for weighing open requests again under a policy that begins to rule. */
export const POLICY_TIGHTEN = 'policy.tighten';

/** Every margin exception that is undecided, or approved and not used. */
function openExceptions(): Query<TightenInput[]> {
  const text = `select id, subject_id from approval_request
    where tenant_id = $1 and kind = $2 and state in ('PENDING', 'APPROVED') order by id`;
  return sql(text, [MARGIN_EXCEPTION], (rows) =>
    rows.map((row) => ({ requestId: row.id as string, handoffId: row.subject_id as string })),
  );
}

/** Weighs each open request again, in a transaction and with a ledger entry of its own. */
export const tightenHandler: PerformEffect = async (_effect, { read, run, signal }) => {
  const { open } = await read({ open: openExceptions() });
  for (const request of open) {
    signal.throwIfAborted();
    await run(tightenException, request);
  }
  return { receipt: `${open.length} open requests weighed again`, writes: [] };
};
