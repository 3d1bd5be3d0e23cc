import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { ROLLOUT_PHASES, type RolloutPhase } from '../catalogue/configuration.rollout.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';
import { Gate } from '../passage/gate.entity.js';

/** The phases as the API names them. */
export const PHASES = Object.fromEntries(ROLLOUT_PHASES.map((phase) => [phase, phase])) as Record<
  RolloutPhase,
  RolloutPhase
>;
registerEnumType(PHASES, {
  name: 'RolloutPhase',
  description: 'Where a rollout stands.',
  valuesConfig: {
    SHADOW: { description: 'Gates are judged and recorded; what is incomplete lets pass.' },
    PILOT: { description: 'Once enforcement is on, the deals of the pilot are enforced; the others are in shadow.' },
    NORMAL: { description: 'Every deal is enforced; hypercare runs.' },
    COMPLETED: { description: 'Every deal is enforced; hypercare has ended.' },
  },
});

/** The rollout of a tenant: one. Without one, or before it is confirmed, everything is enforced. */
@Entity()
@ObjectType({ description: 'How the tenant is brought to the enforced way of handing over.' })
export class Rollout extends TenantOwned {
  @Column('text')
  @Field(() => PHASES, { description: 'Where it stands.' })
  phase: RolloutPhase;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Since when.' })
  phaseSince: Date;

  @Column('date')
  @Field(() => LocalDateScalar, { description: "The first day of week 1, in the tenant's time zone." })
  startedOn: string;

  @Column('uuid')
  startedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was proposed.' })
  startedAt: Date;

  @Column('uuid', { nullable: true })
  confirmedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When a second person confirmed it; until then everything is enforced.',
  })
  confirmedAt: Date | null;

  @Column('uuid', { nullable: true })
  enforcedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When enforcement was switched on; null before.' })
  enforcedAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When every deal came under enforcement and hypercare began.',
  })
  normalSince: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}

export enum RolloutItemState {
  OPEN = 'OPEN',
  DONE = 'DONE',
}
registerEnumType(RolloutItemState, {
  name: 'RolloutItemState',
  description: 'Where an item stands.',
  valuesConfig: {
    OPEN: { description: 'It is to be done.' },
    DONE: { description: 'It is done; the evidence says how.' },
  },
});

/** One of the twelve items of document 002's 30-day rhythm. */
@Entity()
@ObjectType({ description: "One of the twelve items of the rollout's 30-day rhythm." })
export class RolloutItem extends TenantOwned {
  @Column('uuid')
  rolloutId: string;

  @Column('text')
  @Field(() => String, { description: 'Its key, such as BASELINES_CAPTURED.' })
  key: string;

  @Column('int')
  @Field(() => Int, { description: 'Its week, 1 to 4.' })
  week: number;

  @Column('int')
  @Field(() => Int, { description: 'Its place, 1 to 12.' })
  position: number;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'Until when it is to be done.' })
  dueOn: string;

  @Column('uuid', { nullable: true })
  ownerId: string | null;

  @Column('text')
  @Field(() => RolloutItemState, { description: 'Where it stands.' })
  state: RolloutItemState;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The document that shows that it was done, an https link.' })
  evidenceUrl: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'SHA-256 of that document, lower-case hex.' })
  evidenceSha256: string | null;

  @Column('uuid', { nullable: true })
  completedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was done.' })
  completedAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}

/** A handoff that the pilot enforces. Append-only: nobody is taken out of it. */
@Entity()
@ObjectType({ description: 'A handoff that the pilot enforces.' })
export class PilotHandoff extends TenantOwned {
  @Column('uuid')
  rolloutId: string;

  @Column('uuid')
  handoffId: string;

  @Column('boolean')
  @Field(() => Boolean, { description: "Whether the tenant's rule picked it, not a person by name." })
  byRule: boolean;

  @Column('uuid')
  chosenBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  chosenAt: Date;
}

export enum HypercareCheckKind {
  COMPLETION = 'COMPLETION',
  OFFICE_HOURS = 'OFFICE_HOURS',
}
registerEnumType(HypercareCheckKind, {
  name: 'HypercareCheckKind',
  description: 'What is to be done in hypercare (document 001).',
  valuesConfig: {
    COMPLETION: { description: 'A look at the completion rate: daily for two weeks, then weekly.' },
    OFFICE_HOURS: { description: 'The weekly half hour in which anybody may ask.' },
  },
});

/** A look that was taken in hypercare, with the figures that were seen. Append-only. */
@Entity()
export class HypercareCheck extends TenantOwned {
  @Column('uuid')
  rolloutId: string;

  @Column('text')
  kind: HypercareCheckKind;

  @Column('date')
  dueOn: string;

  /** Won deals that were complete at close, of those of its days; null for office hours. */
  @Column('int', { nullable: true })
  complete: number | null;

  @Column('int', { nullable: true })
  closed: number | null;

  @Column('uuid')
  checkedBy: string;

  @Instant()
  checkedAt: Date;
}

export enum MisfireKind {
  FALSE_POSITIVE = 'FALSE_POSITIVE',
  FALSE_NEGATIVE = 'FALSE_NEGATIVE',
}
registerEnumType(MisfireKind, {
  name: 'MisfireKind',
  description: 'How a gate was wrong.',
  valuesConfig: {
    FALSE_POSITIVE: { description: 'It found something that was in order.' },
    FALSE_NEGATIVE: { description: 'It found nothing where something was wrong.' },
  },
});

/** A gate that was wrong about a handoff (document 002: log false positives and negatives). Only an erasure changes its reason. */
@Entity()
@ObjectType({ description: 'A gate that was wrong about a handoff.' })
export class GateMisfire extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => MisfireKind, { description: 'How it was wrong.' })
  kind: MisfireKind;

  @Column('text')
  @Field(() => Gate, { description: 'Which gate.' })
  gate: Gate;

  @Column('text')
  @Field(() => String, { description: 'The code of the finding that was wrong, or that is missing.' })
  code: string;

  @Column('text')
  @Field(() => String, { description: 'What is the case.' })
  reason: string;

  @Column('uuid')
  reportedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was reported.' })
  reportedAt: Date;
}
