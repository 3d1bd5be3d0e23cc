import type { Gateway } from '../core/gateway.js';
import { sql } from '../core/statement.js';
import type { TenantRegistry } from '../identity/registry.js';
import type { SandboxPerson } from './identity/person.js';

/**
 * Whom the sandbox's provider can sign in: every active member with an account in the tenant's directory. A person's
 * second account is `handle+2`, so that one person with two accounts can be tried.
 */
export async function sandboxPeople(gateway: Gateway, registry: TenantRegistry): Promise<SandboxPerson[]> {
  const tenants = (await registry.all()).filter((tenant) => tenant.state === 'ACTIVE');
  const people = await Promise.all(
    tenants.map(async ({ tenantId, entraTid }) => {
      const { rows } = await gateway.read(tenantId, {
        rows: sql(
          `select p.handle, p.name, a.subject, t.slug, row_number() over (partition by p.id order by a.id)::int as number,
              (select coalesce(array_agg(r.role order by r.role), '{}') from role_grant r
                where r.tenant_id = $1 and r.person_id = p.id and r.revoked_at is null) as roles
            from person p
            join account a on a.tenant_id = $1 and a.person_id = p.id and a.issuer = '*' and a.unlinked_at is null
            join tenant_profile t on t.tenant_id = $1
            where p.tenant_id = $1 and p.state = 'ACTIVE' order by p.handle, number`,
          [],
          (found) => found,
        ),
      });
      return rows.map((row) => ({
        key: row.number === 1 ? (row.handle as string) : `${row.handle as string}+${row.number as number}`,
        name: row.number === 1 ? (row.name as string) : `${row.name as string}, account ${row.number as number}`,
        tenantSlug: row.slug as string,
        tid: entraTid,
        oid: row.subject as string,
        roles: row.roles as string[],
      }));
    }),
  );
  return people.flat();
}
