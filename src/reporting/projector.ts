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

/** Raised with every change of what the projection or the dimensions make of the same records: every tenant is then rebuilt by itself. */
export const MODEL_VERSION = 3;

/** Handoffs that are projected at a time: few enough that neither this process nor the database waits long for the other. */
export const CHUNK = 50;

/**
 * Writes the facts of handoffs anew, from the records as they are now, chunk by chunk, each in a number of statements that
 * does not depend on how many they are. While the rows of one chunk are computed, the database writes those of the one
 * before and reads the records of the one after. The caller holds the lock of the tenant's progress and commits.
 */
export async function projectHandoffs(tx: Transaction, handoffIds: readonly string[]): Promise<void> {
  const read = (from: number): { ids: readonly string[]; found: Promise<Found> } => {
    const ids = handoffIds.slice(from, from + CHUNK);
    return { ids, found: heldBack(tx.flush(everythingOf(ids))) };
  };
  let written: Promise<void> = Promise.resolve();
  let next = handoffIds.length > 0 ? read(0) : null;
  for (let from = CHUNK; next; from += CHUNK) {
    const { ids, found } = next;
    const grounds = groundsFrom(await found);
    next = from < handoffIds.length ? read(from) : null;
    const statements = factsOf(ids, grounds);
    await written;
    written = heldBack(send(tx, statements));
  }
  await written;
}

/** The same promise, which is awaited later: should it fail before that, nobody has left it unhandled. */
function heldBack<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** The statements that replace the facts of these handoffs. */
const factsOf = (handoffIds: readonly string[], grounds: readonly CaseGround[]): Statement[] => [
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
];

/** Sends statements in one flush, without the end of the transaction. */
export async function send(tx: Transaction, statements: readonly Statement[]): Promise<void> {
  const asQuery = ({ text, values }: Statement): Query<void> => sql(text, values, () => undefined);
  await tx.flush(Object.fromEntries(statements.map((statement, index) => [`s${index}`, asQuery(statement)])));
}

const everythingOf = (handoffIds: readonly string[]) => ({
  ...projectionGround(handoffIds),
  caseFacts: caseFacts(handoffIds),
});

type Found = Answers<ReturnType<typeof everythingOf>>;

function groundsFrom(found: Found): CaseGround[] {
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
