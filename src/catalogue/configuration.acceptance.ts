import type { ClockSetting } from './configuration.js';

/** What follows from returns of handoffs, and when delivery is asked for feedback (documents 003 and 004). All optional. */
export interface AcceptancePolicy {
  /** From which return of one handoff on sales leadership is told. Absent: 2. */
  climbFromReturn?: number;
  /** How many handoffs of one rep that were returned within so many days call for coaching. Absent: 3 within 30. */
  coaching?: ReturnPattern;
  /** How many coachings within so many days call for a review of the process. Absent: 2 within 90. */
  processReview?: ReturnPattern;
  /** Days after the acceptance on which delivery is asked for feedback. Absent: 14 (document 003). */
  feedbackAfterDays?: number;
  /** How long delivery has to answer before it is reminded, and then the ladder is told. Absent: 3 business days. */
  feedbackWithin?: ClockSetting;
}

/** So many within so many days. */
export interface ReturnPattern {
  /** How many. */
  count: number;
  /** Within how many days. */
  withinDays: number;
}
