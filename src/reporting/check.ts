import type { Gateway, Transaction } from '../core/gateway.js';
import { type Query, sql } from '../core/statement.js';
import { dimensionMarks } from './dimension.queries.js';
import { projectDimensions } from './dimensions.js';
import { FACTS, HANDOFFS } from './datasets.facts.js';
import { CHUNK, MODEL_VERSION, projectHandoffs } from './projector.js';
import { handoffsOf } from './touched.queries.js';
import { handoffsAfter, lockedProgress, namedLater, type Progress, reportingProgress } from './watermark.queries.js';

/** A row that is not what a projection of the records as they are makes of it. */
export interface Difference {
  readonly table: string;
  /** The key of the row. */
  readonly key: string;
  /** MISSING: it is not there; SURPLUS: it should not be; CHANGED: columns of it say something else. */
  readonly kind: 'MISSING' | 'SURPLUS' | 'CHANGED';
  readonly columns: readonly string[];
}

/** What a check found. */
export interface CheckResult {
  /** False before the first projection and during a rebuild: then there is nothing to compare. */
  readonly isBuilt: boolean;
  /** Handoffs that were compared. */
  readonly handoffs: number;
  /** Handoffs that were left out, because something new of them is still to be projected. */
  readonly waiting: number;
  readonly differences: readonly Difference[];
}

type Snapshot = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const DIMENSIONS: readonly { readonly table: string; readonly key: string }[] = [
  { table: 'dim_date', key: 't.day::text' },
  { table: 'dim_word', key: "t.kind || '/' || t.key" },
  { table: 'dim_kpi', key: 't.key' },
];

/**
 * Projects every handoff of a tenant for comparison alone, chunk by chunk in transactions that are rolled back, and
 * answers every row that differs from what is stored. Workers wait meanwhile, a chunk each; readers do not.
 */
export async function checkReporting(gateway: Gateway, tenantId: string): Promise<CheckResult> {
  const { progress } = await gateway.read(tenantId, { progress: reportingProgress() });
  if (!progress || !isBuilt(progress)) return UNBUILT;
  const differences: Difference[] = [];
  let [handoffs, waiting] = [0, 0];
  for (let after: string | null = null; ;) {
    const chunk = await underLock(gateway, tenantId, (tx, locked) => compareChunk(tx, locked, after));
    if (!chunk) return UNBUILT;
    differences.push(...chunk.differences);
    handoffs += chunk.compared;
    waiting += chunk.ids.length - chunk.compared;
    after = chunk.ids.at(-1) ?? null;
    if (chunk.ids.length < CHUNK) break;
  }
  differences.push(...(await underLock(gateway, tenantId, (tx) => compareDimensions(tx, tenantId))));
  return { isBuilt: true, handoffs, waiting, differences };
}

const UNBUILT: CheckResult = { isBuilt: false, handoffs: 0, waiting: 0, differences: [] };

const isBuilt = ({ rebuiltTo, modelVersion }: Progress): boolean =>
  rebuiltTo === null && modelVersion === MODEL_VERSION;

/** Does the work in a transaction that is rolled back, as soon as nobody else projects the tenant. */
async function underLock<T>(
  gateway: Gateway,
  tenantId: string,
  work: (tx: Transaction, progress: Progress) => Promise<T>,
): Promise<T> {
  for (;;) {
    const answer = await gateway.transaction(tenantId, async (tx) => {
      const { progress } = await tx.flush({ progress: lockedProgress() });
      return progress && { found: await work(tx, progress) };
    });
    if (answer) return answer.found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Chunk {
  readonly ids: readonly string[];
  readonly compared: number;
  readonly differences: readonly Difference[];
}

async function compareChunk(tx: Transaction, progress: Progress, after: string | null): Promise<Chunk | null> {
  if (!isBuilt(progress)) return null;
  const { ids, named } = await tx.flush({ ids: handoffsAfter(after, CHUNK), named: namedLater(progress.projectedSeq) });
  const { later } = await tx.flush({ later: handoffsOf(named) });
  const compared = ids.filter((id) => !later.includes(id));
  const stored = await tx.flush(factsOf(compared));
  await projectHandoffs(tx, compared);
  const projected = await tx.flush(factsOf(compared));
  const differences = FACTS.flatMap(({ relation }) => differencesOf(relation, stored[relation]!, projected[relation]!));
  return { ids, compared: compared.length, differences };
}

async function compareDimensions(tx: Transaction, tenantId: string): Promise<Difference[]> {
  const { marks } = await tx.flush({ marks: dimensionMarks() });
  if (marks.rulingId === null) return [];
  const queries = Object.fromEntries(DIMENSIONS.map(({ table, key }) => [table, rowsOf(table, key, 'true', [])]));
  const stored = await tx.flush(queries);
  await projectDimensions(tx, tenantId, marks);
  const projected = await tx.flush(queries);
  return DIMENSIONS.flatMap(({ table }) => differencesOf(table, stored[table]!, projected[table]!));
}

const factsOf = (handoffIds: readonly string[]): Record<string, Query<Snapshot>> =>
  Object.fromEntries(
    FACTS.map(({ relation }) => {
      const of = relation === HANDOFFS.relation ? 'id' : 'handoff_id';
      return [relation, rowsOf(relation, 't.id::text', `t.${of} = any($2)`, [handoffIds])];
    }),
  );

/** Rows of a table by key, every column as JSON says it. */
const rowsOf = (table: string, key: string, condition: string, values: readonly unknown[]): Query<Snapshot> =>
  sql(
    `select ${key} as key, to_json(t) as row from ${table} t where t.tenant_id = $1 and ${condition}`,
    values,
    (rows) => new Map(rows.map((row) => [row.key as string, row.row as Record<string, unknown>])),
  );

/** Every row in which two snapshots of a table differ. */
function differencesOf(table: string, stored: Snapshot, projected: Snapshot): Difference[] {
  const surplus = [...stored.keys()].filter((key) => !projected.has(key));
  return [
    ...surplus.map((key) => ({ table, key, kind: 'SURPLUS' as const, columns: [] })),
    ...[...projected].flatMap(([key, row]): Difference[] => {
      const known = stored.get(key);
      if (!known) return [{ table, key, kind: 'MISSING', columns: [] }];
      const columns = Object.keys(row).filter((column) => row[column] !== known[column]);
      return columns.length === 0 ? [] : [{ table, key, kind: 'CHANGED', columns }];
    }),
  ];
}
