import type { Gateway } from '../core/gateway.js';

/** A tenant as the global registry knows it: ids and state, no names. */
export interface RegisteredTenant {
  readonly tenantId: string;
  readonly entraTid: string;
  readonly state: 'ACTIVE' | 'SUSPENDED' | 'CLOSED';
}

/** The one global table, read before a tenant is known (design 4). */
export class TenantRegistry {
  private readonly byTid = new Map<string, string>();

  constructor(private readonly gateway: Gateway) {}

  /** The tenant of an identity provider's tenant id. A found pair changes by erasure alone (forget): asked once a process. */
  async tenantOf(tid: string): Promise<string | null> {
    const known = this.byTid.get(tid);
    if (known) return known;
    if (!/^[0-9a-f-]{36}$/.test(tid)) return null;
    const rows = await this.gateway.global('select tenant_id from tenant where entra_tid = $1', [tid]);
    const tenantId = rows[0]?.tenant_id as string | undefined;
    if (tenantId && this.byTid.size < 100_000) this.byTid.set(tid, tenantId);
    return tenantId ?? null;
  }

  /** Nobody was found there: the tenant may have been erased, and its directory be another's by now. */
  forget(tid: string): void {
    this.byTid.delete(tid);
  }

  /** Every tenant but the erased ones; the worker takes them in turn. */
  async all(): Promise<RegisteredTenant[]> {
    const rows = await this.gateway.global(
      "select tenant_id, entra_tid, state from tenant where state in ('ACTIVE', 'SUSPENDED', 'CLOSED') order by tenant_id",
    );
    return rows.map((row) => ({
      tenantId: row.tenant_id as string,
      entraTid: row.entra_tid as string,
      state: row.state as RegisteredTenant['state'],
    }));
  }
}
