import { type Actor, isOperator } from '../core/actor.js';
import { PRESENT } from '../core/clock.js';
import { AppError } from '../core/error.js';
import { brief, type Query, type Row, sql } from '../core/statement.js';
import { type SeenStamp, STAMP, stampOf } from './membership-stamp.js';
import { Role } from './roles.js';

/** Who was found by an account or a key, and the stamp of the membership by which they were. */
export interface FoundActor {
  readonly actor: Actor;
  /** Null where the tenant has none. */
  readonly stamp: SeenStamp | null;
}

/** Who signs in: the directory's object id when the token has one, else issuer and subject. */
export interface SignIn {
  readonly issuer: string;
  readonly subject: string;
  readonly oid: string | null;
  readonly authTime: Date | null;
}

/** The issuer of accounts that the tenant's own directory vouches for by `tid` and `oid`. */
export const TENANT_DIRECTORY = '*';

/**
 * A person's roles as held now; the canonical person stands for every record merged into it, and is looked up by its key:
 * a join is estimated too low, and reads all members of the tenant at every request. The account of a merged record signs
 * in as this person since the latest merge of any of their records: which one it came by is not told by `merged_into`.
 */
const MEMBER = `c.id as person_id, a.id as account_id, g.roles, g.seat_ended_at,
    case when p.merged_into is not null then greatest(a.linked_at, (
        select max(m.merged_at) from member_merge m join person s on s.tenant_id = $1 and s.id = m.person_id
          where m.tenant_id = $1 and s.merged_into = p.merged_into))
      when a.linked_at > p.created_at then a.linked_at end as account_since`;
const MEMBERSHIP = `from account a
  join person p on p.tenant_id = $1 and p.id = a.person_id and p.state = 'ACTIVE'
  cross join lateral (
    select s.id, s.handle from person s
      where s.tenant_id = $1 and s.id = coalesce(p.merged_into, p.id) and s.state = 'ACTIVE' limit 1) c
  join tenant_profile t on t.tenant_id = $1 and t.state = 'ACTIVE'
  cross join lateral (
    select array_agg(r.role order by r.role) filter (where r.ends_at is null or r.ends_at > ${PRESENT}) as roles,
      max(r.ends_at) filter (where r.ends_at <= ${PRESENT}) as seat_ended_at,
      min(r.ends_at) filter (where r.ends_at > ${PRESENT}) as seat_ends_at
    from role_grant r where r.tenant_id = $1 and r.person_id = c.id and r.revoked_at is null) g
  where a.tenant_id = $1 and a.unlinked_at is null`;
const PERSON = `select ${MEMBER} ${MEMBERSHIP}`;
const PERSON_OF_ACCOUNT = `${PERSON} and a.id = $2`;
const STAMPED_PERSON = `select ${MEMBER}, g.seat_ends_at as until, ${STAMP} ${MEMBERSHIP}`;

/** The actor behind a verified token, or null when no active member has that account. */
export function actorBySignIn(tenantId: string, signIn: SignIn): Query<FoundActor | null> {
  const text = `${STAMPED_PERSON} and ((a.issuer = '${TENANT_DIRECTORY}' and a.subject = $2) or (a.issuer = $3 and a.subject = $4))`;
  return brief(
    sql(text, [signIn.oid, signIn.issuer, signIn.subject], (rows) =>
      found(personActor(tenantId, rows[0], signIn.authTime), rows[0]),
    ),
  );
}

/** The actor behind an API key's id and the hash of its secret, or null. */
export function actorByApiKey(tenantId: string, keyId: string, secretHash: string): Query<FoundActor | null> {
  return brief(
    sql(`${STAMPED_KEY} and k.id = $2 and k.secret_hash = $3`, [keyId, secretHash], (rows) =>
      found(serviceActor(tenantId, rows[0]), rows[0]),
    ),
  );
}

const found = (actor: Actor | null, row: Row | undefined): FoundActor | null =>
  actor && { actor, stamp: stampOf(row!) };

const KEY = `from api_key k join tenant_profile t on t.tenant_id = $1 and t.state = 'ACTIVE'
  where k.tenant_id = $1 and k.revoked_at is null and k.expires_at > ${PRESENT}`;
const LIVE_KEY = `select k.id, k.scopes ${KEY} and k.id = $2`;
const STAMPED_KEY = `select k.id, k.scopes, k.expires_at as until, ${STAMP} ${KEY}`;

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
    return brief(sql(LIVE_KEY, [actor.id], (rows) => serviceActor(actor.tenantId, rows[0])));
  return brief(
    sql(PERSON_OF_ACCOUNT, [actor.accountId], (rows) => personActor(actor.tenantId, rows[0], actor.authTime)),
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
