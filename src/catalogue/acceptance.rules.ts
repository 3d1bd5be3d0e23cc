import type { AcceptancePolicy } from './configuration.acceptance.js';
import type { TenantConfiguration } from './configuration.js';

/** The numbers of documents 003 and 004 where they give one; else a choice (docs/decisions/0039). */
export const DEFAULT_ACCEPTANCE: Required<AcceptancePolicy> = {
  climbFromReturn: 2,
  coaching: { count: 3, withinDays: 30 },
  processReview: { count: 2, withinDays: 90 },
  feedbackAfterDays: 14,
  feedbackWithin: { amount: 3, unit: 'BUSINESS_DAYS' },
};

/** The acceptance policy as a tenant has set it. */
export const acceptancePolicy = ({
  acceptance,
}: Pick<TenantConfiguration, 'acceptance'>): Required<AcceptancePolicy> => ({
  ...DEFAULT_ACCEPTANCE,
  ...acceptance,
});
