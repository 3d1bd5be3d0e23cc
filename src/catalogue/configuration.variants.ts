import type { DealType, Tier } from './configuration.words.js';

/** Which handoffs something is for; an absent condition is not asked. */
export interface VariantCondition {
  /** The handoff is of one of these tiers. */
  tiers?: Tier[];
  /** The deal is of one of these types. */
  dealTypes?: DealType[];
}

/** How handoffs depart from the one way (document 001, variants; document 003, limits; document 004, timing). */
export interface HandoffVariants {
  /** When delivery may review before the contract is signed. Absent: HIGH_TOUCH, 5 to 7 days before the close. */
  preClose?: PreClosePolicy;
  /** Handoffs in phases; the first that matches is the one. Absent: none, every handoff is handed over at once. */
  phases?: PhasedHandoff[];
  /** Business days within which a conflict that was found is decided. Absent: 3. */
  conflictDueBusinessDays?: number;
}

/** When delivery may review before the contract is signed (document 004: 5 to 7 days before the expected close). */
export interface PreClosePolicy {
  /** Handoffs of these tiers may; empty is none. Absent: HIGH_TOUCH. */
  tiers?: Tier[];
  /** Deals of these types may. Absent: all. */
  dealTypes?: DealType[];
  /** How many days before the expected close it may be asked for at the earliest. Absent: 7. */
  opensDaysBefore?: number;
  /** How many days delivery must have at the least. Absent: 5. */
  leastDaysBefore?: number;
  /** From this probability of the deal on, in percent, the days are not asked. Absent: 90. */
  fromProbabilityPercent?: number;
}

/** A handoff in phases (document 003: several handoff points for the enterprise). */
export interface PhasedHandoff extends VariantCondition {
  /** Service templates that it is for, by key; absent: all. */
  serviceTemplates?: string[];
  /** The checkpoints, in order. */
  checkpoints: CheckpointTemplate[];
}

/** One checkpoint: what delivery must have accepted, and by when. */
export interface CheckpointTemplate {
  /** Key, unique in the phases. */
  key: string;
  /** Display name. */
  name: string;
  /** Business days after the sign-off within which it is accepted. */
  dueBusinessDays: number;
  /** Codes of checklist items that must hold. Absent: none. */
  checklistItems?: string[];
  /** Keys of milestones whose tasks must be done. Absent: none. */
  milestones?: string[];
}
