import { digestOf, type JsonValue, sha256Hex } from '../core/canonical.js';
import type { ChangedLine } from './budget-lines.rules.js';
import type { TracedCause } from './cause.rules.js';

/** The approval request's kind for a change of the baseline after the sign-off. */
export const REBASELINE = 'REBASELINE';

/** The engine's subject of a scope change; its content is asked about once and never changes. */
export const scopeChangeSubject = (id: string): { readonly type: 'ScopeChange'; readonly id: string } => ({
  type: 'ScopeChange',
  id,
});

/** Everything that an approver agrees to. */
export interface ScopeChangeContent extends TracedCause {
  readonly id: string;
  readonly handoffId: string;
  /** The version that is changed; its number is the revision that the approval is bound to. */
  readonly baseline: { readonly id: string; readonly version: number; readonly contentDigest: string };
  readonly currency: string;
  readonly description: string;
  readonly lines: readonly ChangedLine[];
  readonly dateEffectDays: number;
  readonly evidenceUrl: string | null;
}

/**
 * What is asked for, as it is voted on and hashed; independent of the order in which lines were given. The description is
 * in it by its own hash, so that nothing of its words stays once they are erased.
 */
export function votedContent({ description, lines, baseline, ...content }: ScopeChangeContent): JsonValue {
  const { id, handoffId, currency, dateEffectDays, evidenceUrl, cause, causeItemType, causeItemId } = content;
  return {
    id,
    handoffId,
    baseline: { id: baseline.id, version: baseline.version, contentDigest: baseline.contentDigest },
    currency,
    description: sha256Hex(description),
    cause: { kind: cause, itemType: causeItemType, itemId: causeItemId },
    dateEffectDays,
    evidenceUrl,
    lines: lines
      .toSorted((a, b) => a.position - b.position)
      .map(({ position, budgetType, label, hours, costMinor, priceMinor, ...former }) => ({
        position,
        budgetType,
        label,
        hours,
        costMinor: costMinor.toString(),
        priceMinor: priceMinor.toString(),
        formerHours: former.formerHours,
        formerCostMinor: former.formerCostMinor?.toString() ?? null,
        formerPriceMinor: former.formerPriceMinor?.toString() ?? null,
      })),
  };
}

/** SHA-256 over what is asked for (RFC 8785). */
export const contentDigest = (content: ScopeChangeContent): string => digestOf(votedContent(content));
