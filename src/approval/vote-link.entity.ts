import { Column, Entity } from '../core/column.js';
import { Instant, TenantOwned } from '../core/table.js';

/**
 * A link that opens one request for one person, once (approvals rule 15). It is never authority: whoever follows it
 * signs in, and votes by their own right. Bound by a foreign key to the content that it was made for; of the secret only
 * its hash is kept; never changed but for `usedAt`.
 */
@Entity()
export class VoteLink extends TenantOwned {
  @Column('uuid')
  requestId: string;

  @Column('int')
  round: number;

  @Column('text')
  digest: string;

  @Column('int')
  contentRevision: number;

  /** For whom it was made; nobody else opens it. */
  @Column('uuid')
  personId: string;

  /** SHA-256 of the secret, lower-case hex. */
  @Column('text')
  secretHash: string;

  @Instant()
  issuedAt: Date;

  @Instant()
  expiresAt: Date;

  /** When it was opened; null until then. */
  @Instant({ nullable: true })
  usedAt: Date | null;
}
