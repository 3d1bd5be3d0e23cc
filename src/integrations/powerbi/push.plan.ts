import type { Gateway } from '../../core/gateway.js';
import type { FieldClass } from '../../core/graphql/rights.js';
import { newId } from '../../core/id.js';
import { enqueue } from '../../core/outbox/message.js';
import { insert, mapQuery, selectFirst, type Statement, update } from '../../core/statement.js';
import { ADD_ROWS, addRows, makeDataset, REPLACE_TABLE, replaceTable } from './powerbi.messages.js';
import { BatchForm, BatchState, PowerBiBatch, PowerBiPush } from './powerbi.entity.js';
import { grantedClasses, modelState, type PowerBiConnection } from './powerbi.queries.js';
import { definitionDigest, pushDefinition, pushTables, rowsPerPost } from './push.model.js';
import {
  type AddedTable,
  type ChangedRow,
  changedRows,
  goneRows,
  handRows,
  openBatches,
  type Scan,
  sentRows,
} from './push.queries.js';
import { nextStep } from './push.rules.js';

/** Rows that one statement looks at. */
const PART = 20_000;
/** Batches of one table that one round plans; the next round goes on. */
const MOST_BATCHES = 40;

/** The name of a connection's dataset: its own among everything in the workspace. */
export const datasetName = (integrationId: string): string => `Countersign ${integrationId}`;

/** Every effect that has to do with pushing. */
export const PUSH_KINDS: readonly string[] = [ADD_ROWS, REPLACE_TABLE];

/** What one connection's pushes need next, asked of the outbox; how many effects that was. */
export async function planPushes(
  gateway: Gateway,
  tenantId: string,
  connection: PowerBiConnection,
  now: Date,
): Promise<number> {
  const { id: integrationId, settings } = connection;
  if (!settings.pushes || settings.profileId !== null) return 0;
  const { sees, state, push, open } = await gateway.read(tenantId, {
    sees: grantedClasses(integrationId, settings.workspaceId),
    state: modelState(),
    push: selectFirst(PowerBiPush, { integrationId }),
    open: openBatches(integrationId, PUSH_KINDS),
  });
  const { sent } = await gateway.read(tenantId, { sent: sentRows(integrationId, push?.generation ?? 0, now) });
  const wanted = definitionDigest(settings.workspaceId, pushDefinition(datasetName(integrationId), sees));
  const step = nextStep({ push, wanted, open, modelState: state, largest: sent.largest, now });
  if (step.kind === 'MAKE') return make(gateway, tenantId, { integrationId, push, wanted, now });
  if (step.kind === 'NOTHING' || !push) return 0;
  return look(gateway, tenantId, { integrationId, push, sees, state, now });
}

async function make(
  gateway: Gateway,
  tenantId: string,
  { integrationId, push, wanted, now }: { integrationId: string; push: PowerBiPush | null; wanted: string; now: Date },
): Promise<number> {
  const generation = (push?.generation ?? 0) + 1;
  const asked = { askedDigest: wanted, schemaDigest: null, generation, modelState: null, hasMore: false };
  const none = { datasetId: null, workspaceId: null, batchSeq: 0, plannedAt: null };
  return gateway.transaction(tenantId, async (tx) => {
    const { seen } = await tx.flush({ seen: selectFirst(PowerBiPush, { integrationId }, { lock: 'UPDATE' }) });
    if ((seen?.generation ?? 0) !== (push?.generation ?? 0)) return 0;
    await tx.commit([
      seen
        ? update(PowerBiPush, { integrationId }, asked)
        : insert(PowerBiPush, { id: newId(), integrationId, ...none, ...asked }),
      ...enqueue([makeDataset(integrationId, generation, wanted)], now, newId),
    ]);
    return 1;
  });
}

interface Round {
  readonly integrationId: string;
  readonly push: PowerBiPush;
  readonly sees: ReadonlySet<FieldClass>;
  readonly state: string | null;
  readonly now: Date;
}

/** Reads what has changed without a lock, and hands it to batches under the lock of the push, once. */
async function look(gateway: Gateway, tenantId: string, round: Round): Promise<number> {
  const tables = pushTables(round.sees);
  const found: { table: AddedTable; rows: readonly ChangedRow[]; isAll: boolean }[] = [];
  for (const table of tables.filter(isAdded))
    found.push({ table, ...(await changesOf(gateway, tenantId, table, round)) });
  const { integrationId, push, state, now } = round;
  const plan = new BatchPlan(round);
  for (const { table, rows } of found)
    for (let from = 0; from < rows.length; from += rowsPerPost(table))
      plan.add(table.name, rows.slice(from, from + rowsPerPost(table)));
  // The small tables follow what is added, and go out with every round.
  for (const { name } of tables.filter(({ isWhole }) => isWhole)) plan.replace(name);
  return gateway.transaction(tenantId, async (tx) => {
    const { seen } = await tx.flush({
      seen: mapQuery(selectFirst(PowerBiPush, { integrationId }, { lock: 'UPDATE' }), (one) => one!),
    });
    // Another worker has planned meanwhile.
    if (seen.batchSeq !== push.batchSeq || seen.generation !== push.generation) return 0;
    const hasMore = found.some(({ isAll }) => !isAll);
    await tx.commit([
      ...plan.writes,
      ...enqueue(plan.messages, now, newId),
      update(PowerBiPush, { integrationId }, { batchSeq: plan.seq, modelState: state, hasMore, plannedAt: now }),
    ]);
    return plan.messages.length;
  });
}

const isAdded = (table: { isWhole: boolean; dataset: unknown }): table is AddedTable =>
  !table.isWhole && table.dataset !== null;

async function changesOf(
  gateway: Gateway,
  tenantId: string,
  table: AddedTable,
  round: Round,
): Promise<{ rows: readonly ChangedRow[]; isAll: boolean }> {
  const most = MOST_BATCHES * rowsPerPost(table);
  const rows: ChangedRow[] = [];
  let isAll = true;
  for (const scan of [changedRows, goneRows]) {
    let after: string | null = null;
    do {
      const { part }: { part: Scan } = await gateway.read(tenantId, { part: scan(table, round, after, PART) });
      rows.push(...part.changed);
      after = part.last;
    } while (after !== null && rows.length < most);
    isAll &&= after === null;
  }
  return { rows: rows.slice(0, most), isAll: isAll && rows.length <= most };
}

/** Batches of a round with their numbers. */
class BatchPlan {
  readonly writes: Statement[] = [];
  readonly messages: ReturnType<typeof addRows>[] = [];
  seq: number;

  constructor(private readonly round: Round) {
    this.seq = round.push.batchSeq;
  }

  add(tableName: string, rows: readonly ChangedRow[]): void {
    const { integrationId } = this.round;
    const id = this.batch(tableName, BatchForm.ROWS, rows.length);
    this.writes.push(handRows(integrationId, tableName, id, rows));
    this.messages.push(addRows(integrationId, id));
  }

  replace(tableName: string): void {
    this.messages.push(replaceTable(this.round.integrationId, this.batch(tableName, BatchForm.WHOLE, 0)));
  }

  private batch(tableName: string, form: BatchForm, rowCount: number): string {
    const { integrationId, push, now } = this.round;
    const id = newId();
    this.seq += 1;
    const rest = {
      seq: this.seq,
      generation: push.generation,
      state: BatchState.PLANNED,
      plannedAt: now,
      sentAt: null,
    };
    this.writes.push(insert(PowerBiBatch, { id, integrationId, tableName, form, rowCount, ...rest }));
    return id;
  }
}
