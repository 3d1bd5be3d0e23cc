import { withdrawAll } from '../approval/approval.effects.js';
import { isOpen } from '../approval/deadline.rules.js';
import { ApprovalRequest, ApprovalState } from '../approval/request.entity.js';
import { command, done } from '../core/command.js';
import { type Query, select, selectRequired, sql, type Statement, update } from '../core/statement.js';
import { ApiKey } from '../identity/api-key.entity.js';
import { TenantProfile, TenantState } from '../identity/tenant.entity.js';
import { FeedKey } from '../odata/keys/feed-key.entity.js';

/** Why an effect will not be done, a connection is not there any more: a code for `reason`. */
const CLOSED = 'TENANT_CLOSED';

/**
 * Ends a tenant's work, all at once: every open approval request is withdrawn, what waits to be sent is cancelled, API
 * keys are revoked and the secrets of its connections destroyed, and the tenant is CLOSED, so that the next request of
 * each of its people is refused. Its data stay until they are erased. Closing it again changes nothing.
 *
 * The operator's alone: it is no mutation, since whoever could close a tenant with the account of one administrator
 * could end an MSP's work with one stolen token; suspendTenant is there for its own people (docs/decisions/0020).
 */
export const offboardTenant = command({
  name: 'offboardTenant',
  action: 'offboard',
  subject: 'TenantProfile',
  facts: (_input: null, actor) => ({
    tenant: selectRequired(TenantProfile, actor.tenantId, { lock: 'UPDATE' }),
    requests: select(
      ApprovalRequest,
      { state: [ApprovalState.PENDING, ApprovalState.APPROVED] },
      { orderBy: ['id'], lock: 'UPDATE' },
    ),
    effects: lockUnsent(),
    keys: select(ApiKey, { revokedAt: null }, { orderBy: ['id'], lock: 'UPDATE' }),
    connections: lockConnections(),
  }),
  decide: ({ tenant, requests, effects, keys, connections }, _input, moment) => {
    const { id, revision } = tenant;
    const subject = { type: 'Tenant', id };
    const { now } = moment;
    if (tenant.state === TenantState.CLOSED) return done({ id, subject, body: { changed: false } });
    const uncertain = effects.filter((effect) => effect.isUncertain).length;
    return done({
      id,
      subject,
      body: {
        changed: true,
        requestsWithdrawn: requests.filter((request) => isOpen(request, now)).length,
        effectsCancelled: effects.length - uncertain,
        effectsUncertain: uncertain,
        keysRevoked: keys.length,
        connectionsEnded: connections,
      },
      writes: [
        ...withdrawAll(requests, moment),
        endEffects(),
        update(ApiKey, { revokedAt: null }, { revokedAt: now }),
        update(FeedKey, { revokedAt: null }, { revokedAt: now }),
        ...endConnections(now),
        update(TenantProfile, { id }, { state: TenantState.CLOSED, revision: revision + 1 }),
        { text: "update tenant set state = 'CLOSED' where tenant_id = $1", values: [] },
      ],
    });
  },
});

const UNSENT = "state in ('PENDING', 'PARKED')";

/** An attempt has begun, so that the system outside may have it. */
const UNCERTAIN = 'is_begun or in_doubt';

function lockUnsent(): Query<{ readonly isUncertain: boolean }[]> {
  const text = `select ${UNCERTAIN} as uncertain from outbox_effect where tenant_id = $1 and ${UNSENT} order by id for update`;
  return sql(text, [], (rows) => rows.map((row) => ({ isUncertain: row.uncertain === true })));
}

/**
 * What may have been sent is UNKNOWN: it would be a lie to call it cancelled. The raised token fences off the worker
 * that has it in hand, so that what is exported afterwards does not change any more.
 */
function endEffects(): Statement {
  return {
    text: `update outbox_effect set reason = $2, leased_until = null, fencing_token = fencing_token + 1,
        state = case when ${UNCERTAIN} then 'UNKNOWN' else 'CANCELLED' end
      where tenant_id = $1 and ${UNSENT}`,
    values: [CLOSED],
  };
}

function lockConnections(): Query<number> {
  const text = "select id from integration where tenant_id = $1 and state <> 'DISCONNECTED' order by id for update";
  return sql(text, [], (rows) => rows.length);
}

function endConnections(now: Date): Statement[] {
  const ended = `update integration set state = 'DISCONNECTED', reason = $3, disconnected_at = $2, revision = revision + 1
    where tenant_id = $1 and state <> 'DISCONNECTED'`;
  return [
    { text: ended, values: [now, CLOSED] },
    { text: 'delete from integration_secret where tenant_id = $1', values: [] },
    {
      text: `update event_endpoint set state = 'DELETED', reason = null, ended_at = $2, revision = revision + 1
        where tenant_id = $1 and state <> 'DELETED'`,
      values: [now],
    },
    {
      text: `update event_delivery set state = 'CANCELLED', reason = $2, next_attempt_at = null
        where tenant_id = $1 and state = 'PENDING'`,
      values: [CLOSED],
    },
    { text: 'delete from event_secret where tenant_id = $1', values: [] },
  ];
}
