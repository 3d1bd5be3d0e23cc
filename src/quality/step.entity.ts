import { Column, Entity } from '../core/column.js';
import { Instant, TenantOwned } from '../core/table.js';

/** What of quality has to be done by somebody by a day. */
export const TASK_TYPES = ['QualityReview', 'ReviewAction', 'Remediation', 'SpotCheck', 'RedFlag'] as const;
/** What of quality has to be done by somebody by a day. */
export type TaskType = (typeof TASK_TYPES)[number];

/** Somebody is told of a task of quality, once: 0 when it is given, 1 and on when it is overdue and climbs the SLA ladder. */
@Entity()
export class QualityStep extends TenantOwned {
  @Column('text')
  subjectType: TaskType;

  @Column('uuid')
  subjectId: string;

  @Column('int')
  step: number;

  @Column('uuid')
  personId: string;

  @Instant()
  dueAt: Date;

  /** When the step was to be taken, whether or not a worker was alive then. */
  @Instant()
  firesAt: Date;

  @Instant()
  firedAt: Date;

  /** Not of what was over already, nor of a step that a higher one has overtaken. */
  @Column('boolean')
  isNews: boolean;

  @Instant({ nullable: true })
  endedAt: Date | null;
}
