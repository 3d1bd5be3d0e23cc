import { Column, Entity } from '../../core/column.js';
import { Instant, TenantOwned } from '../../core/table.js';

/** What of a vendor's rate limit all processes together have left for one instance of a tenant's. */
@Entity()
export class VendorBudget extends TenantOwned {
  /** Names the instance, as in Budget. */
  @Column('text')
  instance: string;

  /** Requests that may still be taken, at `filledAt`. */
  @Column('int')
  tokens: number;

  /** Up to when refilling is counted in `tokens`: whole tokens only, so nothing is lost to rounding. */
  @Instant()
  filledAt: Date;

  /** The vendor asked for silence until then. */
  @Instant({ nullable: true })
  closedUntil: Date | null;
}
