import { type Actor, isOperator } from '../core/actor.js';
import { PRESENT } from '../core/clock.js';
import { AppError, notFound } from '../core/error.js';
import { brief, mapQuery, type Query, type Row, select, selectFirst, selectRequired, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { ApiKey } from './api-key.entity.js';
import { Person, RoleGrant } from './person.entity.js';
import { Role } from './roles.js';

/** Who signs in: the directory's object id when the token has one, else issuer and subject. */
export interface SignIn {
  readonly issuer: string;
  readonly subject: string;
  readonly oid: string | null;
  readonly authTime: Date | null;
}

/** The issuer of accounts that the tenant's own directory vouches for by `tid` and `oid`. */
export const TENANT_DIRECTORY = '*';

/** A grant `r` that is held now: not revoked, and its end has not come. */
const HELD = `r.revoked_at is null and (r.ends_at is null or r.ends_at > ${PRESENT})`;

/**
 * A person's roles as held now; the canonical person stands for every record merged into it, and is looked up by its key:
 * a join is estimated too low, and reads all members of the tenant at every request. The account of a merged record signs
 * in as this person since the latest merge of any of their records: which one it came by is not told by `merged_into`.
 */
const PERSON = `select c.id as person_id, a.id as account_id, g.roles, g.seat_ended_at,
    case when p.merged_into is not null then greatest(a.linked_at, (
        select max(m.merged_at) from member_merge m join person s on s.tenant_id = $1 and s.id = m.person_id
          where m.tenant_id = $1 and s.merged_into = p.merged_into))
      when a.linked_at > p.created_at then a.linked_at end as account_since
  from account a
  join person p on p.tenant_id = $1 and p.id = a.person_id and p.state = 'ACTIVE'
  cross join lateral (
    select s.id, s.handle from person s
      where s.tenant_id = $1 and s.id = coalesce(p.merged_into, p.id) and s.state = 'ACTIVE' limit 1) c
  join tenant_profile t on t.tenant_id = $1 and t.state = 'ACTIVE'
  cross join lateral (
    select array_agg(r.role order by r.role) filter (where r.ends_at is null or r.ends_at > ${PRESENT}) as roles,
      max(r.ends_at) filter (where r.ends_at <= ${PRESENT}) as seat_ended_at
    from role_grant r where r.tenant_id = $1 and r.person_id = c.id and r.revoked_at is null) g
  where a.tenant_id = $1 and a.unlinked_at is null`;

/** The actor behind a verified token, or null when no active member has that account. */
export function actorBySignIn(tenantId: string, signIn: SignIn): Query<Actor | null> {
  const text = `${PERSON} and ((a.issuer = '${TENANT_DIRECTORY}' and a.subject = $2) or (a.issuer = $3 and a.subject = $4))`;
  return brief(
    sql(text, [signIn.oid, signIn.issuer, signIn.subject], (rows) => personActor(tenantId, rows[0], signIn.authTime)),
  );
}

/** The actor behind an API key's id and the hash of its secret, or null. */
export function actorByApiKey(tenantId: string, keyId: string, secretHash: string): Query<Actor | null> {
  return brief(
    sql(`${LIVE_KEY} and k.id = $2 and k.secret_hash = $3`, [keyId, secretHash], (rows) =>
      serviceActor(tenantId, rows[0]),
    ),
  );
}

const LIVE_KEY = `select k.id, k.scopes from api_key k join tenant_profile t on t.tenant_id = $1 and t.state = 'ACTIVE'
  where k.tenant_id = $1 and k.revoked_at is null and k.expires_at > ${PRESENT}`;

/** A member by handle as the actor of a command: for the operator who acts in somebody's name on the command line. */
export function actorByHandle(tenantId: string, handle: string): Query<Actor | null> {
  return sql(`${PERSON} and c.handle = $2 order by a.linked_at, a.id limit 1`, [handle], (rows) =>
    personActor(tenantId, rows[0], null),
  );
}

/** The same actor as the membership stands inside the transaction; null when it has ended. */
export function refreshActor(actor: Actor): Query<Actor | null> {
  if (actor.kind === 'SYSTEM') return refreshJob(actor);
  if (actor.kind === 'SERVICE')
    return brief(sql(`${LIVE_KEY} and k.id = $2`, [actor.id], (rows) => serviceActor(actor.tenantId, rows[0])));
  return brief(
    sql(`${PERSON} and a.id = $2`, [actor.accountId], (rows) => personActor(actor.tenantId, rows[0], actor.authTime)),
  );
}

/**
 * A job of the worker goes on while its tenant is suspended, and ends when it is closed: what was in hand then changes
 * nothing any more, not even by a denial in the ledger. The operator goes on: who else would resume the tenant.
 */
function refreshJob(actor: Actor): Query<Actor> {
  if (isOperator(actor)) return sql('select 1 as alive where $1::uuid is not null', [], () => actor);
  const ended = "select 1 from tenant where tenant_id = $1 and state in ('CLOSED', 'ERASING', 'ERASED')";
  return sql(ended, [], (rows) => {
    if (rows.length === 0) return actor;
    throw new AppError('UNAVAILABLE', 'The tenant was closed.', { remedy: 'Resume it first, if it is to go on.' });
  });
}

function personActor(tenantId: string, row: Row | undefined, authTime: Date | null): Actor | null {
  if (!row) return null;
  const roles = (row.roles as string[] | null) ?? [];
  const endedAt = row.seat_ended_at as Date | null;
  if (roles.length === 0 && endedAt) {
    throw new AppError('FORBIDDEN', `Your seat ended on ${endedAt.toISOString()}.`, {
      remedy: 'Ask a RevOps administrator to give you the role again, if it is still needed.',
    });
  }
  return {
    kind: 'PERSON',
    tenantId,
    id: row.person_id as string,
    accountId: row.account_id as string,
    accountSince: row.account_since as Date | null,
    roles,
    scopes: [],
    authTime,
  };
}

function serviceActor(tenantId: string, row: Row | undefined): Actor | null {
  if (!row) return null;
  const scopes = JSON.parse(row.scopes as string) as string[];
  return {
    kind: 'SERVICE',
    tenantId,
    id: row.id as string,
    accountId: null,
    roles: [Role.INTEGRATOR],
    scopes,
    authTime: null,
  };
}

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
