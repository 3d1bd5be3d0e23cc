import { Field, Int, ObjectType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { MoneyType } from '../core/graphql/types.js';
import { TenantOwned } from '../core/table.js';

/**
 * One judged part of the deal as it stood when an exception was requested: floor, actual and shortfall. Append-only, one
 * row a part and content version. The reason and the requester stand on the approval request.
 */
@Entity()
export class MarginException extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  requestId: string;

  @Column('int')
  contentRevision: number;

  @Column('int')
  position: number;

  /** The name of the part: TOTAL, RECURRING, LABOUR ... */
  @Column('text')
  scope: string;

  @Column('text')
  currency: string;

  @Column('bigint')
  revenueMinor: bigint;

  @Column('bigint')
  costMinor: bigint;

  @Column('bigint')
  marginMinor: bigint;

  @Column('int', { nullable: true })
  marginBps: number | null;

  @Column('int', { nullable: true })
  floorBps: number | null;

  @Column('bigint', { nullable: true })
  shortfallMinor: bigint | null;

  @Column('int', { nullable: true })
  shortfallBps: number | null;

  @Column('boolean')
  meetsFloor: boolean;
}

@ObjectType({ description: 'One judged part of a deal, over its contract: actual margin, floor and shortfall.' })
export class MarginPart {
  @Field(() => String, {
    description: 'TOTAL, ONE_OFF, RECURRING, a line kind, or a kind of a billing such as LABOUR_RECURRING.',
  })
  scope: string;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { description: 'What the client pays over the contract.' })
  revenue: MoneyType;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, {
    nullable: true,
    description: 'What it costs over the contract; null when a cost is unknown.',
  })
  cost: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { nullable: true, description: 'Revenue less cost; null when a cost is unknown.' })
  margin: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => Int, {
    nullable: true,
    description:
      'Margin in basis points of the revenue, rounded down, for display; null without a cost or a positive revenue.',
  })
  marginBps: number | null;

  @Sensitive('MARGIN')
  @Field(() => Int, { nullable: true, description: 'The floor in basis points; null when none applies to this part.' })
  floorBps: number | null;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, {
    nullable: true,
    description: 'How far the cost must fall at this price to meet the floor; null when it is not judged.',
  })
  shortfall: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => Int, {
    nullable: true,
    description: 'Basis points to the floor, rounded up; null when there is no rate.',
  })
  shortfallBps: number | null;

  @Sensitive('MARGIN')
  @Field(() => Boolean, {
    description: 'Whether this part meets its floor; compared exactly, never by the rounded rate.',
  })
  meetsFloor: boolean;
}

@ObjectType({ description: 'The margin of a deal against its floors. The whole contract comes first in `parts`.' })
export class MarginSummary {
  @Sensitive('MARGIN')
  @Field(() => MarginPart, { description: 'The whole contract.' })
  total: MarginPart;

  @Sensitive('MARGIN')
  @Field(() => [MarginPart], {
    description: 'Every judged part: the whole, one-off, recurring, and line kinds that have a floor of their own.',
  })
  parts: MarginPart[];

  @Sensitive('MARGIN')
  @Field(() => Boolean, { description: 'Whether every part meets its floor.' })
  meetsFloor: boolean;
}
