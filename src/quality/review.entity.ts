import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

/** The cadence of reviews (requirements section 6: separate jobs, the weekly one is obligatory). */
export enum ReviewKind {
  WEEKLY = 'WEEKLY',
  MONTHLY = 'MONTHLY',
  QUARTERLY = 'QUARTERLY',
}
registerEnumType(ReviewKind, {
  name: 'QualityReviewKind',
  description: 'The cadence of a quality review.',
  valuesConfig: {
    WEEKLY: { description: 'Missed assumptions, scope-change incidents, margin erosion (002 step 6).' },
    MONTHLY: { description: 'Trends, failure patterns, best practice, training (004).' },
    QUARTERLY: { description: 'The protocol itself: which fields matter, deadlines, templates (004, 001).' },
  },
});

export enum ReviewState {
  OPEN = 'OPEN',
  HELD = 'HELD',
}
registerEnumType(ReviewState, {
  name: 'QualityReviewState',
  description: 'Whether a quality review was held.',
  valuesConfig: {
    OPEN: { description: 'It is made, and waits to be held.' },
    HELD: { description: 'It was held; notes and conclusions are on record.' },
  },
});

/** One review of one period. Its contents are frozen rows; a period has one, whatever process made it and when. */
@Entity()
@ObjectType({ description: 'A quality review of one period, made by the system. Its contents are frozen.' })
export class QualityReview extends TenantOwned {
  @Column('text')
  @Field(() => ReviewKind, { description: 'The cadence.' })
  kind: ReviewKind;

  @Column('text')
  @Field(() => String, {
    description: 'What it looks at: an ISO week such as 2026-W47, a month such as 2026-11, a quarter such as 2026-Q4.',
  })
  period: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: "The period's first instant, in the tenant's time zone." })
  fromAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'The first instant after it.' })
  toAt: Date;

  @Column('uuid', { nullable: true })
  ownerId: string | null;

  @Column('uuid', { nullable: true })
  deputyId: string | null;

  @Column('text')
  @Field(() => ReviewState, { description: 'Whether it was held.' })
  state: ReviewState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was to be made.' })
  openedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was made; later when no worker was alive.' })
  madeAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'By when it is held.' })
  dueAt: Date;

  @JsonText()
  attendeeIds: string[];

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What was said; null before it was held.' })
  notes: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What follows; null before it was held.' })
  conclusions: string | null;

  @Column('uuid', { nullable: true })
  heldBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was recorded as held; null before.' })
  heldAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}

/** What an item of a review is about. */
export enum ReviewTopic {
  CARRIED_ACTION = 'CARRIED_ACTION',
  MISSED_ASSUMPTION = 'MISSED_ASSUMPTION',
  SCOPE_CHANGE_INCIDENT = 'SCOPE_CHANGE_INCIDENT',
  MARGIN_EROSION = 'MARGIN_EROSION',
  STALLED_STEP = 'STALLED_STEP',
  WORST_SCORE = 'WORST_SCORE',
  BEST_SCORE = 'BEST_SCORE',
  RETURNED = 'RETURNED',
  OVERRIDE = 'OVERRIDE',
  RED_FLAG = 'RED_FLAG',
  TREND = 'TREND',
  FAILURE_PATTERN = 'FAILURE_PATTERN',
  BEST_PRACTICE = 'BEST_PRACTICE',
  TRAINING_NEED = 'TRAINING_NEED',
  FIELD_RELEVANCE = 'FIELD_RELEVANCE',
  DEADLINES = 'DEADLINES',
  TEMPLATE = 'TEMPLATE',
}
registerEnumType(ReviewTopic, {
  name: 'QualityReviewTopic',
  description: 'What an item of a quality review is about.',
  valuesConfig: {
    CARRIED_ACTION: { description: 'An action of an earlier review that was open when the period ended.' },
    MISSED_ASSUMPTION: { description: 'An assumption with an impact that was refuted in the period.' },
    SCOPE_CHANGE_INCIDENT: { description: 'A scope change traced to something missing or wrong in the handoff.' },
    MARGIN_EROSION: { description: 'A project that loses margin against its frozen baseline.' },
    STALLED_STEP: { description: 'A deadline that had passed and was not met when the period ended.' },
    WORST_SCORE: { description: 'One of the handoffs with the least points.' },
    BEST_SCORE: { description: 'One of the handoffs with the most points.' },
    RETURNED: { description: 'A handoff that delivery returned or rejected.' },
    OVERRIDE: { description: 'A gate that was passed by an exception, or an item that was waived.' },
    RED_FLAG: { description: 'A red flag that was raised for the period.' },
    TREND: { description: 'A figure of the period beside the period before.' },
    FAILURE_PATTERN: { description: 'What was missing again and again, by template.' },
    BEST_PRACTICE: { description: 'A handoff to learn from.' },
    TRAINING_NEED: { description: 'A rep whose handoffs are below GOOD on average.' },
    FIELD_RELEVANCE: { description: 'A part of the content, and in how many handoffs it was missing.' },
    DEADLINES: { description: 'A clock, and how many of its runs were missed.' },
    TEMPLATE: { description: 'A service template, and how its handoffs scored.' },
  },
});

/** One item of a review, frozen: ids and figures, no names and no free text. Append-only. */
@Entity()
export class ReviewItem extends TenantOwned {
  @Column('uuid')
  reviewId: string;

  @Column('int')
  position: number;

  @Column('text')
  topic: ReviewTopic;

  @Column('uuid', { nullable: true })
  handoffId: string | null;

  @Column('text', { nullable: true })
  subjectType: string | null;

  @Column('uuid', { nullable: true })
  subjectId: string | null;

  /** A code or key, such as a clock, a criterion or a template. */
  @Column('text', { nullable: true })
  label: string | null;

  /** Whole numbers by name. */
  @JsonText()
  figures: Record<string, number>;

  @Column('bigint', { nullable: true })
  erosionMinor: bigint | null;

  @Column('int', { nullable: true })
  erosionBps: number | null;

  @Column('text', { nullable: true })
  currency: string | null;
}

export enum ReviewActionState {
  OPEN = 'OPEN',
  DONE = 'DONE',
}
registerEnumType(ReviewActionState, {
  name: 'ReviewActionState',
  description: 'Whether an action of a quality review is done.',
  valuesConfig: {
    OPEN: { description: 'To be done; it stands in every later review until it is.' },
    DONE: { description: 'Done, with what came of it.' },
  },
});

/** What a review decided to do. It carries over from review to review until it is done. */
@Entity()
@ObjectType({ description: 'What a quality review decided to do; it carries over until it is done.' })
export class ReviewAction extends TenantOwned {
  @Column('uuid')
  reviewId: string;

  @Column('text')
  @Field(() => String, { description: 'What is to be done.' })
  text: string;

  @Column('uuid')
  ownerId: string;

  @Column('text')
  @Field(() => ReviewActionState, { description: 'Whether it is done.' })
  state: ReviewActionState;

  @Column('uuid')
  openedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was agreed.' })
  openedAt: Date;

  @Column('date')
  @Field(() => LocalDateScalar, { description: 'The day by which it is done.' })
  dueOn: string;

  /** The end of that day's work in the calendar of the configuration that ruled. */
  @Instant()
  @Field(() => DateTimeScalar, { description: 'The instant after which it is overdue.' })
  dueAt: Date;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What came of it; null while it is open.' })
  outcome: string | null;

  @Column('uuid', { nullable: true })
  doneBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was done; null while it is open.' })
  doneAt: Date | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}
