import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum KickoffState {
  SCHEDULED = 'SCHEDULED',
  HELD = 'HELD',
  VOID = 'VOID',
}
registerEnumType(KickoffState, {
  name: 'KickoffState',
  description: 'What became of a kickoff date.',
  valuesConfig: {
    SCHEDULED: { description: 'The client has this date.' },
    HELD: { description: 'The meeting took place.' },
    VOID: { description: 'It was moved, or the sign-off under it ended.' },
  },
});

/** A kickoff date with the client; exists only under a sign-off that was live (requirement 002 step 4). */
@Entity()
@ObjectType({ description: 'A kickoff date with the client, given under a live sign-off.' })
export class Kickoff extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => KickoffState, { description: 'What became of it.' })
  state: KickoffState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the meeting begins.' })
  startsAt: Date;

  @Column('int')
  @Field(() => Int, { description: 'How long it lasts, in minutes.' })
  durationMinutes: number;

  /** The sign-off that allowed it. */
  @Column('uuid')
  signOffId: string;

  /** LIVE while the date stands: a foreign key to the sign-off's state, so that neither stands without the other. */
  @Column('text', { nullable: true })
  liveSignOff: string | null;

  @Column('uuid')
  scheduledBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was scheduled.' })
  scheduledAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was recorded as held.' })
  heldAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it is void.' })
  voidReason: string | null;
}

/** What of a handoff information is about: the seven categories of document 004. */
export enum InformationCategory {
  CUSTOMER_CONTEXT = 'CUSTOMER_CONTEXT',
  STAKEHOLDERS = 'STAKEHOLDERS',
  BUSINESS_OBJECTIVES = 'BUSINESS_OBJECTIVES',
  SCOPE_AND_COMMITMENTS = 'SCOPE_AND_COMMITMENTS',
  TECHNICAL = 'TECHNICAL',
  IMPLEMENTATION_PLANNING = 'IMPLEMENTATION_PLANNING',
  RISKS = 'RISKS',
}
registerEnumType(InformationCategory, {
  name: 'InformationCategory',
  description: 'What of a handoff information is about: the seven categories of document 004.',
  valuesConfig: {
    CUSTOMER_CONTEXT: { description: 'Background, challenges, priorities.' },
    STAKEHOLDERS: { description: 'The people who matter.' },
    BUSINESS_OBJECTIVES: { description: 'Problems, success criteria, return.' },
    SCOPE_AND_COMMITMENTS: { description: 'What was sold, and everything that was promised.' },
    TECHNICAL: { description: 'Environment, integrations, data, security.' },
    IMPLEMENTATION_PLANNING: { description: 'Start, milestones, dependencies, resources of the client.' },
    RISKS: { description: 'Objections, politics, budget, churn.' },
  },
});

@ObjectType({ description: 'Whether one category of the handoff was accurate.' })
export class CategoryAccuracy {
  @Field(() => InformationCategory, { description: 'The category.' })
  category: InformationCategory;

  @Field(() => Boolean, { description: 'Whether what the handoff says of it was right.' })
  accurate: boolean;
}

/** What delivery says two weeks after the handoff (document 003, feedback loop). */
@Entity()
@ObjectType({ description: 'What delivery says after the handoff.' })
export class HandoffFeedback extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether the handoff document was accurate.' })
  accurate: boolean;

  @Column('text')
  @Field(() => String, { description: 'What surprised delivery; empty when nothing did.' })
  surprises: string;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether expectations matched.' })
  expectationsMet: boolean;

  @JsonText()
  @Field(() => [CategoryAccuracy], { description: 'The categories of which delivery said so one by one.' })
  categories: CategoryAccuracy[];

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether the handoff was closed with it.' })
  closes: boolean;

  @Column('uuid')
  givenBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was given.' })
  givenAt: Date;
}
