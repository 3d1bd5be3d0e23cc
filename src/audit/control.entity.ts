import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum ControlItemState {
  OPEN = 'OPEN',
  UNASSIGNED = 'UNASSIGNED',
  PASS = 'PASS',
  EXCEPTION = 'EXCEPTION',
}
registerEnumType(ControlItemState, {
  name: 'ControlItemState',
  description: 'Where the look at one sampled override stands.',
  valuesConfig: {
    OPEN: { description: 'A reviewer is to look at it.' },
    UNASSIGNED: { description: 'Everybody with a reviewing role had a hand in it: the alert names the roles.' },
    PASS: { description: 'The reviewer found it in order.' },
    EXCEPTION: { description: 'The reviewer found something wrong; the note says what.' },
  },
});

/** One period of a control: that it ran, on which sample, and until when it is reviewed. Append-only. */
@Entity()
@ObjectType({ description: 'One period of a scheduled control. A month without overrides has a run without items.' })
export class ControlRun extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'The control: OVERRIDE_SAMPLING.' })
  control: string;

  @Column('text')
  @Field(() => String, { description: "The month, such as 2026-10, in the tenant's time zone." })
  period: string;

  @Column('uuid')
  sampleId: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it ran.' })
  runAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Until when its items are to be reviewed.' })
  dueAt: Date;
}

/** One sampled override that somebody who had no hand in it looks at. Decided once. */
@Entity()
@ObjectType({ description: 'One sampled override, to be looked at by somebody who had no hand in it.' })
export class ControlItem extends TenantOwned {
  @Column('uuid')
  runId: string;

  @Column('uuid')
  sampleItemId: string;

  @Column('int')
  @Field(() => Int, { description: 'Its place in the sample, from 1.' })
  position: number;

  /** Person ids of everybody who had a hand in it when it was drawn: the database lets none of them review it. */
  @JsonText()
  actors: string[];

  @Column('uuid', { nullable: true })
  reviewerId: string | null;

  @Column('text')
  @Field(() => ControlItemState, { description: 'Where it stands.' })
  state: ControlItemState;

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
