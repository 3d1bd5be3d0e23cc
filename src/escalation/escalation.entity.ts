import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { CLOCK_KEYS, CLOCK_UNITS, type ClockKey, type ClockUnit } from '../catalogue/configuration.words.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';
import { ClockState } from './clock.rules.js';

const wordsOf = <T extends string>(words: readonly T[]): Record<T, T> =>
  Object.fromEntries(words.map((word) => [word, word])) as Record<T, T>;

/** The SLA clocks as the API names them. */
export const SLA_CLOCKS = wordsOf(CLOCK_KEYS);
registerEnumType(SLA_CLOCKS, {
  name: 'SlaClockKey',
  description: 'A clock of the service level (requirements section 6; the amounts are settings of the tenant).',
  valuesConfig: {
    INTRODUCTION: { description: 'From the close until the client was introduced to delivery; 48 hours.' },
    DOCUMENT_COMPLETE: { description: 'From the close until the handoff passed the submit gate; 24 hours.' },
    HANDOFF_MEETING: {
      description: 'From the close until sales and delivery held the handoff meeting; 48 hours, not in the tier LIGHT.',
    },
    RETURN_CORRECTION: { description: 'From each return until the handoff was submitted again; 24 hours.' },
    PREPARATION: { description: 'From each submission until delivery signed it off or returned it; 3 business days.' },
    KICKOFF_SCHEDULED: { description: 'From the close until the client had a kickoff date; 2 business days.' },
    KICKOFF_HELD: { description: 'From the close until the kickoff was held; 5 business days.' },
    KICKOFF_HARD_BREACH: { description: 'From the close until the kickoff was held; 10 business days are a failure.' },
  },
});

/** What a clock counts, as the API names it. */
export const UNITS = wordsOf(CLOCK_UNITS);
registerEnumType(UNITS, {
  name: 'ClockUnit',
  description: 'What a clock counts.',
  valuesConfig: {
    ELAPSED_HOURS: { description: 'Every hour, nights and weekends too.' },
    BUSINESS_HOURS: { description: "The hours of the tenant's business calendar." },
    BUSINESS_DAYS: {
      description: "Days of the tenant's business calendar, without the first; until closing time.",
    },
  },
});

registerEnumType(ClockState, {
  name: 'ClockState',
  description: 'What has become of a clock.',
  valuesConfig: {
    RUNNING: { description: 'It runs, and is not due yet.' },
    PAUSED: { description: 'It stands still: the client asked to wait.' },
    MET: { description: 'What it waits for happened in time.' },
    BREACHED: { description: 'It was due before that happened.' },
    VOID: { description: 'The handoff ended before it was due.' },
  },
});

/** One run of a clock. It is computed whenever it is read; nothing has to be alive for it to run. */
@ObjectType({ description: 'One run of a clock of the service level. Computed whenever it is read.' })
export class SlaClock {
  @Field(() => SLA_CLOCKS, { description: 'Which clock.' })
  key: ClockKey;

  @Field(() => Int, { description: 'How long it may run, counted in `unit`.' })
  amount: number;

  @Field(() => UNITS, { description: 'What is counted.' })
  unit: ClockUnit;

  @Field(() => ClockState, { description: 'What has become of it.' })
  state: ClockState;

  @Field(() => DateTimeScalar, { description: 'When it began to run.' })
  startedAt: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When whoever is responsible is reminded; null while a pause keeps it open.',
  })
  remindAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is due; null while a pause keeps it open.' })
  dueAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When what it waits for happened; null before.' })
  stoppedAt: Date | null;

  @Field(() => String, { description: "Where in the handoff's configuration it is set." })
  path: string;
}

/** A stretch in which the client asked to wait: the clocks of the handoff stand still, and reports show it apart. */
@Entity()
@ObjectType({ description: "A stretch in which the client asked to wait: the handoff's clocks stand still." })
export class HandoffPause extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'What the client asked for, and why.' })
  reason: string;

  @Column('uuid')
  pausedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Since when the clocks stand still.' })
  pausedAt: Date;

  @Column('uuid', { nullable: true })
  resumedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When they ran again; null while they stand still.' })
  resumedAt: Date | null;
}

/** What is escalated. */
export enum EscalationCause {
  CLOCK = 'CLOCK',
  DECISION = 'DECISION',
  CHECKPOINT = 'CHECKPOINT',
  FEEDBACK = 'FEEDBACK',
  FIRST_DELIVERABLE = 'FIRST_DELIVERABLE',
  FIRST_TOUCH = 'FIRST_TOUCH',
}
registerEnumType(EscalationCause, {
  name: 'EscalationCause',
  description: 'What is escalated.',
  valuesConfig: {
    CLOCK: { description: 'A clock of the handoff.' },
    DECISION: { description: 'An entry of the decision log that is past its due date.' },
    FEEDBACK: { description: 'Delivery was asked two weeks after the acceptance what it thinks of the handoff.' },
    FIRST_DELIVERABLE: { description: 'The milestone that is due first is not done on its day (document 003).' },
    FIRST_TOUCH: { description: 'Nobody reached out to the client within 48 hours of the close (document 001).' },
    CHECKPOINT: { description: 'A checkpoint of a handoff in phases that was not accepted by its day.' },
  },
});

/** One step of an escalation ladder that was taken: one person is told of one deadline, once. */
@Entity()
@ObjectType({ description: 'One step of an escalation ladder: one person is told of one deadline, once.' })
export class Escalation extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => EscalationCause, { description: 'What is escalated.' })
  cause: EscalationCause;

  @Column('text', { nullable: true })
  @Field(() => SLA_CLOCKS, { nullable: true, description: 'Which clock; null for a decision or a checkpoint.' })
  clock: ClockKey | null;

  @Column('uuid', { nullable: true })
  decisionId: string | null;

  @Column('uuid', { nullable: true })
  @Field(() => ID, { nullable: true, description: 'The checkpoint that was not accepted; null for another cause.' })
  checkpointId: string | null;

  /** Names the run: when the clock started, or the due date of the decision or checkpoint. */
  @Column('text')
  mark: string;

  @Column('int')
  @Field(() => Int, {
    description: 'Which step: 0 reminds whoever is responsible, 1 is the first of the ladder, and so on.',
  })
  step: number;

  @Column('uuid')
  personId: string;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the deadline is or was.' })
  dueAt: Date | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the step was due.' })
  firesAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, {
    description: 'When it was taken; later than `firesAt` when no worker was alive then.',
  })
  firedAt: Date;

  /** Whether the person is told: not of what was over already, nor of a step that a higher one has overtaken. */
  @Column('boolean')
  @Field(() => Boolean, {
    description: 'Whether the person was told: not of what was over already, or overtaken by a higher step.',
  })
  isNews: boolean;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When what it waited for happened; null before.' })
  endedAt: Date | null;
}

/** Says that a handoff has ended and its deadlines are settled: no planner looks at it again. */
@Entity()
export class ClockSettlement extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Instant()
  settledAt: Date;
}
