import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum ProjectState {
  AWAITING_SIGN_OFF = 'AWAITING_SIGN_OFF',
  ACTIVE = 'ACTIVE',
  CANCELLED = 'CANCELLED',
}
registerEnumType(ProjectState, {
  name: 'ProjectState',
  description: 'Whether delivery works on the project.',
  valuesConfig: {
    AWAITING_SIGN_OFF: { description: 'Planned when the handoff was submitted; delivery has not signed off.' },
    ACTIVE: { description: 'Signed off by delivery.' },
    CANCELLED: { description: 'The deal was lost or reopened.' },
  },
});

/**
 * The container that delivery works in: one a handoff, made when the handoff first passes the submit gate and kept
 * through every return (requirement 002 step 2). The choice of its task pack is an automated decision with sources.
 */
@Entity()
@ObjectType({ description: 'The project that delivers the deal: one a handoff, made when it passes the submit gate.' })
export class Project extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'The number that people use, such as P-2205; unique in the tenant.' })
  number: string;

  @Column('text')
  @Field(() => String, { description: 'The name: client and deal.' })
  name: string;

  @Column('text')
  @Field(() => ProjectState, { description: 'Whether delivery works on it.' })
  state: ProjectState;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The business day on which it starts; milestones count from it.' })
  startOn: string;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The business day on which its last milestone is due.' })
  targetOn: string;

  @Column('uuid', { nullable: true })
  projectLeadId: string | null;

  @Column('text')
  @Field(() => String, { description: 'The key of the service template that it was planned from.' })
  serviceTemplate: string;

  @Column('text')
  @Field(() => String, { description: 'The deal type that it was planned for.' })
  dealType: string;

  @Column('text')
  @Field(() => String, { description: 'The key of the task pack that service template and deal type chose.' })
  taskPackKey: string;

  @Column('text')
  @Field(() => String, { description: 'The version of that task pack.' })
  taskPackVersion: string;

  @JsonText()
  @Field(() => [SourceReferenceType], {
    description: 'What the task pack was chosen from: configuration and deal snapshot.',
  })
  sources: SourceReference[];

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt: Date;
}

export enum MilestoneState {
  PLANNED = 'PLANNED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(MilestoneState, {
  name: 'MilestoneState',
  description: 'Whether a milestone is part of the plan.',
  valuesConfig: {
    PLANNED: { description: 'Part of the plan.' },
    CANCELLED: { description: 'A later plan does not have it; kept so that what refers to it still finds it.' },
  },
});

/** A milestone of the project with its business days. */
@Entity()
@ObjectType({ description: 'A milestone of the project.' })
export class ProjectMilestone extends TenantOwned {
  @Column('uuid')
  projectId: string;

  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'Its key in the service template; unique in the project.' })
  key: string;

  @Column('text')
  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Column('int')
  @Field(() => Int, { description: 'Its place in the plan, from 1.' })
  position: number;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The business day on which it starts.' })
  startOn: string;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The business day on which it is due.' })
  targetOn: string;

  @Column('text')
  @Field(() => MilestoneState, { description: 'Whether it is part of the plan.' })
  state: MilestoneState;
}

export enum TaskState {
  OPEN = 'OPEN',
  DONE = 'DONE',
  CANCELLED = 'CANCELLED',
}
registerEnumType(TaskState, {
  name: 'TaskState',
  description: 'What became of a task.',
  valuesConfig: {
    OPEN: { description: 'To be done.' },
    DONE: { description: 'Done.' },
    CANCELLED: { description: 'A later plan does not have it.' },
  },
});

/** A task with its owner, deadline and place in the dependency chain (document 003, automatic task creation). */
@Entity()
@ObjectType({ description: 'A task of the project, with owner, deadline and dependencies.' })
export class ProjectTask extends TenantOwned {
  @Column('uuid')
  projectId: string;

  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  milestoneId: string;

  @Column('text')
  @Field(() => String, {
    description: 'Its key in the task pack, or `commitment:` and the promise; unique in the project.',
  })
  key: string;

  @Column('int')
  @Field(() => Int, { description: 'Its place in the plan, from 1; no task stands before one that it depends on.' })
  position: number;

  @Column('text')
  @Field(() => String, { description: 'What is to be done.' })
  title: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'More about it.' })
  description: string | null;

  @Column('text')
  @Field(() => String, { description: 'The role that answers for it, such as PROJECT_LEAD.' })
  ownerRole: string;

  @Column('uuid', { nullable: true })
  ownerId: string | null;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The business day on which it is due.' })
  dueOn: string;

  @Column('text')
  @Field(() => DecimalScalar, { description: 'The estimate in hours.' })
  estimateHours: string;

  @Column('text')
  @Field(() => String, { description: 'The key of the budget type on which its hours are booked.' })
  budgetType: string;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Why a conditional task is there: the answer or promise that asked for it.',
  })
  conditionNote: string | null;

  @Column('text')
  @Field(() => TaskState, { description: 'What became of it.' })
  state: TaskState;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was completed here; null while it was not.' })
  doneAt: Date | null;
}

/** One edge of the dependency chain: the task waits for the other. Its key is the edge itself. */
@Entity()
export class TaskDependency {
  @Column('uuid', { primary: true })
  tenantId: string;

  @Column('uuid', { primary: true })
  taskId: string;

  @Column('uuid', { primary: true })
  dependsOnTaskId: string;

  @Column('uuid')
  projectId: string;
}
