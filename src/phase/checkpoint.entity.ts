import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum CheckpointState {
  OPEN = 'OPEN',
  RETURNED = 'RETURNED',
  ACCEPTED = 'ACCEPTED',
  DROPPED = 'DROPPED',
}
registerEnumType(CheckpointState, {
  name: 'CheckpointState',
  description: 'What became of a checkpoint.',
  valuesConfig: {
    OPEN: { description: 'Nobody has judged it yet.' },
    RETURNED: { description: 'The delivery manager named the gaps; it is accepted once they are closed.' },
    ACCEPTED: { description: 'The delivery manager accepted it.' },
    DROPPED: {
      description: 'Nobody waits for it: the handoff was classified anew, and its latest sign-off asks for others.',
    },
  },
});

/** One handoff point of a handoff in phases (document 003: several for the enterprise). Made by the sign-off. */
@Entity()
@ObjectType({ description: 'One handoff point of a handoff in phases: what delivery must have accepted, and by when.' })
export class Checkpoint extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'Its key in the configuration; unique in the handoff.' })
  key: string;

  @Column('text')
  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Column('int')
  @Field(() => Int, { description: 'Its place, from 1.' })
  position: number;

  @JsonText()
  @Field(() => [String], { description: 'The codes of the checklist items that must hold.' })
  checklistItems: string[];

  @JsonText()
  @Field(() => [String], { description: 'The keys of the milestones whose tasks must be done.' })
  milestones: string[];

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The business day by which it is to be accepted.' })
  dueOn: string;

  @Column('text')
  @Field(() => CheckpointState, { description: 'What became of it.' })
  state: CheckpointState;

  @Instant()
  openedAt: Date;

  @Column('uuid', { nullable: true })
  acceptedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was accepted.' })
  acceptedAt: Date | null;

  @JsonText()
  @Field(() => [SourceReferenceType], { description: 'What it was made from: the configuration.' })
  sources: SourceReference[];
}

@ObjectType('CheckpointGap', { description: 'One gap that the delivery manager named at a checkpoint.' })
export class CheckpointGapType {
  @Field(() => String, { description: 'What it is about, such as checklist.SUPPORT_ENTITLEMENT.' })
  path: string;

  @Field(() => String, { description: 'What is missing or wrong.' })
  text: string;
}

/** The delivery manager did not accept a checkpoint, and named the gaps. */
@Entity()
@ObjectType({ description: 'The delivery manager did not accept a checkpoint, and named the gaps.' })
export class CheckpointReturn extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  checkpointId: string;

  @JsonText()
  @Field(() => [CheckpointGapType], { description: 'The gaps; at least one.' })
  gaps: { path: string; text: string }[];

  @Column('uuid')
  returnedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  returnedAt: Date;
}
