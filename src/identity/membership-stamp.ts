import type { Actor } from '../core/actor.js';
import { PRESENT } from '../core/clock.js';
import { brief, type Query, type Row, sql } from '../core/statement.js';

/**
 * What a tenant's membership is known by: the database gives it another stamp with every change of a row by which an actor
 * is found (migration 0062). As long as the stamp is the same, and no role or key has ended by itself, so is the actor.
 */
export interface SeenStamp {
  readonly stamp: string;
  /** When the first of the actor's roles, or their key, ends by itself; null for never. */
  readonly until: Date | null;
}

/** The tables by which an actor is found: each has the trigger. */
export const STAMPED_TABLES = ['account', 'api_key', 'member_merge', 'person', 'role_grant', 'tenant_profile'] as const;

/** The tenant's stamp, as a column beside the rows that an actor is found by; `until` stands next to it (stampOf). */
export const STAMP = '(select m.stamp from membership_stamp m where m.tenant_id = $1) as stamp';

/** The stamp of a row that has both columns; null where the tenant has none. */
export function stampOf(row: Row): SeenStamp | null {
  const stamp = row.stamp as string | null;
  return stamp === null ? null : { stamp, until: row.until as Date | null };
}

/**
 * Whether every table has its trigger: on Citus none has (docs/scaling.md), and an administrator can take them away. A
 * stamp proves nothing then.
 */
export const STAMPS_ARE_GIVEN = `select count(*) = ${STAMPED_TABLES.length} as given from pg_trigger
  where tgname = 'membership_changed' and tgenabled in ('O', 'A')
    and tgrelid in (${STAMPED_TABLES.map((name) => `'${name}'::regclass`).join(', ')})`;

const STANDS = `select 1 from membership_stamp
  where tenant_id = $1 and stamp = $2 and ($3::timestamptz is null or $3 > ${PRESENT})`;

/** This actor, when the membership is the one by which they were found; null when anything of it has changed or ended. */
export const actorByStamp = (actor: Actor, { stamp, until }: SeenStamp): Query<Actor | null> =>
  brief(sql(STANDS, [stamp, until], (rows) => (rows.length === 0 ? null : actor)));
