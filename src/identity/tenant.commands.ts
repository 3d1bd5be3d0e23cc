import { command, done, type Outcome, refused } from '../core/command.js';
import { staleRevision } from '../core/error.js';
import { finding } from '../core/finding.js';
import { insert, selectRequired, update } from '../core/statement.js';
import { ApiKey } from './api-key.entity.js';
import { makeApiKey } from './api-key.secret.js';
import type { CreateApiKeyInput, RevokeApiKeyInput, SuspendTenantInput } from './identity.input.js';
import { lockApiKey } from './identity.queries.js';
import { TenantProfile, TenantState } from './tenant.entity.js';

const DAY = 86_400_000;

/** Makes an API key; its text is in this answer only. */
export const createApiKey = command({
  name: 'createApiKey',
  action: 'administer',
  subject: 'ApiKey',
  services: false,
  facts: (_input: CreateApiKeyInput) => ({}),
  decide: (_facts, { name, scopes, days }, { newId, now, actor }) => {
    const id = newId();
    const { text, secretHash } = makeApiKey(actor.tenantId, id);
    const expiresAt = new Date(now.getTime() + days * DAY);
    return done({
      id,
      subject: { type: 'ApiKey', id },
      body: { scopes: scopes.length, days },
      writes: [insert(ApiKey, { id, name, secretHash, scopes, createdAt: now, expiresAt })],
      secret: text,
    });
  },
});

/** Ends an API key at once. */
export const revokeApiKey = command({
  name: 'revokeApiKey',
  action: 'administer',
  subject: 'ApiKey',
  services: false,
  facts: (input: RevokeApiKeyInput) => ({ key: lockApiKey(input.apiKeyId) }),
  decide: ({ key }, _input, { now }) =>
    done({
      id: key.id,
      subject: { type: 'ApiKey', id: key.id },
      writes: key.revokedAt ? [] : [update(ApiKey, { id: key.id }, { revokedAt: now })],
    }),
});

/** Stops every sign-in and side effect of the tenant; an operator resumes it on the command line. */
export const suspendTenant = command({
  name: 'suspendTenant',
  action: 'administer',
  subject: 'TenantProfile',
  services: false,
  facts: (_input: SuspendTenantInput, actor) => ({
    tenant: selectRequired(TenantProfile, actor.tenantId, { lock: 'UPDATE' }),
  }),
  decide: ({ tenant }, { expectedRevision }) => setState(tenant, expectedRevision, TenantState.SUSPENDED),
});

/**
 * Lets a suspended tenant work again, or a closed one that was not erased: the operator's alone, since its members cannot
 * sign in. What ended with the closing (requests, keys, connections, what was to be sent) does not come back.
 */
export const resumeTenant = command({
  name: 'resumeTenant',
  action: 'resume',
  subject: 'TenantProfile',
  facts: (_input: SuspendTenantInput, actor) => ({
    tenant: selectRequired(TenantProfile, actor.tenantId, { lock: 'UPDATE' }),
  }),
  decide: ({ tenant }, { expectedRevision }) => setState(tenant, expectedRevision, TenantState.ACTIVE),
});

function setState(tenant: TenantProfile, expectedRevision: number, state: TenantState): Outcome {
  const { id, revision } = tenant;
  if (revision !== expectedRevision) throw staleRevision('Tenant', id, expectedRevision, revision);
  if (tenant.state === TenantState.CLOSED && state === TenantState.SUSPENDED)
    return refused([
      finding({
        code: 'TENANT_CLOSED',
        path: 'tenant.state',
        message: 'The tenant is closed: nobody signs in and nothing is sent already.',
        facts: { state: tenant.state },
        remedy: 'Leave it closed, or let it work again with `countersign tenants resume`.',
      }),
    ]);
  return done({
    id,
    subject: { type: 'Tenant', id },
    body: { state },
    writes: [
      update(TenantProfile, { id }, { state, revision: revision + 1 }),
      { text: 'update tenant set state = $2 where tenant_id = $1', values: [state] },
    ],
  });
}
