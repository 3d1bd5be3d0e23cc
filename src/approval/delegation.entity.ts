import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

/**
 * One person votes for another while they are away (approvals rule 9). It holds once somebody who is neither of the two,
 * and did not set it up, has confirmed it; it is never changed, only ended.
 */
@Entity()
@ObjectType({ description: 'A person votes for another, from one instant to another. Shown as "X for Y".' })
export class Delegation extends TenantOwned {
  /** Whose authority it is. */
  @Column('uuid')
  delegatorId: string;

  /** Who uses it. */
  @Column('uuid')
  delegateId: string;

  @JsonText()
  @Field(() => [String], { description: 'The kinds of request that it is for, such as MARGIN_EXCEPTION; none is all.' })
  kinds: string[];

  @Column('text')
  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'Why, such as out of office.' })
  reason: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'From when.' })
  fromAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Until when, exclusive.' })
  untilAt: Date;

  @Column('uuid')
  createdBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was set up.' })
  createdAt: Date;

  @Column('uuid', { nullable: true })
  confirmedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was confirmed; null while it holds not yet.' })
  confirmedAt: Date | null;

  @Column('uuid', { nullable: true })
  endedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was ended by hand; null when it was not.' })
  endedAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}
