import type { DealType, MemberRole, Tier } from './configuration.words.js';

/** Phases of a rollout, in order (features row 40; document 001 "Pilot", "Hypercare"). */
export const ROLLOUT_PHASES = ['SHADOW', 'PILOT', 'NORMAL', 'COMPLETED'] as const;
/** Where a tenant's rollout stands. */
export type RolloutPhase = (typeof ROLLOUT_PHASES)[number];

/** How a tenant is brought from its old way of handing over to the enforced one. All of it is optional. */
export interface RolloutPolicy {
  /** Completion rates below which a phase raises a flag or goes on. */
  thresholds?: Partial<RolloutThresholds>;
  /** Which deals the pilot enforces. */
  pilot?: PilotPolicy;
  /** Days within which each connection was tested before enforcement is switched on. Absent: 7. */
  testedWithinDays?: number;
}

/** Completion rates by phase, in basis points (document 001, red flags; requirements section 6 "Completion floor"). */
export interface RolloutThresholds {
  /** Week 1 of hypercare: below it, something is wrong with the process. Document: 50 %. */
  weekOneBps: number;
  /** Week 4: below it, hypercare goes on for two more weeks. Document: 70 %. */
  extendBps: number;
  /** Week 4: what it is to be heading for, and what the sign-off at the end asks for. Document: 80 %. */
  weekFourBps: number;
  /** Month by month afterwards. Document: 85 %. */
  monthlyBps: number;
  /** What a mature process has after 60 to 90 days. Document: 90 %. */
  matureBps: number;
}

/** The pilot subset (document 001: 5 to 10 deals, enterprise and SMB mixed). */
export interface PilotPolicy {
  /** Fewest deals before it may end. Absent: 5. */
  least?: number;
  /** Most deals. Absent: 10. */
  most?: number;
  /** Only deals of these types are picked by rule. Absent: of every type. */
  dealTypes?: DealType[];
  /** Only handoffs of these tiers are picked by rule. Absent: of every tier. */
  tiers?: Tier[];
}

/** Training and certification (document 004 "certification before solo handoffs"; 001 "buddy"). */
export interface TrainingPolicy {
  /** What is taught. */
  courses: TrainingCourse[];
  /** Holders of these roles are certified before they hand over alone. */
  certify: MemberRole[];
  /** Days for which a certification holds. Absent: without end. */
  validDays?: number;
  /** How many first handoffs of an uncertified rep need a named buddy. Absent: 5. */
  buddyHandoffs?: number;
}

/** One course. */
export interface TrainingCourse {
  /** Key (slug). */
  key: string;
  /** Display name. */
  label: string;
  /** Holders of these roles take it. */
  roles: MemberRole[];
  /** How long it takes, in minutes (004: 120 each side; 001: 45 sales, 45 CS, 30 leadership). */
  minutes: number;
}
