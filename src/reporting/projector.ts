import type { Transaction } from '../core/gateway.js';
import { type Answers, type Query, type Statement, sql } from '../core/statement.js';
import { caseFacts } from './case.queries.js';
import type { CaseGround } from './case.types.js';
import { casesOf } from './cases.js';
import { BUDGETS, COMMITMENTS, FACTS, HANDOFFS, QUALITY_SCORES, SLA_EVENTS } from './datasets.facts.js';
import { KPI_CASES } from './datasets.kpi-cases.js';
import { copiedFacts } from './projection.copied.js';
import { insertRows } from './projection.insert.js';
import { projectionGround } from './projection.queries.js';
import { budgetRows, commitmentRows, handoffRow, scoreRows, slaRows } from './projection.rows.js';

/** Raised with every change of what the projection makes of the same records: every tenant is then rebuilt by itself. */
export const MODEL_VERSION = 1;

/** Handoffs that are projected at a time: few enough that the transaction does not idle long while they are computed. */
export const CHUNK = 50;

/**
 * Writes the facts of handoffs anew, from the records as they are now: at most CHUNK of them, in a number of statements
 * that does not depend on how many they are. The caller holds the lock of the tenant's progress and commits.
 */
export async function projectHandoffs(tx: Transaction, handoffIds: readonly string[]): Promise<void> {
  if (handoffIds.length === 0) return;
  const found = await tx.flush(everythingOf(handoffIds));
  const grounds = groundsFrom(found);
  await send(tx, [
    ...FACTS.map(({ relation }) => ({
      text: `delete from ${relation} where tenant_id = $1 and ${relation === HANDOFFS.relation ? 'id' : 'handoff_id'} = any($2)`,
      values: [handoffIds],
    })),
    insertRows(HANDOFFS.relation, HANDOFFS.columns, grounds.map(handoffRow)),
    ...copiedFacts(handoffIds),
    insertRows(BUDGETS.relation, BUDGETS.columns, grounds.flatMap(budgetRows)),
    insertRows(SLA_EVENTS.relation, SLA_EVENTS.columns, grounds.flatMap(slaRows)),
    insertRows(QUALITY_SCORES.relation, QUALITY_SCORES.columns, grounds.flatMap(scoreRows)),
    insertRows(COMMITMENTS.relation, COMMITMENTS.columns, grounds.flatMap(commitmentRows)),
    insertRows(KPI_CASES.relation, KPI_CASES.columns, grounds.flatMap(casesOf)),
  ]);
}

/** Sends statements in one flush, without the end of the transaction. */
export async function send(tx: Transaction, statements: readonly Statement[]): Promise<void> {
  const asQuery = ({ text, values }: Statement): Query<void> => sql(text, values, () => undefined);
  await tx.flush(Object.fromEntries(statements.map((statement, index) => [`s${index}`, asQuery(statement)])));
}

const everythingOf = (handoffIds: readonly string[]) => ({
  ...projectionGround(handoffIds),
  caseFacts: caseFacts(handoffIds),
});

function groundsFrom(found: Answers<ReturnType<typeof everythingOf>>): CaseGround[] {
  const items = byHandoff(found.items);
  const evidence = byHandoff(found.evidence);
  const scores = byHandoff(found.scores);
  const budgets = byHandoff(found.budgets);
  const actuals = byHandoff(found.actuals);
  const commitments = byHandoff(found.commitments);
  return found.handoffs.map((handoff) => ({
    handoff,
    deadlines: found.deadlines.get(handoff.id)!,
    items: items.get(handoff.id) ?? [],
    evidence: evidence.get(handoff.id) ?? [],
    scores: scores.get(handoff.id) ?? [],
    budgets: budgets.get(handoff.id) ?? [],
    actuals: actuals.get(handoff.id)?.[0] ?? null,
    commitments: commitments.get(handoff.id) ?? [],
    caseFacts: found.caseFacts.get(handoff.id)!,
  }));
}

/** Rows by their handoff, in the order given. */
function byHandoff<T extends { readonly handoffId: string }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.handoffId);
    if (group) group.push(row);
    else groups.set(row.handoffId, [row]);
  }
  return groups;
}
