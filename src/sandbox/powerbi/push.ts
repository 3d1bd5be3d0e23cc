import type { Answer } from '../microsoft/exchange.js';
import type { MicrosoftWorld } from '../microsoft/world.js';
import { datasetOf, type PowerBiCall, type PowerBiRoute, tableOf, workspaceOf } from './call.js';
import type { PowerBiColumn, PowerBiDataset, PowerBiTable } from './records.js';
import { invalidRequest, throttled } from './refusal.js';
import { CREATE_DATASET, POST_ROWS, TABLE } from './schemas.js';

/** Limits of a push dataset (learn.microsoft.com/power-bi/developer/embedded/push-datasets-limitations). */
const MOST_TABLES = 75;
const MOST_COLUMNS = 75;
const ROWS_PER_POST = 10_000;
const ROWS_PER_HOUR = 1_000_000;
const POSTS = 120;
const LARGE_TABLE = 250_000;
const PENDING_POSTS = 5;
const TEXT_LENGTH = 4000;
const ROWS_PER_TABLE = { None: 5_000_000, basicFIFO: 200_000 } as const;

const MINUTE = 60_000;
const HOUR = 3_600_000;

interface Definition {
  readonly name: string;
  readonly defaultMode?: string;
  readonly tables: readonly PowerBiTable[];
}

/** Datasets, their tables and rows. Names are not unique, rows have no key, and a post that is repeated adds them again. */
export const PUSH_ROUTES: readonly PowerBiRoute[] = [
  { operation: 'powerbi.dataset.list', method: 'GET', path: '/groups/:group/datasets', run: listed },
  { operation: 'powerbi.dataset.get', method: 'GET', path: '/groups/:group/datasets/:dataset', run: got },
  {
    operation: 'powerbi.dataset.create',
    method: 'POST',
    path: '/groups/:group/datasets',
    schema: CREATE_DATASET,
    run: created,
  },
  {
    operation: 'powerbi.table.put',
    method: 'PUT',
    path: '/groups/:group/datasets/:dataset/tables/:table',
    schema: TABLE,
    run: replaced,
  },
  {
    operation: 'powerbi.rows.post',
    method: 'POST',
    path: '/groups/:group/datasets/:dataset/tables/:table/rows',
    schema: POST_ROWS,
    run: added,
  },
  {
    operation: 'powerbi.rows.delete',
    method: 'DELETE',
    path: '/groups/:group/datasets/:dataset/tables/:table/rows',
    run: emptied,
  },
];

function listed(call: PowerBiCall): Answer {
  const workspace = workspaceOf(call);
  const datasets = call.world.store.all('powerBiDataset').filter(({ workspaceId }) => workspaceId === workspace.id);
  return { status: 200, body: { value: datasets.map(view) } };
}

function got(call: PowerBiCall): Answer {
  return { status: 200, body: view(datasetOf(call)) };
}

function view({ id, name, isPush, roles }: PowerBiDataset): Record<string, unknown> {
  return {
    id,
    name,
    addRowsAPIEnabled: isPush,
    isRefreshable: !isPush,
    isEffectiveIdentityRequired: roles.length > 0,
    isEffectiveIdentityRolesRequired: roles.length > 0,
  };
}

function created(call: PowerBiCall): Answer {
  const { world, caller, exchange, isProfile } = call;
  const workspace = workspaceOf(call);
  if (isProfile) throw invalidRequest('Push datasets are not supported for service principal profiles.');
  if (world.settings.pushDatasetsEnd !== '' && world.stamp() > world.settings.pushDatasetsEnd)
    throw invalidRequest('Push datasets can no longer be created.');
  const { name, defaultMode, tables } = call.body as Definition;
  if (defaultMode !== 'Push') throw invalidRequest('The sandbox keeps push datasets alone.');
  if (tables.length > MOST_TABLES) throw invalidRequest(`A dataset has at most ${MOST_TABLES} tables.`);
  assertColumns(tables);
  const retention = exchange.query.get('defaultRetentionPolicy') === 'basicFIFO' ? 'basicFIFO' : 'None';
  const dataset: PowerBiDataset = {
    id: world.newGuid(),
    tid: caller.tid,
    workspaceId: workspace.id,
    name,
    isPush: true,
    retention,
    tables: tables.map(plain),
    roles: [],
    refreshOutcome: 'Completed',
  };
  world.store.put('powerBiDataset', dataset);
  world.did('powerbi.dataset.created', dataset.id);
  return { status: 201, body: { ...view(dataset), defaultRetentionPolicy: retention } };
}

