import type { Actor } from '../core/actor.js';
import { PRESENT } from '../core/clock.js';
import { notFound } from '../core/error.js';
import { mapQuery, type Query, type Row, select, selectFirst, selectRequired, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { ApiKey } from './api-key.entity.js';
import { Person, RoleGrant } from './person.entity.js';
import { Role } from './roles.js';

/** A grant `r` that is held now: not revoked, and its end has not come. */
const HELD = `r.revoked_at is null and (r.ends_at is null or r.ends_at > ${PRESENT})`;

/** An active person, by canonical person, and a role that they hold: who could answer, sign or verify. */
export interface RoleHolder {
  readonly personId: string;
  readonly role: Role;
}

/** A holder with how the role came about: what the cool-down of a new role looks at (isSeasoned). */
export interface Eligible extends RoleHolder {
  readonly grantId: string;
  /** The canonical person who gave the role, or the name of a job. */
  readonly grantedBy: string;
  readonly grantedAt: Date;
  /**
   * The canonical person who confirmed it, or the name of the job that set up the tenant; null while nobody has, and
   * when a merge has shown the second administrator to be the giver or the holder.
   */
  readonly confirmedBy: string | null;
}

/** Every active person with every role held now. */
export function eligiblePeople(): Query<Eligible[]> {
  return sql(
    `select p.id as person_id, r.role, r.id as grant_id, r.granted_at,
        coalesce(g.merged_into::text, r.granted_by) as granted_by,
        coalesce(c.merged_into::text, r.confirmed_by) as confirmed_by, c.id is not null as by_person
      from person p
      join role_grant r on r.tenant_id = $1 and r.person_id = p.id
      left join person g on g.tenant_id = $1 and g.id::text = r.granted_by
      left join person c on c.tenant_id = $1 and c.id::text = r.confirmed_by
      where p.tenant_id = $1 and p.state = 'ACTIVE' and p.merged_into is null and ${HELD}
      order by p.id, r.role`,
    [],
    (rows) => rows.map(eligible),
  );
}

/** A row of people with roles (eligiblePeople, rolesAt). */
export function eligible(row: Row): Eligible {
  const personId = row.person_id as string;
  const grantedBy = row.granted_by as string;
  const confirmedBy = row.confirmed_by as string | null;
  const isSecond = !row.by_person || (confirmedBy !== grantedBy && confirmedBy !== personId);
  return {
    personId,
    role: row.role as Role,
    grantId: row.grant_id as string,
    grantedBy,
    grantedAt: row.granted_at as Date,
    confirmedBy: isSecond ? confirmedBy : null,
  };
}

/** These records, in the order of their ids so that two who lock the same ones wait and do not deadlock. */
export const lockPeople = (ids: readonly string[]): Query<Person[]> =>
  select(Person, { id: ids }, { orderBy: ['id'], lock: 'UPDATE' });

/**
 * The person by id, locked for a change together with the administrator who makes it: nobody acts by a role that is
 * taken from them between check and commit.
 */
export const lockMember = (id: string, actor: Actor): Query<Person> =>
  mapQuery(lockPeople([id, actor.id]), (people) => {
    const person = people.find((one) => one.id === id);
    if (!person) throw notFound('Person', id);
    return person;
  });

/** Lets one at a time take people out: two who leave at once must not be each other's last administrator. */
export const lockMembership = (): Query<void> =>
  sql('select 1 from tenant_profile where tenant_id = $1 for update', [], () => undefined);

/** Every record of the human behind a record, that one too: merges do not chain (mergeMember). */
export function recordsOf(personId: string): Query<Person[]> {
  const { selection } = tableOf(Person);
  return sql(
    `select ${selection} from person where tenant_id = $1 and coalesce(merged_into, id) =
      (select coalesce(p.merged_into, p.id) from person p where p.tenant_id = $1 and p.id = $2)`,
    [personId],
    (rows) => rows.map((row) => hydrate(Person, row)),
  );
}

/** The person by id, or null. */
export const personById = (id: string | null): Query<Person | null> =>
  selectFirst(Person, { id: id ?? '00000000-0000-0000-0000-000000000000' });

/** The person with this handle, or null. */
export const personByHandle = (handle: string): Query<Person | null> => selectFirst(Person, { handle });

/** Active people by handle; the configuration names people so. */
export const peopleByHandle = (): Query<ReadonlyMap<string, string>> => {
  const query = select(Person, { state: 'ACTIVE' as never });
  return { ...query, read: (rows) => new Map(query.read(rows).map((p) => [p.handle, p.id])) };
};

/** The grants of a person that nobody has revoked, those too that have ended by themselves (isHeld). */
export const openGrants = (personId: string): Query<RoleGrant[]> => select(RoleGrant, { personId, revokedAt: null });

/** The key by id, locked for a change. */
export const lockApiKey = (id: string): Query<ApiKey> => selectRequired(ApiKey, id, { lock: 'UPDATE' });
