import { type Query, sql } from '../core/statement.js';
import { type Eligible, eligible } from './identity.queries.js';

/**
 * Who held which role at an instant of the past, with what was known then: "who could have approved this, then?". The
 * same people as eligiblePeople() would have answered at that instant: active, by canonical person, with every role that
 * had begun and not ended; a confirmation counts from its own time on, and so does a merge.
 */
export function rolesAt(instant: Date): Query<Eligible[]> {
  return sql(ROLES_AT, [instant], (rows) => rows.map(eligible));
}

/** `follows`: each record with the one that it was merged into by then, one step and then as many as there were. */
const ROLES_AT = `with recursive step as (
    select distinct on (m.person_id) m.person_id, m.into_person_id from member_merge m
      where m.tenant_id = $1 and m.merged_at <= $2
      order by m.person_id, m.merged_at desc, m.id desc
  ), walk as (
    select person_id, into_person_id, 1 as hops from step
    union all
    select w.person_id, s.into_person_id, w.hops + 1 from walk w join step s on s.person_id = w.into_person_id
      where w.hops < 100
  ), follows as (
    select distinct on (person_id) person_id, into_person_id from walk order by person_id, hops desc
  )
  select r.person_id, r.role, r.id as grant_id, r.granted_at,
      coalesce(g.into_person_id::text, r.granted_by) as granted_by,
      case when r.confirmed_at <= $2 then coalesce(c.into_person_id::text, r.confirmed_by) end as confirmed_by,
      exists (select 1 from person p where p.tenant_id = $1 and p.id::text = r.confirmed_by) as by_person
    from role_grant r
    left join follows g on g.person_id::text = r.granted_by
    left join follows c on c.person_id::text = r.confirmed_by
    where r.tenant_id = $1 and r.granted_at <= $2
      and (r.revoked_at is null or r.revoked_at > $2) and (r.ends_at is null or r.ends_at > $2)
      and not exists (select 1 from follows f where f.person_id = r.person_id)
      and not exists (select 1 from member_suspension s
        where s.tenant_id = $1 and s.person_id = r.person_id and s.suspended_at <= $2
          and (s.ended_at is null or s.ended_at > $2))
    order by r.person_id, r.role`;
