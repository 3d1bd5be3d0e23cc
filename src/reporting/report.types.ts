import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, DecimalScalar } from '../core/graphql/scalars.js';
import { Stage } from '../handoff/stage.rules.js';

@ObjectType({ description: 'How many handoffs of a cohort came as far as a stage, and how many stand there.' })
export class FunnelStep {
  @Field(() => Stage, { description: 'The stage.' })
  stage: Stage;

  @Field(() => Int, { description: 'How many ever reached it, whether or not they went back since.' })
  reached: number;

  @Field(() => Int, { description: 'How many stand there now.' })
  nowThere: number;
}

@ObjectType({ description: 'A deadline that has passed, and what it waits for has still not happened.' })
export class StalledHandoff {
  @Field(() => ID, { description: 'The id of the deadline.' })
  id: string;

  handoffId: string;

  /** Who is to act. */
  responsibleId: string;

  @Field(() => String, { description: 'Which deadline, such as KICKOFF_HELD.' })
  clock: string;

  @Field(() => DateTimeScalar, { description: 'From when it counted.' })
  startedAt: Date;

  @Field(() => DateTimeScalar, { description: 'When it was due.' })
  dueAt: Date;

  @Field(() => Int, { description: 'Whole hours since then, rounded down; elapsed ones, not business hours.' })
  hoursOverdue: number;

  @Field(() => Boolean, { description: 'Whether it was paused for the client meanwhile.' })
  clientCaused: boolean;

  @Field(() => Int, { description: 'How many steps of the ladder were climbed.' })
  escalations: number;
}

@ObjectType({ description: 'A request for approval of a handoff or of one of its scope changes, as reports show it.' })
export class ReportedException {
  @Field(() => ID, { description: 'The id of the approval request.' })
  id: string;

  handoffId: string;

  requesterId: string;

  @Field(() => String, { description: 'What is asked for, such as MARGIN_EXCEPTION.' })
  kind: string;

  @Field(() => String, { description: 'PENDING, APPROVED, REJECTED, EXPIRED, WITHDRAWN or USED.' })
  state: string;

  @Field(() => Boolean, { description: 'Whether it was granted in an emergency, by break-glass.' })
  emergency: boolean;

  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  openedAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided; null before.' })
  decidedAt: Date | null;

  @Field(() => Int, { nullable: true, description: 'Minutes from asking to the decision, rounded down.' })
  leadMinutes: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the grant took effect: an override; null before.' })
  usedAt: Date | null;

  @Sensitive('MARGIN')
  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'What is missing to the floor of the whole deal, in minor units of its currency; null without a floor.',
  })
  shortfallMinor: string | null;

  @Sensitive('MARGIN')
  @Field(() => Int, { nullable: true, description: 'What is missing to the floor of the whole deal, in basis points.' })
  shortfallBps: number | null;
}

@ObjectType({ description: 'How far the reporting model is behind the record.' })
export class ReportingState {
  @Field(() => Int, { description: 'How many entries of the ledger are sealed; 0 before the first.' })
  sealedSeq: number;

  @Field(() => Int, { description: 'Up to which of them the model shows what was recorded; 0 before the first.' })
  projectedSeq: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was last found current; null before the first.',
  })
  projectedAt: Date | null;

  @Field(() => Boolean, {
    description:
      'Whether it shows every sealed entry and is not being rebuilt. The last seconds are sealed a little later.',
  })
  isCurrent: boolean;
}
