import type { AgendaSegment, MeetingCheckItem, MeetingTierPolicy } from './configuration.meeting.js';
import type { TenantConfiguration } from './configuration.js';
import type { Tier } from './configuration.words.js';
import {
  AGENDA_LEAD_HOURS,
  CONFIRM_HOURS,
  DEFAULT_CHECKLIST,
  DEFAULT_SEGMENTS,
  HOLD_FROM_PERCENT,
  TIER_DEFAULTS,
} from './meeting.defaults.js';

/** All that holds for the handoff meeting of one tier, the defaults filled in. */
export interface MeetingPlan extends Required<MeetingTierPolicy> {
  readonly holdFromPercent: number;
  readonly confirmHours: number;
  readonly agendaLeadHours: number;
  readonly segments: readonly AgendaSegment[];
  readonly checklist: readonly MeetingCheckItem[];
}

/** What holds for the handoff meeting of a tier (document 004, as the tenant has changed it). */
export function meetingPlan(
  { meetingPolicy = {} }: Pick<TenantConfiguration, 'meetingPolicy'>,
  tier: Tier,
): MeetingPlan {
  const {
    byTier,
    holdFromPercent = HOLD_FROM_PERCENT,
    confirmHours = CONFIRM_HOURS,
    agendaLeadHours = AGENDA_LEAD_HOURS,
    segments = DEFAULT_SEGMENTS,
    checklist = DEFAULT_CHECKLIST,
  } = meetingPolicy;
  const own = tierPolicy(tier, byTier?.[tier]);
  return { ...own, holdFromPercent, confirmHours, agendaLeadHours, segments, checklist };
}

/**
 * A tier's policy over its default. A part that the tenant puts into one list leaves the others' defaults: a
 * project lead who is now required is recommended no more.
 */
export function tierPolicy(tier: Tier, own: MeetingTierPolicy = {}): Required<MeetingTierPolicy> {
  const defaults = TIER_DEFAULTS[tier];
  const named = [own.required, own.recommended, own.optional].flatMap((parts) => parts ?? []);
  const left = (parts: MeetingTierPolicy['required'] = []) => parts.filter((part) => !named.includes(part));
  return {
    ...defaults,
    ...own,
    required: own.required ?? left(defaults.required),
    recommended: own.recommended ?? left(defaults.recommended),
    optional: own.optional ?? left(defaults.optional),
  };
}

/** How many minutes the segments of an agenda take together. */
export const agendaMinutes = (segments: readonly Pick<AgendaSegment, 'minutes'>[]): number =>
  segments.reduce((sum, { minutes }) => sum + minutes, 0);
