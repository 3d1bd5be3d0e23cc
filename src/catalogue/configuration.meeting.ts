import type { Tier } from './configuration.words.js';

/**
 * Parts that somebody takes in the internal handoff meeting (document 004 "Participants"). The first seven follow from
 * who owns, delivers or leads and from the roles that a person holds; the last three are claimed when inviting, since no
 * role of Countersign says so.
 */
export const MEETING_PARTS = [
  'REP',
  'SALES_MANAGER',
  'DELIVERY_MANAGER',
  'PROJECT_LEAD',
  'SERVICE_DELIVERY_LEAD',
  'FINANCE_APPROVER',
  'REVOPS_ADMIN',
  'SOLUTION_ENGINEER',
  'PROFESSIONAL_SERVICES',
  'PRODUCT',
] as const;
/** A part in the handoff meeting. */
export type MeetingPart = (typeof MEETING_PARTS)[number];

/** Parts that no role gives: whoever invites says who takes them. */
export const CLAIMED_PARTS = ['SOLUTION_ENGINEER', 'PROFESSIONAL_SERVICES', 'PRODUCT'] as const;
/** A part that is claimed when inviting. */
export type ClaimedPart = (typeof CLAIMED_PARTS)[number];

/** What of the handoff a segment of the agenda shows. */
export const AGENDA_TOPICS = [
  'OBJECTIVES',
  'SCOPE',
  'COMMITMENTS',
  'TECHNICAL',
  'ASSUMPTIONS',
  'DECISIONS',
  'RISKS',
] as const;
/** What of the handoff a segment of the agenda shows. */
export type AgendaTopic = (typeof AGENDA_TOPICS)[number];

/** What the sign-off does while no handoff meeting was held: nothing passes, it warns, or it does not ask. */
export const SIGN_OFF_NEEDS = ['BLOCK', 'WARN', 'IGNORE'] as const;
/** What the sign-off does while no handoff meeting was held. */
export type SignOffNeed = (typeof SIGN_OFF_NEEDS)[number];

/** The internal handoff meeting between sales and delivery (document 004). Whatever is absent has its default there. */
export interface MeetingPolicy {
  /** Who takes part, how long it lasts and whether it is needed, by tier. */
  byTier?: Partial<Record<Tier, MeetingTierPolicy>>;
  /** Least probability of the deal, in per cent, from which a date is held before the close. Absent: 90. */
  holdFromPercent?: number;
  /** Elapsed hours after the close within which a date that was held is confirmed. Absent: 24. */
  confirmHours?: number;
  /** Elapsed hours before the meeting at which the participants have the agenda at the latest. Absent: 24. */
  agendaLeadHours?: number;
  /** The agenda in order. Absent: the seven segments of document 004 with 23 questions. */
  segments?: AgendaSegment[];
  /** What is ticked off in the meeting. Absent: the ten items of document 004. */
  checklist?: MeetingCheckItem[];
}

/** What a tier changes of the meeting; what is absent keeps the tier's default. */
export interface MeetingTierPolicy {
  /** Whether the handoff needs the meeting at all. Absent: all but LIGHT do. */
  needed?: boolean;
  /** Without these it is not scheduled. Absent: rep and delivery manager; HIGH_TOUCH the service delivery lead too. */
  required?: MeetingPart[];
  /** Missed, but not waited for. Absent: solution engineer and project lead. */
  recommended?: MeetingPart[];
  /** May come. Absent: the others. */
  optional?: MeetingPart[];
  /** How long it is planned for, in minutes. Absent: 45; HIGH_TOUCH 60, LIGHT 30. */
  minutes?: number;
  /** How short it may be planned, in minutes. Absent: 30. */
  leastMinutes?: number;
  /** What the sign-off does while it was not held. Absent: IGNORE; HIGH_TOUCH WARN. */
  signOff?: SignOffNeed;
}

/** One segment of the agenda. */
export interface AgendaSegment {
  /** Key of the segment (slug). */
  key: string;
  /** Display name. */
  title: string;
  /** How long it is planned for, in minutes. */
  minutes: number;
  /** The question bank: what delivery asks. May be empty. */
  questions: AgendaQuestion[];
  /** What the handoff knows already and shows here. Absent: nothing. */
  shows?: AgendaTopic[];
}

/** One question of the bank. */
export interface AgendaQuestion {
  /** Key of the question (slug), unique in the agenda. */
  key: string;
  /** The question as it is asked. */
  text: string;
}

/** One item of the checklist that is done in the meeting. */
export interface MeetingCheckItem {
  /** Key of the item (slug). */
  key: string;
  /** What is to be true at the end of the meeting. */
  label: string;
}
