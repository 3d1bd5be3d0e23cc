import { type Query, sql } from '../core/statement.js';
import { type Eligible, eligible } from './identity.queries.js';

/**
 * Who held which role at an instant of the past, with what was known then: "who could have approved this, then?". The
 * same people as eligiblePeople() would have answered at that instant: active, by canonical person, with every role that
 * had begun and not ended; a confirmation counts from its own time on, and so does a merge.
 */
export function rolesAt(instant: Date): Query<Eligible[]> {
  return sql(rolesAsOf('$2'), [instant], (rows) => rows.map(eligible));
}

/** rolesAt for many instants in one statement, by the instant's milliseconds. */
export function rolesAtEach(instants: readonly Date[]): Query<ReadonlyMap<number, Eligible[]>> {
  const text = `select i.at, held.* from unnest($2::timestamptz[]) i(at) cross join lateral (${rolesAsOf('i.at')}) held`;
  const distinct = [...new Set(instants.map((instant) => instant.getTime()))];
  return sql(text, [distinct.map((time) => new Date(time).toISOString())], (rows) => {
    const found = new Map<number, Eligible[]>(distinct.map((time) => [time, []]));
    for (const row of rows) found.get((row.at as Date).getTime())!.push(eligible(row));
    return found;
  });
}

/** `follows`: each record with the one that it was merged into by then, one step and then as many as there were. */
const rolesAsOf = (instant: string): string => `with recursive step as (
    select distinct on (m.person_id) m.person_id, m.into_person_id from member_merge m
      where m.tenant_id = $1 and m.merged_at <= ${instant}
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
      case when r.confirmed_at <= ${instant} then coalesce(c.into_person_id::text, r.confirmed_by) end as confirmed_by,
      exists (select 1 from person p where p.tenant_id = $1 and p.id::text = r.confirmed_by) as by_person
    from role_grant r
    left join follows g on g.person_id::text = r.granted_by
    left join follows c on c.person_id::text = r.confirmed_by
    where r.tenant_id = $1 and r.granted_at <= ${instant}
      and (r.revoked_at is null or r.revoked_at > ${instant}) and (r.ends_at is null or r.ends_at > ${instant})
      and not exists (select 1 from follows f where f.person_id = r.person_id)
      and not exists (select 1 from member_suspension s
        where s.tenant_id = $1 and s.person_id = r.person_id and s.suspended_at <= ${instant}
          and (s.ended_at is null or s.ended_at > ${instant}))
    order by r.person_id, r.role`;
