import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

/** The red flags of document 001. */
export enum RedFlagCode {
  COMPLETION_WEEK_1 = 'COMPLETION_WEEK_1',
  COMPLETION_WEEK_4 = 'COMPLETION_WEEK_4',
  COMPLETION_EXTEND = 'COMPLETION_EXTEND',
  COMPLETION_MONTHLY = 'COMPLETION_MONTHLY',
  COMPLETION_MATURE = 'COMPLETION_MATURE',
  FIRST_TOUCH_LATE = 'FIRST_TOUCH_LATE',
  ESCALATED_SHARE = 'ESCALATED_SHARE',
  OPEN_EXCEPTIONS = 'OPEN_EXCEPTIONS',
}
registerEnumType(RedFlagCode, {
  name: 'RedFlagCode',
  description: 'What raised a red flag (document 001; the numbers are settings of the tenant).',
  valuesConfig: {
    COMPLETION_WEEK_1: { description: 'In the first week of hypercare fewer than 50 % of the handoffs were complete.' },
    COMPLETION_WEEK_4: { description: 'In the fourth week of hypercare fewer than 80 % were complete.' },
    COMPLETION_EXTEND: { description: 'In the fourth week fewer than 70 % were complete: hypercare goes on.' },
    COMPLETION_MONTHLY: { description: 'In two months in a row fewer than 85 % were complete.' },
    COMPLETION_MATURE: { description: '60 to 90 days after the start fewer than 90 % were complete.' },
    FIRST_TOUCH_LATE: { description: 'Three handoffs in a row had their first outreach after 48 hours.' },
    ESCALATED_SHARE: { description: 'More than 20 % of the handoffs of a month missed a deadline and were escalated.' },
    OPEN_EXCEPTIONS: { description: 'More than 3 exception requests wait for an answer.' },
  },
});

/** One red flag of one period, with the figures that raised it. Raised once. */
@Entity()
@ObjectType({ description: 'A red flag of one period, raised by itself, with the figures that raised it.' })
export class RedFlag extends TenantOwned {
  @Column('text')
  @Field(() => RedFlagCode, { description: 'What raised it.' })
  code: RedFlagCode;

  @Column('text')
  @Field(() => String, { description: 'The period that it speaks of: a week, a month, or a week of the rollout.' })
  period: string;

  @Column('uuid')
  reviewId: string;

  @Column('int')
  @Field(() => Int, { description: 'How many: complete ones, late ones, escalated ones, open ones.' })
  numerator: number;

  @Column('int')
  @Field(() => Int, { description: 'Of how many; small numbers are shown as they are.' })
  denominator: number;

  @Column('int')
  @Field(() => Int, { description: 'The threshold: basis points of a rate, or a count.' })
  threshold: number;

  @JsonText()
  subjectIds: string[];

  @Column('uuid', { nullable: true })
  ownerId: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was raised.' })
  raisedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'By when somebody says what is done about it.' })
  dueAt: Date;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What is done about it; null before it was acknowledged.' })
  action: string | null;

  @Column('uuid', { nullable: true })
  acknowledgedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was acknowledged; null before.' })
  acknowledgedAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}
