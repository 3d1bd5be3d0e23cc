import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum PreCloseState {
  REQUESTED = 'REQUESTED',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  COMPLETED = 'COMPLETED',
  ENDED = 'ENDED',
}
registerEnumType(PreCloseState, {
  name: 'PreCloseState',
  description: 'What became of the request that delivery reviews before the contract is signed.',
  valuesConfig: {
    REQUESTED: { description: 'Sales asked; somebody in delivery answers.' },
    APPROVED: { description: 'The submit gate passes without the signature, into a review.' },
    REJECTED: { description: 'Delivery waits for the signature.' },
    COMPLETED: { description: 'The contract was signed: from then on it is a handoff like any other.' },
    ENDED: { description: 'The handoff was withdrawn, or submitted with its signature before anybody answered.' },
  },
});

/** Delivery reviews before the contract is signed (document 004, pre-close): one person asks, another allows it. */
@Entity('pre_close')
@ObjectType('PreClose', {
  description: 'The request that delivery reviews before the contract is signed: sales asks, delivery allows it.',
})
export class PreClose extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => PreCloseState, { description: 'What became of it.' })
  state: PreCloseState;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The day on which sales expects the close.' })
  expectedCloseOn: string;

  @Column('int', { nullable: true })
  @Field(() => Int, { nullable: true, description: 'How probable sales holds the close to be, in percent.' })
  probabilityPercent: number | null;

  @Column('text')
  @Field(() => String, { description: 'Why the review should not wait for the signature.' })
  reason: string;

  @Column('uuid')
  requestedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  requestedAt: Date;

  /** Never who asked: the schema holds them apart. */
  @Column('uuid', { nullable: true })
  decidedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was answered.' })
  decidedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What delivery said to it.' })
  decisionReason: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the contract was there, or the request was over.' })
  endedAt: Date | null;
}
