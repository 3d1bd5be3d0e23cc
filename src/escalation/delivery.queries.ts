import type { Row } from '../core/statement.js';
import type { DeliveryGround } from './delivery.rules.js';

/**
 * The acceptances that feedback is about, of the handoff `h`: up to the one under which the kickoff was held, which none
 * ends; the others count until they ended.
 */
export const ACCEPTANCES = `(select coalesce(json_agg(json_build_object('signOffId', s.id, 'signedAt', s.signed_at,
     'endedAt', case when s.id is distinct from w.sign_off_id then s.ended_at end) order by s.signed_at), '[]')
   from feasibility_sign_off s
   left join (select k.sign_off_id, o.signed_at from kickoff k
     join feasibility_sign_off o on o.tenant_id = $1 and o.id = k.sign_off_id
     where k.tenant_id = $1 and k.handoff_id = h.id and k.state = 'HELD' order by k.held_at limit 1) w on true
   where s.tenant_id = $1 and s.handoff_id = h.id and (w.signed_at is null or s.signed_at <= w.signed_at))`;

/** The milestone that is due first of the handoff `h`, and when it was done: the same rule as actuals/deliverable.rules.ts. */
export const DELIVERABLE = `(select json_build_object('milestoneId', m.id, 'targetOn', m.target_on, 'doneAt', coalesce(
     (select a.done_at from actuals_cursor c
       join actuals_mark a on a.tenant_id = $1 and a.snapshot_id = c.snapshot_id and a.kind = 'MILESTONE' and a.own_id = m.id
       where c.tenant_id = $1 and c.project_id = m.project_id),
     (select case when bool_and(t.state = 'DONE' and t.done_at is not null) then max(t.done_at) end from project_task t
       where t.tenant_id = $1 and t.milestone_id = m.id and t.state <> 'CANCELLED')))
   from project_milestone m where m.tenant_id = $1 and m.handoff_id = h.id and m.state = 'PLANNED'
   order by m.target_on, m.position limit 1)`;

/** Close and first outreach of the handoff `h` as the delivery system saw them. */
export const FIRST_TOUCH = `(select json_build_object('wonAt', s.won_at, 'contactAt', s.first_contact_at) from actuals_cursor c
   join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id
   where c.tenant_id = $1 and c.handoff_id = h.id and s.won_at is not null)`;

/** What a row with these columns says. */
export function readDelivery(row: Row, feedback: readonly Date[]): DeliveryGround {
  const acceptances = row.acceptances as (Record<'signOffId' | 'signedAt', string> & { endedAt: string | null })[];
  const deliverable = row.deliverable as Record<'milestoneId' | 'targetOn' | 'doneAt', string> | null;
  const firstTouch = row.first_touch as Record<'wonAt' | 'contactAt', string> | null;
  return {
    acceptances: acceptances.map(({ signOffId, signedAt, endedAt }) => ({
      signOffId,
      signedAt: new Date(signedAt),
      endedAt: instant(endedAt),
    })),
    feedback,
    deliverable: deliverable && { ...deliverable, doneAt: instant(deliverable.doneAt) },
    firstTouch: firstTouch && { wonAt: new Date(firstTouch.wonAt), contactAt: instant(firstTouch.contactAt) },
    withdrawnAt: row.withdrawn_at as Date | null,
  };
}

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));
