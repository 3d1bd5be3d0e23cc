import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../../core/column.js';
import { DateTimeScalar } from '../../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../../core/table.js';
import { ConnectionCheck } from '../connection/connection.entity.js';

export enum ReviewState {
  OPEN = 'OPEN',
  UNASSIGNED = 'UNASSIGNED',
  SOUND = 'SOUND',
  EXCEPTION = 'EXCEPTION',
}
registerEnumType(ReviewState, {
  name: 'IntegrationReviewState',
  description: 'Where the review of a connection stands.',
  valuesConfig: {
    OPEN: { description: 'A reviewer is to look at it.' },
    UNASSIGNED: { description: 'Everybody who may review had a hand in the connection: an alert says so.' },
    SOUND: { description: 'The reviewer found that it has what it needs and no more.' },
    EXCEPTION: { description: 'The reviewer found something wrong; the remark says what is done about it.' },
  },
});

/**
 * The quarterly look at what a connection may do at its vendor (SOC 2 CC6.3, least privilege): the evidence as it was
 * found then, and what somebody without a hand in the connection said of it.
 */
@Entity()
@ObjectType({
  description: 'The quarterly review of what a connection may do: the permissions found at that time, and the verdict.',
})
export class IntegrationReview extends TenantOwned {
  @Column('uuid')
  integrationId: string;

  @Column('text')
  @Field(() => String, { description: "The quarter, such as 2026-Q4, in the tenant's time zone." })
  period: string;

  /** The credentials that were looked at. */
  @Column('int')
  secretVersion: number;

  @JsonText()
  @Field(() => [ConnectionCheck], { description: 'What it had at that time: the evidence. Never changed afterwards.' })
  checks: ConnectionCheck[];

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Why the vendor could not be asked, as a code; null when it could.',
  })
  reason: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the vendor was asked.' })
  checkedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the review was opened.' })
  openedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Until when it is to be closed.' })
  dueAt: Date;

  /** Person ids of everybody who connected it or changed it: the database lets none of them review it. */
  @JsonText()
  hands: string[];

  @Column('uuid', { nullable: true })
  reviewerId: string | null;

  @Column('text')
  @Field(() => ReviewState, { description: 'Where it stands.' })
  state: ReviewState;

  @Column('uuid', { nullable: true })
  reviewedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was closed.' })
  reviewedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What the reviewer said.' })
  remark: string | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised when it is closed; send it back as expectedRevision.' })
  revision: number;
}
