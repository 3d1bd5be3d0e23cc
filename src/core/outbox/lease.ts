import { PRESENT_OF_STATEMENT } from '../clock.js';
import { type Query, select, sql, type Statement } from '../statement.js';
import { hydrate, tableOf } from '../table.js';
import { VendorPause } from './attempt.entity.js';
import { OutboxEffect } from './effect.entity.js';

/**
 * How long a worker holds an effect without a sign of life, in milliseconds. A request that a killed worker had sent is
 * to be done at the vendor, or to have failed there, before the next worker looks: as long as a request may take. What
 * got no whole answer is looked up after as long.
 */
export const LEASE_MS = 30_000;

/** The worker's own lease in SQL; a setting of the process and never input. */
const lasting = (leaseMs: number): string => `interval '${Math.trunc(leaseMs)} milliseconds'`;

/** An effect in the hands of a worker. */
export interface Leased {
  readonly effect: OutboxEffect;
  /** The tenant's epoch at the lease: a restore raises it, and no older worker completes. */
  readonly epoch: number;
  /** An attempt was under way when the lease before this one ran out. */
  readonly wasLost: boolean;
}

/** The latest lease was ours, in a tenant that was not restored meanwhile: `$2` to `$4`. */
const OURS = `tenant_id = $1 and id = $2 and fencing_token = $3
  and exists (select 1 from tenant t where t.tenant_id = $1 and t.epoch = $4)`;

/** It still is: whatever completes an effect gives its lease back in the same statement. */
const HELD = `${OURS} and leased_until is not null`;

/** What a worker may take: an unknown outcome only where it can be looked up. */
const takeable = (alias: string): string =>
  `${alias}.state in ('PENDING', 'UNKNOWN') and (${alias}.state = 'PENDING' or ${alias}.effect_class = 'LOOKUP')`;

/** Whether an effect is due that nobody holds, whatever its vendor: what a worker that ended has left, too. */
export const hasDue = (): Query<boolean> =>
  sql(
    `select 1 from outbox_effect e where e.tenant_id = $1 and ${takeable('e')} and e.next_attempt_at <= ${PRESENT_OF_STATEMENT}
       and (e.leased_until is null or e.leased_until <= ${PRESENT_OF_STATEMENT}) limit 1`,
    [],
    (rows) => rows.length > 0,
  );

/**
 * Takes due effects of vendors that are neither paused nor `busy` and whose lease is free: of each aggregate and vendor
 * the oldest that is not done, except while it is scheduled for later. Effects of no vendor are the vendor ''.
 */
export function lease(now: Date, busy: readonly string[], most: number, leaseMs = LEASE_MS): Query<Leased[]> {
  const { selection } = tableOf(OutboxEffect);
  const columns = selection.replaceAll(/\w+/g, 'e.$&');
  return sql(
    // As a sub-select of the update, the planner may run it once a row and so lease far more than a batch.
    `with due as materialized (
       select e.id, e.is_begun from outbox_effect e
       where e.tenant_id = $1 and ${takeable('e')} and e.next_attempt_at <= $2
         and (e.leased_until is null or e.leased_until <= $2)
         and coalesce(e.vendor, '') <> all($4::text[])
         and exists (select 1 from tenant t where t.tenant_id = $1 and t.state = 'ACTIVE')
         and not exists (select 1 from vendor_pause p where p.tenant_id = $1 and p.vendor = e.vendor
           and (p.until is null or p.until > $2))
         and not exists (select 1 from outbox_effect o where o.tenant_id = $1 and o.aggregate_id = e.aggregate_id
           and o.id < e.id and ${takeable('o')} and coalesce(o.vendor, '') = coalesce(e.vendor, '')
           and (o.not_before is null or o.not_before <= $2))
       order by e.next_attempt_at, e.id limit ${Math.trunc(most)} for update of e skip locked)
     update outbox_effect e set leased_until = $3, fencing_token = e.fencing_token + 1, is_begun = false,
       strikes = e.strikes + due.is_begun::int
     from due where e.tenant_id = $1 and e.id = due.id
     returning ${columns}, due.is_begun as was_lost,
       (select t.epoch from tenant t where t.tenant_id = $1) as epoch`,
    [now, new Date(now.getTime() + leaseMs), busy],
    (rows) =>
      rows
        .map((row) => ({
          effect: hydrate(OutboxEffect, row),
          epoch: row.epoch as number,
          wasLost: row.was_lost === true,
        }))
        .toSorted((a, b) => (a.effect.id < b.effect.id ? -1 : 1)),
  );
}

