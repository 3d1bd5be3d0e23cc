import type { TenantConfiguration } from './configuration.js';
import type { RedFlagThresholds, WeeklyReviewSetting } from './configuration.quality.js';
import { escalationLadder } from './selection.rules.js';

/** The kinds of quality review (requirements section 6 "Review cadence": separate jobs, the weekly one is obligatory). */
export const REVIEW_KINDS = ['WEEKLY', 'MONTHLY', 'QUARTERLY'] as const;
/** A kind of quality review. */
export type ReviewKindWord = (typeof REVIEW_KINDS)[number];

/** The documents' own numbers (001), for a tenant that states none. */
export const DEFAULT_RED_FLAGS: RedFlagThresholds = {
  firstTouchHours: 48,
  firstTouchInARow: 3,
  escalatedBps: 2_000,
  openExceptions: 3,
};

const SETTING = { WEEKLY: 'weekly', MONTHLY: 'monthly', QUARTERLY: 'quarterly' } as const;
const HELD_WITHIN = { WEEKLY: 3, MONTHLY: 10, QUARTERLY: 10 } as const;

type WithQuality = Pick<TenantConfiguration, 'quality'>;

/** When and by whom a kind of review is held, with its defaults; people by key, in the order in which they are asked. */
export interface ChosenReview extends Required<
  Pick<WeeklyReviewSetting, 'weekday' | 'hour' | 'heldWithinBusinessDays'>
> {
  /** Who holds it: the first of them who is active. */
  readonly owners: readonly string[];
  /** Who may hold it instead, when they do not own it: the first of them who is active. */
  readonly deputies: readonly string[];
}

/** The review of a kind as a tenant has set it. */
export function reviewSetting(
  configuration: WithQuality & Pick<TenantConfiguration, 'escalationContacts'>,
  kind: ReviewKindWord,
): ChosenReview {
  const stated: WeeklyReviewSetting = configuration.quality?.reviews?.[SETTING[kind]] ?? {};
  const { owner, deputy, weekday = 'mon', hour = 8, heldWithinBusinessDays = HELD_WITHIN[kind] } = stated;
  const ladder = escalationLadder(configuration, 'SLA');
  const led = (first: string | undefined): string[] => [...(first === undefined ? [] : [first]), ...ladder];
  return { weekday, hour, heldWithinBusinessDays, owners: led(owner), deputies: led(deputy) };
}

/** Red-flag thresholds as a tenant has set them. */
export const redFlagThresholds = ({ quality }: WithQuality): RedFlagThresholds => ({
  ...DEFAULT_RED_FLAGS,
  ...quality?.redFlags,
});

/** Share of a rep's handoffs of a month that is spot-checked, and in how many business days (document 004: 10 %). */
export const spotCheckSetting = ({ quality }: WithQuality) => ({
  shareBps: quality?.spotCheckShareBps ?? 1_000,
  businessDays: quality?.spotCheckBusinessDays ?? 10,
});

/** Business days within which a substandard handoff is put right (choice). */
export const remediationDays = ({ quality }: WithQuality): number => quality?.remediationBusinessDays ?? 5;
