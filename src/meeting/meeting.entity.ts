import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { MEETING_PARTS, type MeetingPart } from '../catalogue/configuration.meeting.js';
import type { MeetingPlan } from '../catalogue/meeting.rules.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum MeetingState {
  TENTATIVE = 'TENTATIVE',
  SCHEDULED = 'SCHEDULED',
  HELD = 'HELD',
  MOVED = 'MOVED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(MeetingState, {
  name: 'HandoffMeetingState',
  description: 'What became of a date of the handoff meeting.',
  valuesConfig: {
    TENTATIVE: { description: 'Held in the calendar before the deal is won, from a probability on; to be confirmed.' },
    SCHEDULED: { description: 'It takes place then.' },
    HELD: { description: 'It took place, and what came of it is recorded.' },
    MOVED: { description: 'Another date took its place.' },
    CANCELLED: { description: 'It does not take place.' },
  },
});

/** The parts as the API names them: those of the configuration, and whoever has none. */
export const PARTS = {
  ...(Object.fromEntries(MEETING_PARTS.map((part) => [part, part])) as Record<MeetingPart, MeetingPart>),
  GUEST: 'GUEST',
} as const;
/** A part in the meeting, or GUEST for somebody who takes none of them. */
export type Part = MeetingPart | 'GUEST';
registerEnumType(PARTS, {
  name: 'MeetingPart',
  description: 'The part that somebody takes in the handoff meeting (document 004, participants).',
  valuesConfig: {
    REP: { description: 'Sold it: the owner of the handoff.' },
    SALES_MANAGER: { description: 'Manages sales, and does not own the handoff.' },
    DELIVERY_MANAGER: { description: 'Answers for its delivery: the delivery manager of the handoff.' },
    PROJECT_LEAD: { description: 'Leads its project.' },
    SERVICE_DELIVERY_LEAD: { description: 'Leads the delivery teams.' },
    FINANCE_APPROVER: { description: 'Speaks for finance.' },
    REVOPS_ADMIN: { description: 'Speaks for RevOps.' },
    SOLUTION_ENGINEER: { description: 'Designed the solution in the sale; said when inviting.' },
    PROFESSIONAL_SERVICES: { description: 'Speaks for professional services; said when inviting.' },
    PRODUCT: { description: 'Speaks for the product; said when inviting.' },
    GUEST: { description: 'Anybody else.' },
  },
});

export enum ParticipantNeed {
  REQUIRED = 'REQUIRED',
  RECOMMENDED = 'RECOMMENDED',
  OPTIONAL = 'OPTIONAL',
}
registerEnumType(ParticipantNeed, {
  name: 'ParticipantNeed',
  description: 'How much the meeting needs somebody, by the tier of the handoff.',
  valuesConfig: {
    REQUIRED: { description: 'Without them it is not scheduled.' },
    RECOMMENDED: { description: 'Missed, but not waited for.' },
    OPTIONAL: { description: 'May come.' },
  },
});

export enum CheckAnswer {
  YES = 'YES',
  NO = 'NO',
  NOT_APPLICABLE = 'NOT_APPLICABLE',
}
registerEnumType(CheckAnswer, {
  name: 'MeetingCheckAnswer',
  description: 'What the meeting found about an item of its checklist; nothing is left blank (document 004).',
  valuesConfig: {
    YES: { description: 'It is so.' },
    NO: { description: 'It is not; the remark says what is missing.' },
    NOT_APPLICABLE: { description: 'It does not arise here; the remark says why.' },
  },
});

/**
 * One date of the internal handoff meeting between sales and delivery (document 004 "Meeting"). It keeps the plan that
 * held when it was made, so that what was recorded can be read whatever the configuration says later.
 */
@Entity()
@ObjectType({ description: 'One date of the internal handoff meeting between sales and delivery.' })
export class HandoffMeeting extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => MeetingState, { description: 'What became of it.' })
  state: MeetingState;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it begins.' })
  startsAt: Date;

  /** The same in the tenant's business calendar. */
  @Column('date')
  @Field(() => LocalDateScalar, { description: "The day on which it begins, in the tenant's business calendar." })
  startsOn: string;

  @Column('int')
  @Field(() => Int, { description: 'How long it is planned for, in minutes.' })
  durationMinutes: number;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the participants are told its agenda.' })
  agendaDueAt: Date;

  @JsonText()
  plan: MeetingPlan;

  @Column('int', { nullable: true })
  @Field(() => Int, {
    nullable: true,
    description: 'The probability of the deal in per cent by which it was held before the close; null after it.',
  })
  probabilityPercent: number | null;

  @Column('uuid')
  scheduledBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  scheduledAt: Date;

  @Column('uuid', { nullable: true })
  confirmedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When a tentative date was confirmed; null otherwise.' })
  confirmedAt: Date | null;

  @Column('uuid', { nullable: true })
  endedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was moved or cancelled; null otherwise.' })
  endedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it was moved or cancelled.' })
  endReason: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it began in fact; null before it was recorded.' })
  heldAt: Date | null;

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'The notes of the meeting.' })
  notes: string | null;

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'The https link of its recording.' })
  recordingUrl: string | null;

  @Column('uuid', { nullable: true })
  recordedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was recorded.' })
  recordedAt: Date | null;
}

/** Somebody who is invited to a date, with every part that they take, and whether they came. */
@Entity()
@ObjectType({ description: 'Somebody who is invited to the handoff meeting, or came to it.' })
export class MeetingParticipant extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  meetingId: string;

  @Column('uuid')
  personId: string;

  @JsonText()
  @Field(() => [PARTS], { description: 'Every part that they take in it.' })
  parts: Part[];

  @Column('text')
  @Field(() => ParticipantNeed, { description: 'How much the meeting needs them.' })
  need: ParticipantNeed;

  @Column('boolean', { nullable: true })
  @Field(() => Boolean, { nullable: true, description: 'Whether they were there; null before it was recorded.' })
  attended: boolean | null;
}

/** What became of one segment of the agenda. */
@Entity()
@ObjectType({ description: 'What became of one segment of the agenda of a meeting that was held.' })
export class MeetingSegment extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  meetingId: string;

  @Column('int')
  @Field(() => Int, { description: 'Its place in the agenda, from 1.' })
  position: number;

  @Column('text')
  @Field(() => String, { description: 'The key of the segment, such as scope-and-commitments.' })
  segment: string;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether it was gone through.' })
  covered: boolean;

  @JsonText()
  @Field(() => [String], { description: 'The keys of its questions that were answered.' })
  answered: string[];

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'A remark, such as why it was left out.' })
  remark: string | null;
}

/** What the meeting found about one item of its checklist. */
@Entity()
@ObjectType({ description: 'What a meeting that was held found about one item of its checklist.' })
export class MeetingCheck extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('uuid')
  meetingId: string;

  @Column('int')
  @Field(() => Int, { description: 'Its place in the checklist, from 1.' })
  position: number;

  @Column('text')
  @Field(() => String, { description: 'The key of the item, such as scope-validated.' })
  item: string;

  @Column('text')
  @Field(() => CheckAnswer, { description: 'What the meeting found.' })
  answer: CheckAnswer;

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'What is missing, or why it does not arise.' })
  remark: string | null;
}
