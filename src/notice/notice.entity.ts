import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

/** What a notice tells; who is told and when it is news stands in notice.events.ts, the words in notice.words.ts. */
export enum NoticeTemplate {
  HANDOFF_ASSIGNED = 'HANDOFF_ASSIGNED',
  HANDOFF_SUBMITTED = 'HANDOFF_SUBMITTED',
  PRE_CLOSE_REQUESTED = 'PRE_CLOSE_REQUESTED',
  SIGN_OFF_LAPSED = 'SIGN_OFF_LAPSED',
  HANDOFF_RETURNED = 'HANDOFF_RETURNED',
  APPROVAL_ASKED = 'APPROVAL_ASKED',
  DECISION_OPENED = 'DECISION_OPENED',
  DECISION_OVERDUE = 'DECISION_OVERDUE',
  KICKOFF_SCHEDULED = 'KICKOFF_SCHEDULED',
  KICKOFF_VOIDED = 'KICKOFF_VOIDED',
  DEADLINE_NEAR = 'DEADLINE_NEAR',
  DEADLINE_PASSED = 'DEADLINE_PASSED',
  MEETING_SCHEDULED = 'MEETING_SCHEDULED',
  MEETING_AGENDA = 'MEETING_AGENDA',
  MEETING_CANCELLED = 'MEETING_CANCELLED',
  ACTION_ASSIGNED = 'ACTION_ASSIGNED',
  ACTION_OVERDUE = 'ACTION_OVERDUE',
  FEEDBACK_ASKED = 'FEEDBACK_ASKED',
  FOLLOW_UP_OPENED = 'FOLLOW_UP_OPENED',
  QUALITY_TASK_GIVEN = 'QUALITY_TASK_GIVEN',
  QUALITY_TASK_OVERDUE = 'QUALITY_TASK_OVERDUE',
  SALES_TOLD_OF_CHANGE = 'SALES_TOLD_OF_CHANGE',
  ALERT_RAISED = 'ALERT_RAISED',
  BREAK_GLASS = 'BREAK_GLASS',
}
registerEnumType(NoticeTemplate, {
  name: 'NoticeTemplate',
  description: 'What a notice tells, and whom.',
  valuesConfig: {
    HANDOFF_ASSIGNED: { description: 'A handoff that is being prepared was given to you: the delivery manager.' },
    HANDOFF_SUBMITTED: {
      description:
        'A deal is closed and its handoff awaits the sign-off: the delivery manager; every delivery manager while nobody was named. Urgent (document 001: within 5 minutes of close).',
    },
    PRE_CLOSE_REQUESTED: {
      description: 'Sales asks for a review before the signature: the delivery manager and service delivery leads.',
    },
    SIGN_OFF_LAPSED: { description: 'A sign-off lapsed and is asked for anew: the delivery manager.' },
    HANDOFF_RETURNED: {
      description: 'Delivery returned a handoff, to be corrected within 24 hours: its owner in sales. Urgent.',
    },
    APPROVAL_ASKED: { description: 'An approval request awaits a vote: everyone who may answer it.' },
    DECISION_OPENED: { description: 'An entry of the decision log was given to you: its owner.' },
    DECISION_OVERDUE: { description: 'A decision is past its due date: its owner and its escalation contact.' },
    KICKOFF_SCHEDULED: { description: 'A kickoff has a date: the owner in sales and the delivery manager.' },
    KICKOFF_VOIDED: { description: 'A kickoff date does not hold any more: whoever was told of it.' },
    DEADLINE_NEAR: { description: 'A deadline of a handoff is near: whoever is responsible.' },
    DEADLINE_PASSED: { description: 'A deadline has passed and was escalated to you: the next person of the ladder.' },
    MEETING_SCHEDULED: { description: 'The handoff meeting has a date, or one is held: whoever is invited.' },
    MEETING_AGENDA: { description: 'The agenda of the handoff meeting, a day ahead: whoever is invited.' },
    MEETING_CANCELLED: { description: 'The handoff meeting does not take place then: whoever was told of it.' },
    ACTION_ASSIGNED: { description: 'An action of a handoff was given to you: its owner.' },
    ACTION_OVERDUE: { description: 'An action of a handoff is past its due date: its owner.' },
    FEEDBACK_ASKED: {
      description: 'Two weeks after the acceptance: was the handoff accurate? The delivery manager, reminded once.',
    },
    FOLLOW_UP_OPENED: {
      description: 'Something follows from a return of a handoff, such as coaching: whoever is to see to it.',
    },
    QUALITY_TASK_GIVEN: {
      description: 'A quality review, action, remediation, spot check or red flag was given to you: whoever does it.',
    },
    QUALITY_TASK_OVERDUE: { description: 'One of them is overdue and comes to you: the next person of the ladder.' },
    SALES_TOLD_OF_CHANGE: {
      description:
        'A handoff changed materially after its sign-off (document 004): its owner in sales. A sign-off that lapsed, a decision, a document that was issued anew.',
    },
    ALERT_RAISED: { description: 'Something that must be seen at once: RevOps administrators. Urgent.' },
    BREAK_GLASS: {
      description:
        'A gate was passed in an emergency: RevOps administrators, finance approvers, service delivery leads. Urgent.',
    },
  },
});

