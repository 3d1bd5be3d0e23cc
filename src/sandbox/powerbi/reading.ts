import type { Answer } from '../microsoft/exchange.js';
import { notSimulated } from '../microsoft/exchange.js';
import { datasetOf, type PowerBiCall, type PowerBiRoute, workspaceOf } from './call.js';
import { entityNotFound, notAuthorized } from './refusal.js';
import { EXECUTE_QUERIES } from './schemas.js';

/** The one question that the product asks: how many rows of a batch are there. */
const COUNT = /^EVALUATE ROW\("(\w+)", COUNTROWS\(FILTER\('([^']+)', '\2'\[(\w+)\] = "([^"]*)"\)\)\)$/;

/** Reports, and questions to models. */
export const READING_ROUTES: readonly PowerBiRoute[] = [
  { operation: 'powerbi.report.get', method: 'GET', path: '/groups/:group/reports/:report', run: report },
  {
    operation: 'powerbi.query',
    method: 'POST',
    path: '/groups/:group/datasets/:dataset/executeQueries',
    schema: EXECUTE_QUERIES,
    run: asked,
  },
];

function report(call: PowerBiCall): Answer {
  const workspace = workspaceOf(call);
  const found = call.world.store.get('powerBiReport', call.params.report!.toLowerCase());
  if (!found || found.workspaceId !== workspace.id) throw entityNotFound();
  const { id, name, datasetId } = found;
  const embedUrl = `https://app.powerbi.com/reportEmbed?reportId=${id}&groupId=${workspace.id}&w=2`;
  return { status: 200, body: { id, name, datasetId, datasetWorkspaceId: workspace.id, embedUrl } };
}

function asked(call: PowerBiCall): Answer {
  const { world, caller, body } = call;
  const dataset = datasetOf(call);
  if (world.store.get('powerBiTenant', caller.tid)?.executeQueries !== true) throw notAuthorized();
  const { query } = (body as { queries: [{ query: string }] }).queries[0];
  const [, name, table, column, value] = COUNT.exec(query) ?? [];
  if (name === undefined) throw notSimulated(`the query ${query}`);
  const rows = world.store
    .all('powerBiRows')
    .filter((post) => post.datasetId === dataset.id && post.table === table)
    .flatMap((post) => post.rows)
    .filter((row) => row[column!] === value);
  // COUNTROWS of nothing is blank.
  const counted = rows.length === 0 ? null : rows.length;
  return { status: 200, body: { results: [{ tables: [{ rows: [{ [`[${name}]`]: counted }] }] }] } };
}
