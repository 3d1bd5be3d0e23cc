import type { TenantConfiguration } from './configuration.js';
import type { PilotPolicy, RolloutThresholds, TrainingCourse, TrainingPolicy } from './configuration.rollout.js';
import type { MemberRole } from './configuration.words.js';

/** The documents' own numbers (001, red flags by phase), for a tenant that states none. */
export const DEFAULT_THRESHOLDS: RolloutThresholds = {
  weekOneBps: 5_000,
  extendBps: 7_000,
  weekFourBps: 8_000,
  monthlyBps: 8_500,
  matureBps: 9_000,
};

/** How old the last test of a connection may be when enforcement is switched on, in days (choice; 004: current within 7 days). */
const TESTED_WITHIN_DAYS = 7;
/** A pilot's size, and what a rule picks by. */
export interface Pilot extends PilotPolicy {
  least: number;
  most: number;
}

/** A pilot's size (document 001). */
const PILOT: Pilot = { least: 5, most: 10 };
/** First handoffs of an uncertified rep that need a buddy (document 001). */
const BUDDY_HANDOFFS = 5;

type WithRollout = Pick<TenantConfiguration, 'rollout'>;

/** The completion rates by phase that hold for a tenant, in basis points. */
export function rolloutThresholds({ rollout }: WithRollout): RolloutThresholds {
  return { ...DEFAULT_THRESHOLDS, ...rollout?.thresholds };
}

/** The pilot that holds for a tenant. */
export function pilotPolicy({ rollout }: WithRollout): Pilot {
  return { ...PILOT, ...rollout?.pilot };
}

/** Within how many days a connection is to have been tested. */
export function testedWithinDays({ rollout }: WithRollout): number {
  return rollout?.testedWithinDays ?? TESTED_WITHIN_DAYS;
}

/** How many first handoffs of an uncertified rep need a buddy. */
export function buddyHandoffs({ buddyHandoffs: stated }: TrainingPolicy): number {
  return stated ?? BUDDY_HANDOFFS;
}

/** The courses that somebody with these roles takes. */
export function coursesFor({ courses }: TrainingPolicy, roles: readonly string[]): TrainingCourse[] {
  return courses.filter((course) => course.roles.some((role) => roles.includes(role)));
}

/** Whether somebody with these roles is to be certified. */
export function needsCertification({ certify }: TrainingPolicy, roles: readonly string[]): boolean {
  return certify.some((role: MemberRole) => roles.includes(role));
}
