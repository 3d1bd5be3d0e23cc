import type { Gateway } from './gateway.js';
import { RecentlyUsed } from './recently-used.js';
import type { Query } from './statement.js';

/** Proofs that are remembered in a process; the one that was shown longest ago goes first. */
const MOST_KNOWN = 10_000;

/** What somebody says and shows before it is known who they are. */
export interface Claim {
  /** The tenant that they say they belong to: anybody can name any. */
  readonly tenantId: string;
  /** What they show, by digests of their secrets: it is remembered, and opens nothing. */
  readonly proof: string;
}

/**
 * Finds out who somebody is by a secret that is looked up at the tenant that they name. Whoever was found by the same proof
 * before waits for a connection as that tenant does; all others wait in a line of strangers, so that false secrets take
 * nothing from the tenants whose names they carry, nor turns under names that no tenant has.
 */
export class Doorkeeper {
  private readonly known = new RecentlyUsed<string, true>(MOST_KNOWN);

  constructor(private readonly gateway: Pick<Gateway, 'read' | 'readForStranger'>) {}

  /** Whom the query finds by their proof; null for nobody, who is a stranger from then on. BUSY when there are too many. */
  async find<T>({ tenantId, proof }: Claim, query: Query<T | null>): Promise<T | null> {
    const name = `${tenantId} ${proof}`;
    const asked = { found: query };
    const { found } = this.known.get(name)
      ? await this.gateway.read(tenantId, asked)
      : await this.gateway.readForStranger(tenantId, asked);
    if (found === null) this.known.delete(name);
    else this.known.set(name, true);
    return found;
  }
}
