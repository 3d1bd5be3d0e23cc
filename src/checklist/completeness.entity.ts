import { Column, Entity } from '../core/column.js';
import { Instant, TenantOwned } from '../core/table.js';

/** The weights that make up completeness (requirements section 8). */
export interface CompletenessWeights {
  /** Sum of the weights of the required items that were proven. */
  readonly provenWeight: number;
  /** Sum of the weights of the required items that applied; 0 when none did. */
  readonly applicableWeight: number;
}

/**
 * What was proven when a handoff's deal was won, immutable: items change afterwards, this does not. One row a handoff and
 * win; a deal that was lost and won again has a second one, which counts (docs/kpis.md).
 */
@Entity()
export class CompletenessAtWin extends TenantOwned implements CompletenessWeights {
  @Column('uuid')
  handoffId: string;

  /** The snapshot that told of the win: the first with a day of winning since the last without one. */
  @Column('uuid')
  dealSnapshotId: string;

  /** The instant of the close (closedAt): what came later is not in it. */
  @Instant()
  asOf: Date;

  @Column('int')
  provenWeight: number;

  @Column('int')
  applicableWeight: number;
}
