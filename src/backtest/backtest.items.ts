import type { RuledConfiguration } from '../catalogue/configuration.js';
import { demandOf } from '../checklist/checklist.effects.js';
import { type Finding, finding } from '../core/finding.js';
import type { ImportedDeal } from '../deal/halopsa-deal.rules.js';
import type { Tier } from '../handoff/handoff.entity.js';
import { type BacktestItem, ProofGap } from './backtest.entity.js';

/** What an export has to prove items with. */
export interface ProofGround {
  readonly deal: Pick<ImportedDeal, 'scope' | 'signatureDigest' | 'approvedAt' | 'purchaseOrder'>;
  /** Whether every part of the margin is known and at its floor. */
  readonly meetsFloor: boolean;
}

type Needs = (ground: ProofGround) => readonly [ProofGap, unknown][];

/**
 * The items that HaloPSA can prove at all. A signature proves what stands above it, so the scope needs both; the contract is
 * executed when it is signed and approved at a time. Everything else that a checklist asks for has no place in HaloPSA.
 */
const PROOFS: Readonly<Record<string, Needs>> = {
  SIGNED_SCOPE: ({ deal }) => [
    [ProofGap.SCOPE_TEXT, deal.scope],
    [ProofGap.SIGNATURE, deal.signatureDigest],
  ],
  EXECUTED_CONTRACT: ({ deal }) => [
    [ProofGap.SIGNATURE, deal.signatureDigest],
    [ProofGap.APPROVAL_TIME, deal.approvedAt],
  ],
  PAYMENT_OR_PO: ({ deal }) => [[ProofGap.PURCHASE_ORDER, deal.purchaseOrder]],
  MARGIN_FLOOR: ({ meetsFloor }) => [[ProofGap.MARGIN_AT_FLOOR, meetsFloor || null]],
};

/** What of an item is missing in an export; empty when it is proven. */
export function gapsOf(code: string, ground: ProofGround): ProofGap[] {
  const needs = Object.hasOwn(PROOFS, code) ? PROOFS[code]!(ground) : null;
  if (needs === null) return [ProofGap.NOT_IN_EXPORT];
  return needs.filter(([, said]) => said === null).map(([gap]) => gap);
}

/** The checklist that the deal would have had, each item judged by its export. */
export function judgeItems(
  { checklistTemplates }: Pick<RuledConfiguration, 'checklistTemplates'>,
  { template, tier }: { readonly template: string; readonly tier: Tier },
  ground: ProofGround,
): BacktestItem[] {
  const items = checklistTemplates[template]?.items ?? [];
  return items.map((item) => {
    const { code, label, required, weight } = demandOf(item, tier);
    const lacks = gapsOf(code, ground);
    return { code, label, required, weight, proven: lacks.length === 0, lacks };
  });
}

/** A finding for each required item that the export does not prove. */
export const itemFindings = (items: readonly BacktestItem[]): Finding[] =>
  items
    .filter(({ required, proven }) => required && !proven)
    .map(({ code, label, lacks }) =>
      finding({
        code: 'NOT_PROVEN_BY_EXPORT',
        path: `checklist.${code}`,
        message: `${label}: the export does not prove it.`,
        facts: { item: code, lacks: [...lacks] },
        remedy: 'Nothing is to be done about a deal of the past; deals to come prove it before the close.',
      }),
    );
