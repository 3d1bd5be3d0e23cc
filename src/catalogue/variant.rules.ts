import type {
  CheckpointTemplate,
  HandoffVariants,
  PreClosePolicy,
  VariantCondition,
} from './configuration.variants.js';
import type { DealType, Tier } from './configuration.words.js';
import { DEAL_TYPES } from './configuration.words.js';

/** What a variant is chosen by. */
export interface VariantFacts {
  readonly tier: Tier;
  readonly dealType: DealType;
  readonly serviceTemplate: string;
}

interface Configured {
  readonly variants?: HandoffVariants | undefined;
}

/** Business days within which a conflict is decided, where the configuration does not say (choice). */
export const CONFLICT_DUE_BUSINESS_DAYS = 3;

/** The policy of pre-close handoffs with every default of document 004. */
export function preClosePolicy({ variants }: Configured): Required<PreClosePolicy> {
  return {
    tiers: ['HIGH_TOUCH'],
    dealTypes: [...DEAL_TYPES],
    opensDaysBefore: 7,
    leastDaysBefore: 5,
    fromProbabilityPercent: 90,
    ...variants?.preClose,
  };
}

/** How many business days a conflict may stand undecided. */
export function conflictDueDays({ variants }: Configured): number {
  return variants?.conflictDueBusinessDays ?? CONFLICT_DUE_BUSINESS_DAYS;
}

/** The checkpoints of a handoff with their place in the configuration: those of the first phases that match; often none. */
export function checkpointsFor(
  { variants }: Configured,
  facts: VariantFacts,
): readonly (CheckpointTemplate & { readonly path: string })[] {
  const index = phaseFor({ variants }, facts);
  return (variants?.phases?.[index]?.checkpoints ?? []).map((checkpoint) => ({
    ...checkpoint,
    path: `variants.phases[${index}].checkpoints[${checkpoint.key}]`,
  }));
}

/** The position of the first phases that match, from 0; -1 for none. */
export function phaseFor({ variants }: Configured, facts: VariantFacts): number {
  return (variants?.phases ?? []).findIndex(
    (phased) =>
      fits(phased, facts) &&
      (phased.serviceTemplates === undefined || phased.serviceTemplates.includes(facts.serviceTemplate)),
  );
}

/** Whether a handoff is of the tiers and deal types that something is for. */
export function fits(
  { tiers, dealTypes }: VariantCondition,
  { tier, dealType }: Omit<VariantFacts, 'serviceTemplate'>,
): boolean {
  return (tiers === undefined || tiers.includes(tier)) && (dealTypes === undefined || dealTypes.includes(dealType));
}
