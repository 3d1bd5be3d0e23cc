import type { Moment } from '../core/command.js';
import type { SourceReference } from '../core/source.js';
import { insert, insertAll, type Statement } from '../core/statement.js';
import { type BaselineReason, BudgetBaseline, BudgetBaselineLine } from './baseline.entity.js';
import { budgetDigest, plannedLine, type PlannedBudgetLine } from './budget.rules.js';

/** What a version of the baseline stands on. */
export interface BaselineFacts {
  readonly projectId: string;
  readonly handoffId: string;
  readonly dealSnapshotId: string;
  /** Of the governed terms (Handoff.termsDigest). */
  readonly termsDigest: string;
  readonly termsRevision: number;
  readonly currency: string;
  readonly lines: readonly PlannedBudgetLine[];
  readonly planDigest: string;
  readonly sources: readonly SourceReference[];
  readonly reason: BaselineReason;
}

/** A new version with its lines, and the statements that add them. */
export interface BaselineEffects {
  readonly baseline: Omit<BudgetBaseline, 'tenantId'>;
  readonly lines: readonly Omit<BudgetBaselineLine, 'tenantId'>[];
  readonly statements: readonly Statement[];
}

/**
 * Whether the current baseline no longer says what is planned: other lines, another plan, other terms, or terms that
 * were changed and changed back (their revision is higher), on which nobody has signed yet.
 */
export function isSuperseded(current: BudgetBaseline, facts: BaselineFacts): boolean {
  return (
    current.termsRevision !== facts.termsRevision ||
    current.termsDigest !== facts.termsDigest ||
    current.planDigest !== facts.planDigest ||
    current.contentDigest !== budgetDigest(facts.currency, facts.lines)
  );
}

/** The kind of source that names the approved scope change behind a version. */
export const SCOPE_CHANGE_SOURCE = 'SCOPE_CHANGE';

/**
 * What a plan that is made anew budgets, with what approved scope changes made of it: on the terms that they were approved
 * for their lines stay, and the version goes on naming them. Other terms are another sale, and are budgeted as sold.
 */
export function keptChanges(
  {
    baseline,
    baselineLines,
  }: { readonly baseline: BudgetBaseline; readonly baselineLines: readonly BudgetBaselineLine[] },
  facts: BaselineFacts,
): BaselineFacts {
  const changes = baseline.sources.filter(({ type }) => type === SCOPE_CHANGE_SOURCE);
  const isSameSale = baseline.termsRevision === facts.termsRevision && baseline.termsDigest === facts.termsDigest;
  if (changes.length === 0 || !isSameSale) return facts;
  return { ...facts, lines: baselineLines.map(plannedLine), sources: [...facts.sources, ...changes] };
}

/** The next version of a handoff's baseline; `current` is the highest one, null for the first. */
export function nextBaseline(current: BudgetBaseline | null, facts: BaselineFacts, moment: Moment): BaselineEffects {
  const { lines: planned, sources, ...same } = facts;
  const baseline: Omit<BudgetBaseline, 'tenantId'> = {
    id: moment.newId(),
    ...same,
    sources: [...sources],
    version: (current?.version ?? 0) + 1,
    contentDigest: budgetDigest(facts.currency, planned),
    supersedesId: current?.id ?? null,
    createdAt: moment.now,
    createdBy: moment.actor.id,
  };
  const lines = planned.map((line) => ({ id: moment.newId(), baselineId: baseline.id, ...line }));
  return { baseline, lines, statements: [insert(BudgetBaseline, baseline), ...insertAll(BudgetBaselineLine, lines)] };
}
