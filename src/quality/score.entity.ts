import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import { Tier } from '../handoff/handoff.entity.js';

/** What the rubric of document 004 asks. */
export enum Criterion {
  SUMMARY = 'SUMMARY',
  STAKEHOLDER_MAP = 'STAKEHOLDER_MAP',
  COMMITMENTS = 'COMMITMENTS',
  RISKS = 'RISKS',
  ALL_ATTENDED = 'ALL_ATTENDED',
  FULL_AGENDA = 'FULL_AGENDA',
  QUESTIONS_ANSWERED = 'QUESTIONS_ANSWERED',
  WITHIN_SLA = 'WITHIN_SLA',
  INTRODUCTION = 'INTRODUCTION',
}
registerEnumType(Criterion, {
  name: 'QualityCriterion',
  description: 'What the rubric of document 004 asks, and for how many of 100 points.',
  valuesConfig: {
    SUMMARY: { description: 'Documentation, 15: the deal summary says what its tier asks for.' },
    STAKEHOLDER_MAP: { description: 'Documentation, 10: the stakeholders that matter are named.' },
    COMMITMENTS: { description: 'Documentation, 15: every promise is written down and has a home.' },
    RISKS: { description: 'Documentation, 10: risks are named and something is done about each.' },
    ALL_ATTENDED: { description: 'Meeting, 10: everybody who had to be there was.' },
    FULL_AGENDA: { description: 'Meeting, 10: the whole agenda was gone through.' },
    QUESTIONS_ANSWERED: { description: 'Meeting, 10: every question was answered.' },
    WITHIN_SLA: { description: 'Timeliness, 15: the deadlines of sales were kept.' },
    INTRODUCTION: { description: 'Timeliness, 5: the client was introduced within 48 hours.' },
  },
});

/** Bands of document 004. */
export enum Band {
  EXCELLENT = 'EXCELLENT',
  GOOD = 'GOOD',
  ACCEPTABLE = 'ACCEPTABLE',
  SUBSTANDARD = 'SUBSTANDARD',
}
registerEnumType(Band, {
  name: 'QualityBand',
  description: 'How good a handoff is (document 004).',
  valuesConfig: {
    EXCELLENT: { description: '90 to 100.' },
    GOOD: { description: '80 to 89.' },
    ACCEPTABLE: { description: '70 to 79.' },
    SUBSTANDARD: { description: 'Below 70: it needs remediation.' },
  },
});

export enum ScoreCause {
  ACCEPTANCE = 'ACCEPTANCE',
  REMEDIATION = 'REMEDIATION',
}
registerEnumType(ScoreCause, {
  name: 'QualityScoreCause',
  description: 'Why a score was frozen.',
  valuesConfig: {
    ACCEPTANCE: { description: 'Delivery signed the handoff off.' },
    REMEDIATION: { description: 'What was substandard has been put right.' },
  },
});

/** The score of a handoff, frozen. Append-only: what a reviewer amends stands beside it. */
@Entity()
@ObjectType({
  description: 'The score of a handoff, frozen when delivery accepted it. Immutable; amendments stand beside it.',
})
export class QualityScore extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => ScoreCause, { description: 'Why it was frozen.' })
  cause: ScoreCause;

  @Column('uuid')
  signOffId: string;

  /** The rep who is scored: the owner at that time. */
  @Column('uuid')
  ownerId: string;

  @Column('uuid', { nullable: true })
  deliveryManagerId: string | null;

  @Column('text')
  @Field(() => String, { description: 'The key of the service template.' })
  serviceTemplate: string;

  @Column('text')
  @Field(() => Tier, { description: 'How heavy the handoff was.' })
  tier: Tier;

  @Column('int')
  @Field(() => Int, { description: 'The version of the rubric in code.' })
  ruleVersion: number;

  @Column('int')
  earned: number;

  @Column('int')
  @Field(() => Int, { description: 'The points that could be had: 100, or 70 for a handoff that needs no meeting.' })
  possible: number;

  @Column('int')
  @Field(() => Int, { description: 'The score of 100 as it was computed, rounded down.' })
  total: number;

  @Column('text')
  @Field(() => Band, { description: 'Its band as it was computed.' })
  band: Band;

  @Instant()
  @Field(() => DateTimeScalar, {
    description:
      'The moment that it speaks of: the sign-off, or when the introduction was decided, whichever was later.',
  })
  scoredAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was recorded; later when no worker was alive.' })
  recordedAt: Date;
}

/** One criterion of a frozen score. Append-only. */
@Entity()
@ObjectType({ description: 'One criterion of a score, as it was computed, with its reasons.' })
export class ScoreCriterion extends TenantOwned {
  @Column('uuid')
  scoreId: string;

  @Column('text')
  @Field(() => Criterion, { description: 'Which.' })
  criterion: Criterion;

  @Column('int')
  @Field(() => Int, { description: 'The points, computed.' })
  points: number;

  @Column('int')
  @Field(() => Int, { description: 'The most that it can give; 0 when it does not apply.' })
  most: number;

  @JsonText()
  @Field(() => [String], { description: 'What was missing, as codes; empty when nothing was.' })
  reasons: string[];

  @JsonText()
  @Field(() => [String], { description: 'The records that it was computed from, as `Type/id`.' })
  sources: string[];
}

/** What a reviewer says of a criterion instead. Append-only; the newest counts, and the computed value stays. */
@Entity()
@ObjectType({
  description: 'What a reviewer says of a criterion instead of the computed points; never the rep who is scored.',
})
export class ScoreAmendment extends TenantOwned {
  @Column('uuid')
  scoreId: string;

  @Column('uuid')
  ownerId: string;

  @Column('text')
  @Field(() => Criterion, { description: 'Which criterion.' })
  criterion: Criterion;

  @Column('int')
  @Field(() => Int, { description: 'The points instead.' })
  points: number;

  @Column('text')
  @Field(() => String, { description: 'Why.' })
  reason: string;

  @Column('uuid')
  amendedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  amendedAt: Date;
}

export enum RemediationState {
  OPEN = 'OPEN',
  DONE = 'DONE',
  NOT_NEEDED = 'NOT_NEEDED',
}
registerEnumType(RemediationState, {
  name: 'RemediationState',
  description: 'Where the remediation of a substandard handoff stands.',
  valuesConfig: {
    OPEN: { description: 'The rep puts it right.' },
    DONE: { description: 'It was put right, and scored again.' },
    NOT_NEEDED: { description: 'A reviewer amended the score, and it is not substandard any more.' },
  },
});

/** What a substandard handoff opens: the rep puts it right by a day (document 004, "needs remediation"). */
@Entity()
@ObjectType({ description: 'A substandard handoff is put right by its rep, by a day, and scored again.' })
export class Remediation extends TenantOwned {
  @Column('uuid')
  scoreId: string;

  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  ownerId: string;

  @Column('text')
  @Field(() => RemediationState, { description: 'Where it stands.' })
  state: RemediationState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was called for.' })
  openedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'By when it is done.' })
  dueAt: Date;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What was put right.' })
  outcome: string | null;

  @Column('uuid', { nullable: true })
  settledBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was settled; null while it is open.' })
  settledAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}
