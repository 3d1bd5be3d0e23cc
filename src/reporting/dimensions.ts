import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import type { Transaction } from '../core/gateway.js';
import { select } from '../core/statement.js';
import { baselineConfirmations } from '../kpi/kpi.queries.js';
import { KpiBaseline } from '../kpi/kpi.entity.js';
import { DIMENSIONS } from './datasets.dimensions.js';
import { derivedId } from './derived-id.js';
import { type DimensionMarks } from './dimension.queries.js';
import { dateRows, kpiRows, wordRows } from './dimension.rows.js';
import { insertRows } from './projection.insert.js';
import { send } from './projector.js';

const columnsOf = (relation: string): { readonly column: string }[] =>
  (DIMENSIONS.find((dataset) => dataset.relation === relation)?.columns ?? WORD_COLUMNS).map(({ column }) => ({
    column,
  }));
const WORD_COLUMNS = ['kind', 'key', 'name'].map((column) => ({ column }));

/** Writes the dimensions of a tenant anew. The caller holds the lock of its progress and commits. */
export async function projectDimensions(tx: Transaction, tenantId: string, marks: DimensionMarks): Promise<void> {
  const { ruling, baselines, confirmations } = await tx.flush({
    ruling: rulingConfiguration(),
    baselines: select(KpiBaseline, {}, { orderBy: ['id'] }),
    confirmations: baselineConfirmations(),
  });
  const configuration = configurationOf(ruling);
  const tables = [
    { name: 'dim_date', keys: ['day'], rows: dateRows(marks, configuration.calendar) },
    { name: 'dim_word', keys: ['kind', 'key'], rows: wordRows(marks, configuration) },
    { name: 'dim_kpi', keys: ['key'], rows: kpiRows(baselines, confirmations) },
  ];
  await send(
    tx,
    tables.flatMap(({ name, keys, rows }) => [
      { text: `delete from ${name} where tenant_id = $1`, values: [] },
      insertRows(
        name,
        [{ column: 'id' }, ...columnsOf(name)],
        rows.map((row) => ({ id: derivedId(name, tenantId, ...keys.map((key) => String(row[key]))), ...row })),
      ),
    ]),
  );
}
