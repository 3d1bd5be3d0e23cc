import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum ReviewState {
  OPEN = 'OPEN',
  JUSTIFIED = 'JUSTIFIED',
  NOT_JUSTIFIED = 'NOT_JUSTIFIED',
}
registerEnumType(ReviewState, {
  name: 'ReviewState',
  description: 'What the review of an emergency came to.',
  valuesConfig: {
    OPEN: { description: 'Nobody has reviewed it yet; no kickoff is scheduled before.' },
    JUSTIFIED: { description: 'It was an emergency.' },
    NOT_JUSTIFIED: { description: 'It was none; what was done stays done, and the finding stays on record.' },
  },
});

/** The mandatory look at an emergency by somebody who had no part in it (approvals rule 12). Decided once. */
@Entity()
@ObjectType({ description: 'The mandatory review of a request that was passed in an emergency.' })
export class AfterReview extends TenantOwned {
  @Column('uuid')
  requestId: string;

  @Column('uuid')
  grantId: string;

  /** Person ids of those who declared the emergency. */
  @JsonText()
  declaredBy: string[];

  @JsonText()
  @Field(() => [String], { description: 'Whoever reviews it holds one of these roles.' })
  roles: string[];

  @Column('text')
  @Field(() => ReviewState, { description: 'What it came to.' })
  state: ReviewState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the emergency was declared.' })
  openedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Until when it has to be reviewed.' })
  dueAt: Date;

  @Column('uuid', { nullable: true })
  reviewedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was reviewed.' })
  reviewedAt: Date | null;

  @Column('text', { nullable: true })
  @Sensitive('COMMERCIAL')
  @Field(() => String, { nullable: true, description: 'What the reviewer found.' })
  note: string | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by the review; send it back as expectedRevision.' })
  revision: number;
}
