import type { Actor } from '../../core/actor.js';
import { PRESENT } from '../../core/clock.js';
import {
  insert,
  mapQuery,
  type Query,
  selectFirst,
  selectRequired,
  sql,
  type Statement,
} from '../../core/statement.js';
import { hydrate, tableOf } from '../../core/table.js';
import { FeedKey, FeedSigning } from './feed-key.entity.js';
import { type FeedKeyParts, makeSigningSecret } from './feed-key.secret.js';

/** A key that works, with the person who vouches for it. */
export interface LiveFeedKey {
  readonly key: FeedKey;
  /** The time of the request. */
  readonly now: Date;
  /** As far as roles go: what this person sees the key may see. */
  readonly voucher: Actor;
}

/** The key by id, locked for a change. */
export const lockFeedKey = (id: string): Query<FeedKey> => selectRequired(FeedKey, id, { lock: 'UPDATE' });

/**
 * The key of these credentials, or null: unknown, revoked, expired, another secret, and a tenant that is not active look
 * alike. The voucher's roles are those that they hold now, none when they are no active member any more.
 */
export function liveFeedKey({ tenantId, keyId, secretHash }: FeedKeyParts): Query<LiveFeedKey | null> {
  const columns = tableOf(FeedKey).columns.map(({ name }) => `k.${name}`);
  return sql(
    `select ${columns.join(', ')}, ${PRESENT} as now, array(
        select r.role from person p
          join person c on c.tenant_id = $1 and c.id = coalesce(p.merged_into, p.id) and c.state = 'ACTIVE'
          join role_grant r on r.tenant_id = $1 and r.person_id = c.id and r.revoked_at is null
            and (r.ends_at is null or r.ends_at > ${PRESENT})
          where p.tenant_id = $1 and p.id = k.vouched_by order by r.role) as roles
      from feed_key k join tenant_profile t on t.tenant_id = $1 and t.state = 'ACTIVE'
      where k.tenant_id = $1 and k.id = $2 and k.secret_hash = $3 and k.revoked_at is null and k.expires_at > ${PRESENT}`,
    [keyId, secretHash],
    ([row]) => {
      if (!row) return null;
      const key = hydrate(FeedKey, row);
      const person = {
        kind: 'PERSON',
        tenantId,
        id: key.vouchedBy,
        scopes: [],
        authTime: null,
        accountId: null,
      } as const;
      return { key, now: row.now as Date, voucher: { ...person, roles: row.roles as string[] } };
    },
  );
}

/** The secret by which the tenant's $skiptokens are signed; null before the first. */
export const feedSigning = (tenantId: string): Query<Buffer | null> =>
  mapQuery(selectFirst(FeedSigning, { id: tenantId }), (row) => row && Buffer.from(row.secret, 'base64url'));

/** Makes that secret; of two who make one at once the first counts. */
export const makeFeedSigning = (tenantId: string): Statement =>
  insert(FeedSigning, { id: tenantId, secret: makeSigningSecret() }, 'on conflict do nothing');
