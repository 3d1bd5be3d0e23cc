import { type Query, sql } from '../statement.js';
import { hydrate, tableOf } from '../table.js';
import { OutboxEffect } from './effect.entity.js';
import { LEASE_MS, type Leased } from './lease.js';

/**
 * Takes one effect ahead of its time, for the process that it was left for; null when it is another's by now, when an
 * older one of its aggregate and vendor is not done, or while the vendor throttles or fails. A pause for credentials does
 * not hold: whoever takes it has other ones. Holds like every lease, so exactly one of two processes does it.
 */
export function leaseAhead(effectId: string, now: Date, leaseMs = LEASE_MS): Query<Leased | null> {
  const columns = tableOf(OutboxEffect).selection.replaceAll(/\w+/g, 'e.$&');
  return sql(
    `update outbox_effect e set leased_until = $4, fencing_token = e.fencing_token + 1
     where e.tenant_id = $1 and e.id = $2 and e.state = 'PENDING' and not e.is_begun and not e.in_doubt
       and (e.leased_until is null or e.leased_until <= $3)
       and exists (select 1 from tenant t where t.tenant_id = $1 and t.state = 'ACTIVE')
       and not exists (select 1 from vendor_pause p where p.tenant_id = $1 and p.vendor = e.vendor
         and p.reason <> 'DISCONNECTED' and p.until > $3)
       and not exists (select 1 from outbox_effect o where o.tenant_id = $1 and o.aggregate_id = e.aggregate_id
         and o.id < e.id and o.state in ('PENDING', 'UNKNOWN') and coalesce(o.vendor, '') = coalesce(e.vendor, ''))
     returning ${columns}, (select t.epoch from tenant t where t.tenant_id = $1) as epoch`,
    [effectId, now, new Date(now.getTime() + leaseMs)],
    ([row]) => (row ? { effect: hydrate(OutboxEffect, row), epoch: row.epoch as number, wasLost: false } : null),
  );
}