/** When there will be something to take after `now`: an attempt, the end of a pause or of a lease; null when nothing. */
export function nextDue(now: Date): Query<Date | null> {
  return sql(
    `select min(greatest(e.next_attempt_at, p.until, e.leased_until)) as due from outbox_effect e
     left join vendor_pause p on p.tenant_id = $1 and p.vendor = e.vendor
     where e.tenant_id = $1 and ${takeable('e')} and p.reason is distinct from 'DISCONNECTED'
       and greatest(e.next_attempt_at, p.until, e.leased_until) > $2`,
    [now],
    (rows) => (rows[0]?.due ?? null) as Date | null,
  );
}

/** The vendors that this tenant's effects wait for, or have waited for until they answer again. */
export const vendorPauses = (): Query<VendorPause[]> => select(VendorPause, {}, { orderBy: ['vendor'] });

/** An attempt that is under way: which of the effect, since when. */
export interface Begun {
  readonly attempts: number;
  readonly now: Date;
}

/**
 * Marks an attempt as under way, right before it goes out; which attempt it is, or null when the lease is another's by
 * now or the tenant was suspended. From here on a crash leaves a doubt, where the effect is not idempotent.
 */
export function begin({ effect, epoch }: Leased, leaseMs = LEASE_MS): Query<Begun | null> {
  return sql(
    `update outbox_effect set is_begun = true, in_doubt = effect_class <> 'PUT', attempts = attempts + 1,
       leased_until = ${PRESENT_OF_STATEMENT} + ${lasting(leaseMs)}
     where ${HELD} and ${takeable('outbox_effect')}
       and exists (select 1 from tenant t where t.tenant_id = $1 and t.state = 'ACTIVE')
     returning attempts, ${PRESENT_OF_STATEMENT} as now`,
    [effect.id, effect.fencingToken, epoch],
    (rows) => (rows[0] as Begun | undefined) ?? null,
  );
}

/** A sign of life; false when the lease is another's by now. */
export function renew({ effect, epoch }: Leased, leaseMs = LEASE_MS): Query<boolean> {
  return sql(
    `update outbox_effect set leased_until = ${PRESENT_OF_STATEMENT} + ${lasting(leaseMs)} where ${HELD} returning id`,
    [effect.id, effect.fencingToken, epoch],
    (rows) => rows.length > 0,
  );
}

/** Whose an effect is: ours, recorded by us already (a COMMIT whose acknowledgement was lost), or another worker's. */
export type Hold = 'OURS' | 'RECORDED' | 'TAKEN';

/** Whether the lease is still ours, locked until the transaction ends. */
export function holds({ effect, epoch }: Leased): Query<Hold> {
  return sql(
    `select leased_until is not null as is_held from outbox_effect where ${OURS} for update`,
    [effect.id, effect.fencingToken, epoch],
    ([row]) => (row ? (row.is_held ? 'OURS' : 'RECORDED') : 'TAKEN'),
  );
}

/** Gives back what was taken and not begun. */
export function release({ effect }: Leased): Statement {
  return {
    text: 'update outbox_effect set leased_until = null where tenant_id = $1 and id = $2 and fencing_token = $3 and not is_begun',
    values: [effect.id, effect.fencingToken],
  };
}

/** Pauses a vendor; a disconnected one stays so until it is reconnected, and no pause becomes shorter. */
export function pauseVendor(pause: Omit<VendorPause, 'tenantId'>): Statement {
  const { vendor, until, reason, failures, since, remedy } = pause;
  return {
    text: `insert into vendor_pause as p (tenant_id, vendor, until, reason, failures, since, remedy)
      values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (tenant_id, vendor) do update set until = case when $4 = 'DISCONNECTED' then null else greatest(p.until, $3) end,
        reason = $4, failures = greatest(p.failures + 1, $5), remedy = $7
      where p.reason <> 'DISCONNECTED'`,
    values: [vendor, until, reason, failures, since, remedy],
  };
}

/** The vendor has answered: its pause, if it is over, is forgotten. */
export function forgetPause(vendor: string, now: Date): Statement {
  return {
    text: 'delete from vendor_pause where tenant_id = $1 and vendor = $2 and until <= $3',
    values: [vendor, now],
  };
}
