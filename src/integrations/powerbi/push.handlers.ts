import { configurationOf, rulingConfiguration } from '../../catalogue/catalogue.queries.js';
import { localDay } from '../../core/local-day.js';
import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { EffectResult, EffectTools, SteppedHandler } from '../../core/outbox/handler.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { update } from '../../core/statement.js';
import { codeOf, type PowerBiRecord, recordIn } from './powerbi.client.js';
import { BatchState, PowerBiBatch } from './powerbi.entity.js';
import { type BatchContext, batchContext, datasetGone, type PowerBiWays, voided } from './push.context.js';
import { monthlyFigures } from './push.figures.js';
import { BATCH_ID, type PushTable, pushTables, rowsPerPost } from './push.model.js';
import {
  type AddedTable,
  type PushedRow,
  rowsOfBatch,
  sentRows,
  stamped,
  valuesOf,
  wholeRows,
} from './push.queries.js';
import { postBudget, waitForHourMs } from './push.rules.js';

const HOUR_MS = 3_600_000;

/** Adds the rows of a batch. A post whose answer was lost is looked for by its BatchId, and never sent blindly. */
export function addRowsHandler(ways: PowerBiWays): SteppedHandler {
  return {
    perform: async (effect, tools) => {
      const context = await batchContext(ways, effect, tools);
      if (!context) return voided(effect, 'VOID');
      const { sees, batch } = context;
      const table = tableOf(context) as AddedTable;
      const { rows } = await tools.read({ rows: rowsOfBatch(table, batch, sees) });
      if (rows.length > 0 && !(await post(context, rows, tools))) return datasetGone(effect);
      return wentOut(context, BatchState.SENT, rows.length, tools.now);
    },
    lookup: async (effect, tools) => {
      const context = await batchContext(ways, effect, tools);
      if (!context) return voided(effect, 'VOID');
      const found = await foundRows(context);
      if (found === 'GONE') return datasetGone(effect);
      return found > 0 ? wentOut(context, BatchState.FOUND, found, tools.now) : null;
    },
    adopt: async (effect, _receipt, tools) => {
      const context = await batchContext(ways, effect, tools);
      return context ? wentOut(context, BatchState.FOUND, context.batch.rowCount, tools.now) : voided(effect, 'VOID');
    },
  };
}

/**
 * Empties a small table and fills it. Whoever looks in between sees it empty: Power BI offers no exchange of a table, and a
 * row that came twice would be the worse.
 */
export function replaceTableHandler(ways: PowerBiWays) {
  return async (effect: OutboxEffect, tools: EffectTools): Promise<EffectResult> => {
    const context = await batchContext(ways, effect, tools);
    if (!context) return voided(effect, 'VOID');
    const { client } = context;
    const rows = await wholeTable(context, tools);
    const emptied = await client.call('DELETE', rowsPath(context), { accept: [404], isRepeatable: true });
    if (emptied.status === 404) return datasetGone(effect);
    const size = rowsPerPost(tableOf(context));
    for (let from = 0; from < rows.length; from += size)
      if (!(await post(context, rows.slice(from, from + size), tools))) return datasetGone(effect);
    return wentOut(context, BatchState.SENT, rows.length, tools.now);
  };
}

/** A table that the definition has; a batch of another one is void before this. */
const tableOf = ({ sees, batch }: BatchContext): PushTable =>
  pushTables(sees).find(({ name }) => name === batch.tableName)!;

const rowsPath = ({ client, datasetId, batch }: BatchContext): string =>
  client.group(`/datasets/${datasetId}/tables/${encodeURIComponent(batch.tableName)}/rows`);

async function wholeTable(context: BatchContext, tools: EffectTools): Promise<PushedRow[]> {
  const { batch, sees } = context;
  const table = tableOf(context);
  if (table.dataset) {
    const { rows } = await tools.read({ rows: wholeRows(table as AddedTable, batch, sees) });
    return rows;
  }
  const { ruling } = await tools.read({ ruling: rulingConfiguration() });
  const today = localDay(configurationOf(ruling).tenant.timeZone, tools.now);
  const { figures } = await tools.read({ figures: monthlyFigures(sees, tools.now, today) });
  return figures.map(({ key, values }) => ({ ...stamped(key, batch), ...valuesOf(table.columns, values) }));
}

/** One post within the limits; false when the dataset or its table is gone. */
async function post(context: BatchContext, rows: readonly PushedRow[], tools: EffectTools): Promise<boolean> {
  const { client, datasetId, integrationId, push } = context;
  const hourAgo = new Date(tools.now.getTime() - HOUR_MS);
  const { sent } = await tools.read({ sent: sentRows(integrationId, push.generation, hourAgo) });
  const waitMs = waitForHourMs(sent.lastHour, rows.length);
  if (waitMs > 0)
    throw new VendorError('THROTTLED', {
      code: 'POWERBI_ROWS_OF_HOUR',
      message: 'A million rows have gone out within the hour; nothing was sent.',
      remedy: 'It goes on by itself.',
      retryAfterMs: waitMs,
    });
  const answer = await client.call('POST', rowsPath(context), {
    json: { rows },
    accept: [404],
    isRepeatable: false,
    budget: postBudget(tools.tenantId, datasetId, sent.largest),
  });
  return answer.status !== 404;
}

function wentOut({ batch }: BatchContext, state: BatchState, rowCount: number, now: Date): EffectResult {
  const writes = [update(PowerBiBatch, { id: batch.id }, { state, rowCount, sentAt: now })];
  return { receipt: `${batch.tableName}/${batch.seq}`, writes };
}

/** How many rows of a batch are there (`POST .../executeQueries`); UNKNOWN_OUTCOME where Power BI does not let us ask. */
async function foundRows({ client, datasetId, batch }: BatchContext): Promise<number | 'GONE'> {
  const table = `'${batch.tableName}'`;
  const query = `EVALUATE ROW("n", COUNTROWS(FILTER(${table}, ${table}[${BATCH_ID}] = "${batch.id}")))`;
  const answer = await client.call('POST', client.group(`/datasets/${datasetId}/executeQueries`), {
    json: { queries: [{ query }], serializerSettings: { includeNulls: true } },
    accept: [400, 401, 403, 404],
    isRepeatable: true,
  });
  if (answer.status === 404) return 'GONE';
  const code = answer.status === 200 ? null : (codeOf(answer) ?? String(answer.status));
  const rows = answer.status === 200 ? firstTable(recordIn(answer)) : null;
  if (rows !== null) return Number((rows[0]?.['[n]'] as { toString(): string } | null | undefined)?.toString() ?? 0);
  throw new VendorError('UNKNOWN_OUTCOME', {
    code: 'POWERBI_CANNOT_ASK',
    message: `Nobody knows whether the rows arrived, and Power BI does not say${code === null ? '' : ` (${code})`}.`,
    remedy: `Switch the tenant setting "Semantic Model Execute Queries REST API" on and wait; or look in Power BI for rows of ${batch.tableName} with BatchId ${batch.id}: adoptEffect if they are there, else retryEffect after the setting is on. A batch that comes twice counts once.`,
    status: answer.status,
  });
}

/** The rows of the one table that was asked for; null for an answer of another shape, or one with an error inside. */
function firstTable({ results }: PowerBiRecord): readonly PowerBiRecord[] | null {
  const [result] = (Array.isArray(results) ? results : []) as { tables?: { rows?: PowerBiRecord[] }[] }[];
  return result?.tables?.[0]?.rows ?? null;
}
