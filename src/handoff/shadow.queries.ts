import { PRESENT } from '../core/clock.js';
import { type Query, sql } from '../core/statement.js';

/**
 * Whether what the gates find incomplete is let pass for a handoff and only recorded: its tenant's rollout is in shadow,
 * or pilots other handoffs. False without a confirmed rollout: who has none enforces everything.
 */
const IN_SHADOW = `exists (select 1 from rollout r where r.tenant_id = $1 and r.confirmed_at is not null
    and (r.phase = 'SHADOW' or r.phase = 'PILOT' and (r.enforced_at is null
      or not exists (select 1 from pilot_handoff p where p.tenant_id = $1 and p.handoff_id = h.id))))`;

/** The same for handoffs by id. */
export function shadowOf(handoffIds: readonly string[]): Query<ReadonlyMap<string, boolean>> {
  const text = `select h.id, ${IN_SHADOW} as in_shadow from handoff h where h.tenant_id = $1 and h.id = any($2)`;
  return sql(text, [handoffIds], (rows) => new Map(rows.map((row) => [row.id as string, row.in_shadow as boolean])));
}

/** How a handoff's gates are taken, and how far its rep has come with handing over. */
export interface GateStanding {
  readonly isInShadow: boolean;
  /** The rep has a certification that holds. */
  readonly isCertified: boolean;
  /** Other handoffs of the rep that were submitted. */
  readonly earlier: number;
  /** Somebody who is an active member was named as this rep's buddy for this handoff. */
  readonly hasBuddy: boolean;
}

/** The standing of one handoff; a record that was merged stands for the human behind it. */
export function gateStanding(handoffId: string): Query<GateStanding> {
  const human = (alias: string): string => `coalesce(${alias}.merged_into, ${alias}.id)`;
  const text = `select ${IN_SHADOW} as in_shadow,
      exists (select 1 from certification c join person q on q.tenant_id = $1 and q.id = c.person_id
        where c.tenant_id = $1 and ${human('q')} = ${human('o')} and c.ended_at is null
          and (c.expires_at is null or c.expires_at > ${PRESENT})) as is_certified,
      (select count(*) from handoff e where e.tenant_id = $1 and e.owner_id = h.owner_id and e.id <> h.id
        and e.submitted_at is not null) as earlier,
      exists (select 1 from handoff_buddy b join person q on q.tenant_id = $1 and q.id = b.buddy_id and q.state = 'ACTIVE'
        where b.tenant_id = $1 and b.handoff_id = h.id and b.rep_id = h.owner_id) as has_buddy
    from handoff h join person o on o.tenant_id = $1 and o.id = h.owner_id where h.tenant_id = $1 and h.id = $2`;
  return sql(text, [handoffId], ([row]) => ({
    isInShadow: row?.in_shadow === true,
    isCertified: row?.is_certified === true,
    earlier: Number(row?.earlier ?? 0),
    hasBuddy: row?.has_buddy === true,
  }));
}
