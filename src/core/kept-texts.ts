import { RecentlyUsed } from './recently-used.js';

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * Long texts that never change, as a process has read them last, by tenant and by the digest that stands for each: a query
 * names those that are known, and the database leaves them out of its answer (as a web server does by If-None-Match).
 */
export class KeptTexts {
  /** Of a tenant the text that came first is first. */
  private readonly byTenant: RecentlyUsed<string, ReadonlyMap<string, string>>;

  /** Keeps so many texts of each of so many tenants. */
  constructor(
    tenants: number,
    private readonly each: number,
  ) {
    this.byTenant = new RecentlyUsed(tenants);
  }

  /** The tenant's texts by their digests, as they are now: later ones do not show in it. */
  of(tenantId: string): ReadonlyMap<string, string> {
    return this.byTenant.get(tenantId) ?? NONE;
  }

  /** Keeps a text that was read. */
  keep(tenantId: string, digest: string, text: string): void {
    const known = this.of(tenantId);
    const kept = known.has(digest) ? known : new Map([...known, [digest, text] as const].slice(-this.each));
    this.byTenant.set(tenantId, kept);
  }
}
