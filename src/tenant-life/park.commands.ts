import { command, done } from '../core/command.js';
import { selectRequired, sql, type Query, type Statement } from '../core/statement.js';
import { TenantProfile } from '../identity/tenant.entity.js';
import { listUnmailed } from '../notice/notice.effects.js';

/** Effects that were not known to be done: whether the vendor has seen them since the backup, nobody here knows. */
const UNDONE = "state not in ('DONE', 'CANCELLED')";

/**
 * The tenant begins a new epoch, once for every return from a backup. A worker of the time before may hold leases that
 * the rows that came back know nothing of: by the epoch of its lease it can complete none of them (core/outbox/lease.ts).
 */
export function nextEpoch(): Statement {
  return { text: 'update tenant set epoch = epoch + 1 where tenant_id = $1', values: [] };
}

/** What a person is told to do about a parked effect. */
const REMEDY =
  'The tenant came back from a backup. Look whether the system outside has it already; then adopt, retry or cancel it.';

/**
 * Parks every effect that was not done, for a person to look at before it is sent. Those that may not be done twice are
 * in doubt from now on: also when they are retried, the vendor is asked first.
 */
export function parkUndone(): Statement {
  return {
    text: `update outbox_effect set state = 'PARKED', reason = 'RESTORED', remedy = $2, leased_until = null, is_begun = false,
        in_doubt = effect_class <> 'PUT', fencing_token = fencing_token + 1
      where tenant_id = $1 and ${UNDONE}`,
    values: [REMEDY],
  };
}

/** How many effects parkUndone parks; locked until the transaction ends. */
export function lockUndone(): Query<number> {
  return sql(
    `select id from outbox_effect where tenant_id = $1 and ${UNDONE} order by id for update`,
    [],
    (rows) => rows.length,
  );
}

/** The tenant's epoch as the registry has it. */
export function epochOf(): Query<number> {
  return sql('select epoch from tenant where tenant_id = $1', [], (rows) => rows[0]?.epoch as number);
}

/**
 * After the whole database came back from a backup (point-in-time recovery): a new epoch, and every effect that was not
 * done waits for a person (reliability 7). Run for every tenant before a worker starts.
 */
export const parkEffects = command({
  name: 'parkEffects',
  action: 'park',
  subject: 'TenantProfile',
  facts: (_input: null, actor) => ({
    tenant: selectRequired(TenantProfile, actor.tenantId, { lock: 'UPDATE' }),
    undone: lockUndone(),
    epoch: epochOf(),
  }),
  decide: ({ tenant, undone, epoch }) =>
    done({
      id: tenant.id,
      subject: { type: 'Tenant', id: tenant.id },
      body: { parked: undone, epoch: epoch + 1 },
      writes: [nextEpoch(), parkUndone(), listUnmailed()],
    }),
});
