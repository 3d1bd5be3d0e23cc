import type { Weekday } from './configuration.words.js';

/** How the quality of handoffs is looked at (documents 002 step 6, 004 cadence). All of it is optional. */
export interface QualitySettings {
  /** The reviews that the system makes. */
  reviews?: {
    /** The weekly review of the ISO week that has ended (002 step 6). */
    weekly?: WeeklyReviewSetting;
    /** The monthly review (004): trends, failure patterns, best practice, training. */
    monthly?: ReviewSetting;
    /** The quarterly review of the protocol itself (004). */
    quarterly?: ReviewSetting;
  };
  /** Share of a rep's handoffs of a month that is spot-checked, in basis points. Absent: 1000 (004: a 10 % sample). */
  spotCheckShareBps?: number;
  /** Business days within which a spot check is done. Absent: 10. */
  spotCheckBusinessDays?: number;
  /** Business days within which a substandard handoff is put right. Absent: 5. */
  remediationBusinessDays?: number;
  /** From when on something is a red flag; completion rates stand in `rollout.thresholds`. */
  redFlags?: Partial<RedFlagThresholds>;
}

/** When and by whom a review is held. */
export interface ReviewSetting {
  /** Key of the person who holds it. Absent: the first of the SLA ladder. */
  owner?: string;
  /** Key of the person who may hold it instead. Absent: the next of the SLA ladder. */
  deputy?: string;
  /** Hour of the day, 0 to 23, in the tenant's time zone, at which it is made. Absent: 8. */
  hour?: number;
  /** Business days after it was to be made within which it is held. Absent: weekly 3, monthly and quarterly 10. */
  heldWithinBusinessDays?: number;
}

/** The weekly review has a day of its own. */
export interface WeeklyReviewSetting extends ReviewSetting {
  /** The first such day after the week's end. Absent: mon. */
  weekday?: Weekday;
}

/** From when on something is a red flag (document 001). */
export interface RedFlagThresholds {
  /** Hours from the close to the first outreach that are too many. Document: 48. */
  firstTouchHours: number;
  /** How many handoffs in a row above that make it consistent. Choice: 3. */
  firstTouchInARow: number;
  /** Share of a month's handoffs that were escalated, above which it is a flag, in basis points. Document: 20 %. */
  escalatedBps: number;
  /** Exception requests that wait for an answer, above which it is a flag. Document: 3. */
  openExceptions: number;
}
