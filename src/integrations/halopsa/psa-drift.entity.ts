import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../core/column.js';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../../core/table.js';

/** What becomes of a difference between our plan and the PSA. */
export enum DriftState {
  OPEN = 'OPEN',
  RESTORING = 'RESTORING',
  RESTORED = 'RESTORED',
  GONE = 'GONE',
  ACCEPTED = 'ACCEPTED',
}
registerEnumType(DriftState, {
  name: 'DriftState',
  description: 'What becomes of a difference between our plan and the PSA.',
  valuesConfig: {
    OPEN: { description: 'It stands, and nobody has decided about it.' },
    RESTORING: { description: 'Somebody had ours written again; the next look says whether it held.' },
    RESTORED: { description: 'Ours was written again, and stands there.' },
    GONE: { description: 'It went away by itself: somebody put it right in the PSA, or our plan follows it by now.' },
    ACCEPTED: { description: 'Somebody lets it stand. The baseline is as it was; what changes further is a new one.' },
  },
});

/** What a drift's field is when the record itself is missing there. */
export const REMOVED = 'removed';

/**
 * A difference between the plan that we wrote and what the PSA shows: somebody edited it behind the baseline. One row as
 * long as it stands. Nothing of the baseline ever moves by it.
 */
@Entity()
@ObjectType({
  description:
    'Somebody edited a project in the PSA behind its frozen baseline: one field that is not as we wrote it. The baseline does not move by it.',
})
export class PsaDrift extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  /** The counterpart that differs. */
  @Column('uuid')
  objectId: string;

  @Column('text')
  @Field(() => String, {
    description:
      'The field there, such as `budgets.1.hours`, `milestones.Build.target_date`, `customfields.CFBaseline` or `summary`; `removed` when the record is gone.',
  })
  field: string;

  @Column('text', { nullable: true })
  ours: string | null;

  @Column('text', { nullable: true })
  theirs: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Who changed it there, as the PSA names them: `agent 8`; null when it does not say.',
  })
  changedBy: string | null;

  @Column('text')
  @Field(() => DriftState, { description: 'What becomes of it.' })
  state: DriftState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was found.' })
  foundAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When its values were seen first as they are.' })
  seenAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was seen to be gone; null while it stands.' })
  endedAt: Date | null;

  @Column('uuid', { nullable: true })
  decidedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When somebody decided about it; null until then.' })
  decidedAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change of the row; send it back as expectedRevision.' })
  revision: number;
}