function replaced(call: PowerBiCall): Answer {
  const { dataset, table } = tableOf(call);
  const next = plain(call.body as PowerBiTable);
  const tables = dataset.tables.map((one) => (one.name === table.name ? next : one));
  assertColumns(tables);
  call.world.store.put('powerBiDataset', { ...dataset, tables });
  return { status: 200, body: {} };
}

const plain = ({ name, columns }: PowerBiTable): PowerBiTable => ({
  name,
  columns: columns.map((column) => ({ name: column.name, dataType: column.dataType })),
});

/** The limit of columns is not said to be of a table or the whole: the stricter reading. */
function assertColumns(tables: readonly PowerBiTable[]): void {
  const columns = tables.reduce((sum, table) => sum + table.columns.length, 0);
  if (columns > MOST_COLUMNS) throw invalidRequest(`A dataset has at most ${MOST_COLUMNS} columns.`);
}

const pending = new WeakMap<MicrosoftWorld, Map<string, number>>();

async function added(call: PowerBiCall): Promise<Answer> {
  const { world } = call;
  const { dataset, table } = tableOf(call);
  const { rows } = call.body as { rows: readonly Record<string, unknown>[] };
  const posts = pending.get(world) ?? new Map<string, number>();
  pending.set(world, posts);
  const waiting = posts.get(dataset.id) ?? 0;
  if (waiting >= PENDING_POSTS) throw throttled(1, 'Too many pending requests.');
  spendPost(world, dataset);
  if (rows.length > ROWS_PER_POST) throw invalidRequest(`A request has at most ${ROWS_PER_POST} rows.`);
  for (const row of rows) assertRow(table, row);
  const hour = world.throttle.spend(`powerbi/rows/${dataset.id}`, rows.length, ROWS_PER_HOUR, HOUR, world.now());
  if (hour.left < 0) throw throttled(hour.resetSeconds, 'Too many rows in an hour.');
  const before = rowsIn(world, dataset.id, table.name);
  if (dataset.retention === 'None' && before + rows.length > ROWS_PER_TABLE.None)
    throw invalidRequest('The table is full.');
  posts.set(dataset.id, waiting + 1);
  try {
    if (world.settings.pushMs > 0) await new Promise((resolve) => setTimeout(resolve, world.settings.pushMs));
  } finally {
    posts.set(dataset.id, posts.get(dataset.id)! - 1);
  }
  const id = world.newGuid();
  world.store.put('powerBiRows', { id, datasetId: dataset.id, table: table.name, rows });
  world.did('powerbi.rows.added', id);
  return { status: 200, body: {} };
}

/** 120 a minute; an hour as soon as a table of the dataset is large. */
function spendPost(world: MicrosoftWorld, dataset: PowerBiDataset): void {
  const isLarge = dataset.tables.some(({ name }) => rowsIn(world, dataset.id, name) >= LARGE_TABLE);
  const key = `powerbi/posts/${dataset.id}/${isLarge ? 'hour' : 'minute'}`;
  const { left, resetSeconds } = world.throttle.spend(key, 1, POSTS, isLarge ? HOUR : MINUTE, world.now());
  if (left < 0) throw throttled(resetSeconds, 'Too many requests.');
}

/** How many rows a table has, those that came twice counted twice. */
export function rowsIn({ store }: MicrosoftWorld, datasetId: string, table: string): number {
  return store
    .all('powerBiRows')
    .filter((post) => post.datasetId === datasetId && post.table === table)
    .reduce((sum, post) => sum + post.rows.length, 0);
}

function emptied(call: PowerBiCall): Answer {
  const { dataset, table } = tableOf(call);
  const { store } = call.world;
  for (const post of store.all('powerBiRows'))
    if (post.datasetId === dataset.id && post.table === table.name) store.drop('powerBiRows', post.id);
  return { status: 200, body: {} };
}

function assertRow({ columns }: PowerBiTable, row: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(row)) {
    const column = columns.find((one) => one.name === name);
    if (!column) throw invalidRequest(`The table has no column '${name}'.`);
    if (value !== null && !fits(column, value))
      throw invalidRequest(`The value of '${name}' is no ${column.dataType}.`);
  }
}

function fits({ dataType }: PowerBiColumn, value: unknown): boolean {
  if (dataType === 'String') return typeof value === 'string' && value.length <= TEXT_LENGTH;
  if (dataType === 'Boolean') return typeof value === 'boolean';
  if (dataType === 'Int64') return Number.isInteger(value);
  if (dataType === 'DateTime') return typeof value === 'string' && !Number.isNaN(Date.parse(value));
  return typeof value === 'number';
}