/** By which way a notice has gone. In the list (`myNotices`) it stands in any case. */
export enum NoticeState {
  WAITING = 'WAITING',
  ASKED = 'ASKED',
  MAILED = 'MAILED',
  NOT_NEEDED = 'NOT_NEEDED',
  LISTED = 'LISTED',
}
registerEnumType(NoticeState, {
  name: 'NoticeState',
  description: 'By which way a notice has gone; it stands in your list in any case.',
  valuesConfig: {
    WAITING: { description: 'Its mail waits for its time: `dueAt`.' },
    ASKED: { description: 'Its mail was given to the worker (outboxEffects show how it goes).' },
    MAILED: { description: 'The mail service took it.' },
    NOT_NEEDED: { description: 'What it tells was over before its mail was sent.' },
    LISTED: { description: 'In the list alone: the tenant had no connection to a mail service when it was due.' },
  },
});

/** One thing that one person is told, once. Names nobody but by id; its words are made when it is sent or shown. */
@Entity()
@ObjectType({ description: 'One thing that you are told, once.' })
export class Notice extends TenantOwned {
  @Column('uuid')
  personId: string;

  @Column('text')
  @Field(() => NoticeTemplate, { description: 'What it tells.' })
  template: NoticeTemplate;

  @Column('text')
  @Field(() => String, { description: 'The type of what it is about, such as Handoff.' })
  subjectType: string;

  @Column('uuid')
  @Field(() => ID, { description: 'The id of what it is about.' })
  subjectId: string;

  /** Names the event: a person is told of each once. */
  @Column('text')
  eventKey: string;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether it is mailed at once, whatever the preferences.' })
  isUrgent: boolean;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether it goes with others in one mail.' })
  inDigest: boolean;

  @Column('text')
  @Field(() => NoticeState, { description: 'By which way it has gone.' })
  state: NoticeState;

  /** The effect key of the mail that carries it; null before it was asked for. */
  @Column('text', { nullable: true })
  mailKey: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was noticed.' })
  raisedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When its mail is due, by your preferences.' })
  dueAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When its mail was taken, or was no longer needed; null before.',
  })
  settledAt: Date | null;
}

/** How a person's notices are mailed. */
export enum NoticeDelivery {
  IMMEDIATE = 'IMMEDIATE',
  DIGEST = 'DIGEST',
}
registerEnumType(NoticeDelivery, {
  name: 'NoticeDelivery',
  description: 'How your notices are mailed; urgent ones at once in any case.',
  valuesConfig: {
    IMMEDIATE: { description: 'Each in a mail of its own, as long as the budget of the day lasts.' },
    DIGEST: { description: 'Together, when the next working time of the business calendar begins.' },
  },
});

/** How one person wants to be told; without a row the defaults hold (DEFAULT_PREFERENCE). */
@Entity()
@ObjectType({ description: 'How you want to be told.' })
export class NoticePreference extends TenantOwned {
  @Column('uuid')
  personId: string;

  @Column('text')
  @Field(() => NoticeDelivery, { description: 'One by one, or together.' })
  delivery: NoticeDelivery;

  @Column('boolean')
  @Field(() => Boolean, {
    description: "Whether mails wait outside of the working times of the tenant's business calendar.",
  })
  quietHours: boolean;

  @Column('int')
  @Field(() => Int, {
    description:
      'The notification budget: single mails a calendar day; what comes beyond it goes into the next digest.',
  })
  dailyMails: number;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was set.' })
  setAt: Date;
}
