import type { Actor } from '../core/actor.js';
import { type Query, type Row, select, selectFirst, selectRequired, sql } from '../core/statement.js';
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

/** A person's roles as held now; the canonical person stands for every record merged into it. */
const PERSON = `select c.id as person_id, a.id as account_id,
    (select array_agg(r.role order by r.role) from role_grant r
      where r.tenant_id = $1 and r.person_id = c.id and r.revoked_at is null) as roles
  from account a
  join person p on p.tenant_id = $1 and p.id = a.person_id and p.state = 'ACTIVE'
  join person c on c.tenant_id = $1 and c.id = coalesce(p.merged_into, p.id) and c.state = 'ACTIVE'
  join tenant_profile t on t.tenant_id = $1 and t.state = 'ACTIVE'
  where a.tenant_id = $1 and a.unlinked_at is null`;

/** The actor behind a verified token, or null when no active member has that account. */
export function actorBySignIn(tenantId: string, signIn: SignIn): Query<Actor | null> {
  const text = `${PERSON} and ((a.issuer = '${TENANT_DIRECTORY}' and a.subject = $2) or (a.issuer = $3 and a.subject = $4))`;
  return sql(text, [signIn.oid, signIn.issuer, signIn.subject], (rows) =>
    personActor(tenantId, rows[0], signIn.authTime),
  );
}

/** The actor behind an API key's id and the hash of its secret, or null. */
export function actorByApiKey(tenantId: string, keyId: string, secretHash: string): Query<Actor | null> {
  return sql(`${LIVE_KEY} and k.id = $2 and k.secret_hash = $3`, [keyId, secretHash], (rows) =>
    serviceActor(tenantId, rows[0]),
  );
}

const LIVE_KEY = `select k.id, k.scopes from api_key k join tenant_profile t on t.tenant_id = $1 and t.state = 'ACTIVE'
  where k.tenant_id = $1 and k.revoked_at is null and k.expires_at > clock_timestamp()`;

/** The same actor as the membership stands inside the transaction; null when it has ended. */
export function refreshActor(actor: Actor): Query<Actor | null> {
  if (actor.kind === 'SYSTEM') return sql('select 1 as alive where $1::uuid is not null', [], () => actor);
  if (actor.kind === 'SERVICE')
    return sql(`${LIVE_KEY} and k.id = $2`, [actor.id], (rows) => serviceActor(actor.tenantId, rows[0]));
  return sql(`${PERSON} and a.id = $2`, [actor.accountId], (rows) =>
    personActor(actor.tenantId, rows[0], actor.authTime),
  );
}

function personActor(tenantId: string, row: Row | undefined, authTime: Date | null): Actor | null {
  if (!row) return null;
  return {
    kind: 'PERSON',
    tenantId,
    id: row.person_id as string,
    accountId: row.account_id as string,
    roles: (row.roles as string[] | null) ?? [],
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

/** Active people who hold a role now, by canonical person: who could answer, sign or verify. */
export interface Eligible {
  readonly personId: string;
  readonly role: Role;
}

/** Every active person with every role held now. */
export function eligiblePeople(): Query<Eligible[]> {
  return sql(
    `select p.id as person_id, r.role from person p join role_grant r on r.tenant_id = $1 and r.person_id = p.id
     where p.tenant_id = $1 and p.state = 'ACTIVE' and p.merged_into is null and r.revoked_at is null order by p.id, r.role`,
    [],
    (rows) => rows.map((row) => ({ personId: row.person_id as string, role: row.role as Role })),
  );
}

/** The person by id, locked for a change. */
export const lockPerson = (id: string): Query<Person> => selectRequired(Person, id, { lock: 'UPDATE' });

/** These records, in the order of their ids so that two who lock the same ones wait and do not deadlock. */
export const lockPeople = (ids: readonly string[]): Query<Person[]> =>
  select(Person, { id: ids }, { orderBy: ['id'], lock: 'UPDATE' });

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

/** The roles that a person holds now. */
export const heldRoles = (personId: string): Query<RoleGrant[]> => select(RoleGrant, { personId, revokedAt: null });

/** The key by id, locked for a change. */
export const lockApiKey = (id: string): Query<ApiKey> => selectRequired(ApiKey, id, { lock: 'UPDATE' });
