import { type ChecklistItem, ItemState } from './checklist.entity.js';
import type { CompletenessWeights } from './completeness.entity.js';
import { type Evidence, EvidenceState } from './evidence.entity.js';

/** What completeness as of an instant asks of an item. */
export type WeighedItem = Pick<ChecklistItem, 'id' | 'required' | 'weight' | 'state' | 'naAcceptedAt' | 'reopenedAt'>;

/** What completeness as of an instant asks of a piece of evidence. */
export type WeighedEvidence = Pick<
  Evidence,
  'itemId' | 'sequence' | 'state' | 'submittedAt' | 'verifiedAt' | 'invalidAt'
>;

/**
 * What was proven by an instant, by the weights of what applied by then. Age does not count: what was proven at the win
 * was proven (docs/decisions/0044).
 */
export function completenessAt(
  items: readonly WeighedItem[],
  evidence: readonly WeighedEvidence[],
  at: Date,
): CompletenessWeights {
  const applicable = items.filter((item) => item.required && !isNotApplicableAt(item, at));
  const proven = applicable.filter((item) =>
    isProvenAt(
      item,
      evidence.filter(({ itemId }) => itemId === item.id),
      at,
    ),
  );
  return { provenWeight: weightOf(proven), applicableWeight: weightOf(applicable) };
}

const weightOf = (items: readonly WeighedItem[]): number => items.reduce((sum, { weight }) => sum + weight, 0);

const isNotApplicableAt = ({ state, naAcceptedAt }: WeighedItem, at: Date): boolean =>
  state === ItemState.NOT_APPLICABLE && naAcceptedAt !== null && naAcceptedAt <= at;

/** The latest evidence that was given by then had been verified by then, and neither lost nor reopened by then. */
function isProvenAt({ reopenedAt }: WeighedItem, evidence: readonly WeighedEvidence[], at: Date): boolean {
  const latest = evidence
    .filter(({ submittedAt }) => submittedAt <= at)
    .toSorted((a, b) => a.sequence - b.sequence)
    .at(-1);
  if (latest === undefined || latest.state !== EvidenceState.VERIFIED) return false;
  const { submittedAt, verifiedAt, invalidAt } = latest;
  const isReopened = reopenedAt !== null && reopenedAt > submittedAt && reopenedAt <= at;
  return verifiedAt !== null && verifiedAt <= at && (invalidAt === null || invalidAt > at) && !isReopened;
}
