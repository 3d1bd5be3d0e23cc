import { exactly, type RequestSchema, text } from '../microsoft/request-schema.js';

/*
 * Bodies of exactly the calls that the product makes, after `microsoft/PowerBI-CSharp` sdk/swaggers/swagger.json, 4.22.0
 * (CreateDatasetRequest, Table, PostRowsRequest, DatasetRefreshRequest, DatasetExecuteQueriesRequest,
 * GenerateTokenRequestV2; MIT, Microsoft Corporation). Where that file is known to be wrong (notifyOption required) the
 * documentation's word is taken.
 */

const NAME: RequestSchema = { type: 'string', minLength: 1, maxLength: 100, pattern: '^[\\w #@~^-]+$' };
const GUID: RequestSchema = { type: 'string', pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' };
const FLAG: RequestSchema = { type: 'boolean' };
const list = (items: RequestSchema, maxItems?: number): RequestSchema => ({
  type: 'array',
  items,
  ...(maxItems === undefined ? {} : { maxItems }),
});

const COLUMN = exactly(
  {
    name: text(100, 1),
    dataType: { enum: ['Int64', 'Double', 'Boolean', 'DateTime', 'String', 'Decimal'] },
    formatString: text(100),
    summarizeBy: text(40),
    isHidden: FLAG,
  },
  ['name', 'dataType'],
);
const MEASURE = exactly(
  { name: text(100, 1), expression: text(8000, 1), formatString: text(100), description: text(1000) },
  ['name', 'expression'],
);

/** A table, as it is made and as `PUT .../tables/{name}` replaces it. */
export const TABLE: RequestSchema = exactly({ name: NAME, columns: list(COLUMN), measures: list(MEASURE) }, [
  'name',
  'columns',
]);

export const CREATE_DATASET: RequestSchema = exactly(
  {
    name: text(256, 1),
    defaultMode: { enum: ['Push', 'Streaming', 'PushStreaming', 'AsAzure', 'AsOnPrem'] },
    tables: list(TABLE),
    relationships: list(
      exactly(
        {
          name: NAME,
          fromTable: NAME,
          fromColumn: text(100, 1),
          toTable: NAME,
          toColumn: text(100, 1),
          crossFilteringBehavior: { enum: ['OneDirection', 'BothDirections', 'Automatic'] },
        },
        ['name', 'fromTable', 'fromColumn', 'toTable', 'toColumn'],
      ),
    ),
  },
  ['name', 'tables'],
);

export const POST_ROWS: RequestSchema = exactly({ rows: list({ type: 'object' }) }, ['rows']);

export const REFRESH: RequestSchema = exactly({
  notifyOption: { enum: ['NoNotification', 'MailOnFailure', 'MailOnCompletion'] },
  type: { enum: ['Full', 'ClearValues', 'Calculate', 'DataOnly', 'Automatic', 'Defragment'] },
  commitMode: { enum: ['Transactional', 'PartialBatch'] },
  maxParallelism: { type: 'integer', minimum: 1 },
  retryCount: { type: 'integer', minimum: 0 },
  applyRefreshPolicy: FLAG,
});

export const EXECUTE_QUERIES: RequestSchema = exactly(
  {
    queries: list(exactly({ query: text(8000, 1) }, ['query']), 1),
    serializerSettings: exactly({ includeNulls: FLAG }),
  },
  ['queries'],
);

export const GENERATE_TOKEN: RequestSchema = exactly(
  {
    datasets: list(exactly({ id: GUID, xmlaPermissions: { enum: ['Off', 'ReadOnly'] } }, ['id'])),
    reports: list(exactly({ id: GUID, allowEdit: FLAG }, ['id'])),
    targetWorkspaces: list(exactly({ id: GUID }, ['id'])),
    lifetimeInMinutes: { type: 'integer', minimum: 0 },
    identities: list(
      exactly(
        {
          username: { type: 'string', minLength: 1, maxLength: 256, pattern: '^\\S+$' },
          roles: list({ type: 'string', minLength: 1, maxLength: 50, pattern: '^[^,]+$' }, 50),
          customData: text(4000),
          datasets: list(GUID),
        },
        ['username', 'datasets'],
      ),
    ),
  },
  ['datasets', 'reports'],
);
