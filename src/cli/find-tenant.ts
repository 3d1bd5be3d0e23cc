import type { Gateway } from '../core/gateway.js';
import { StartupError } from '../core/startup-error.js';
import { select } from '../core/statement.js';
import { TenantRegistry } from '../identity/registry.js';
import { TenantProfile } from '../identity/tenant.entity.js';

/** The id of a tenant by its slug or id; StartupError when none or several have it. */
export async function findTenant(gateway: Gateway, name: string): Promise<string> {
  const found: string[] = [];
  for (const { tenantId } of await new TenantRegistry(gateway).all()) {
    const { profiles } = await gateway.read(tenantId, { profiles: select(TenantProfile) });
    if (tenantId === name || profiles.some(({ slug }) => slug === name)) found.push(tenantId);
  }
  const [first, ...others] = found;
  if (first === undefined)
    throw new StartupError(`There is no tenant ${name}: give its slug, or the id that stands in its file.`);
  if (others.length > 0) throw new StartupError(`${name} are several tenants: give one's id (${found.join(', ')}).`);
  return first;
}
