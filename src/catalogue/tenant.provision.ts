import { command, done } from '../core/command.js';
import { insert, insertAll, sql, type Statement } from '../core/statement.js';
import { TENANT_DIRECTORY } from '../identity/actor.queries.js';
import { Account, MemberState, Person, RoleGrant } from '../identity/person.entity.js';
import type { Role } from '../identity/roles.js';
import { defaultEnd } from '../identity/seat.rules.js';
import { TenantProfile, TenantState } from '../identity/tenant.entity.js';
import type { TenantConfiguration } from './configuration.js';
import { ConfigurationState, ConfigurationVersion } from './configuration-version.entity.js';
import { storeConfiguration } from './stored-configuration.js';

/** A tenant's file, read and found sound. */
export interface ProvisionInput {
  readonly configuration: TenantConfiguration;
}

/**
 * Makes a tenant from its file: registry row, profile, members and version 1 of the configuration, effective at once.
 * Does nothing for a tenant that has a configuration: from then on a file is a proposal (design 6).
 */
export const provisionTenant = command({
  name: 'provisionTenant',
  action: 'provision',
  subject: 'TenantProfile',
  facts: (_input: ProvisionInput) => ({
    registered: sql('select state from tenant where tenant_id = $1', [], (rows) => rows.length > 0),
    configured: sql(
      'select count(*)::int as count from configuration_version where tenant_id = $1',
      [],
      (rows) => rows[0]?.count !== 0,
    ),
  }),
  decide: ({ registered, configured }, { configuration }, moment) => {
    const { now, actor, newId } = moment;
    const id = actor.tenantId;
    const subject = { type: 'Tenant', id };
    if (configured) return done({ id, subject, body: { changed: false } });
    const { tenant, people } = configuration;
    const registry: Statement = {
      text: "insert into tenant (tenant_id, entra_tid, state, created_at) values ($1, $2, 'ACTIVE', $3) on conflict do nothing",
      values: [tenant.entraTid, now],
    };
    const versionId = newId();
    const { content, digest, writes } = storeConfiguration(configuration, versionId, [], moment);
    return done({
      id,
      subject,
      body: { changed: true, version: 1, digest },
      sources: [{ type: 'CONFIGURATION', id: versionId, version: '1', hash: digest }],
      writes: [
        ...(registered ? [] : [registry]),
        insert(TenantProfile, { id, slug: tenant.slug, name: tenant.name, state: TenantState.ACTIVE, revision: 1 }),
        insertAll(
          Person,
          people.map((p) => ({
            id: p.id,
            handle: p.key,
            name: p.name,
            email: p.email,
            state: MemberState.ACTIVE,
            revision: 1,
            createdAt: now,
          })),
        ),
        insertAll(
          Account,
          people.flatMap((p) =>
            p.accounts.map((a) => ({
              id: newId(),
              personId: p.id,
              issuer: a.issuer ?? TENANT_DIRECTORY,
              subject: a.oid,
              linkedAt: now,
            })),
          ),
        ),
        insertAll(
          RoleGrant,
          people.flatMap((p) =>
            p.roles.map((role) => ({
              id: newId(),
              personId: p.id,
              role: role as Role,
              grantedBy: actor.id,
              grantedAt: now,
              // The operator who applies a tenant's first file vouches for the roles in it.
              confirmedBy: actor.id,
              confirmedAt: now,
              endsAt: defaultEnd(role as Role, now),
            })),
          ),
        ),
        ...writes,
        insert(ConfigurationVersion, {
          id: versionId,
          version: 1,
          state: ConfigurationState.EFFECTIVE,
          content,
          digest,
          effectiveFrom: now,
          proposedBy: actor.id,
          proposedAt: now,
        }),
      ].flat(),
    });
  },
});
