import { digestOf } from '../../core/canonical.js';
import type { FieldClass } from '../../core/graphql/rights.js';
import { flag, guid, int } from '../../reporting/columns.js';
import { type Column, type Dataset, type EdmType } from '../../reporting/dataset.js';
import { columnsFor, datasetByName } from '../../reporting/datasets.js';
import { FIGURE_COLUMNS } from './push.figures.js';

/**
 * Limits of a push dataset (learn.microsoft.com/power-bi/developer/embedded/push-datasets-limitations). The page does not
 * say whether 75 columns are for a table or the whole: the whole stays below.
 */
export const PUSH_LIMITS = {
  tables: 75,
  columns: 75,
  rowsPerPost: 10_000,
  rowsPerHour: 1_000_000,
  rowsPerTable: 5_000_000,
  postsPerMinute: 120,
  /** Once a table has so many rows, as many posts are for an hour. */
  largeTable: 250_000,
  textLength: 4000,
} as const;

/** Microsoft makes no new push datasets from this day on (learn.microsoft.com/power-bi/connect-data/service-real-time-streaming). */
export const PUSH_RETIRES_ON = '2027-10-31';

/** What every row carries beside its columns. */
export const ROW_KEY = 'RowKey';
export const BATCH_ID = 'BatchId';
export const BATCH_SEQ = 'BatchSeq';
export const DELETED = 'Deleted';

/** A table of the push dataset. */
export interface PushTable {
  readonly name: string;
  /** Rows are added and the newest of a RowKey counts, or the whole table is replaced. */
  readonly isWhole: boolean;
  /** Where its rows are read; null for the figures of KPIs, which are added up. */
  readonly dataset: Dataset | null;
  /** What a reader with the granted classes gets. */
  readonly columns: readonly Column[];
}

const SENT: readonly { readonly dataset: string; readonly isWhole: boolean; readonly columns: readonly string[] }[] = [
  {
    dataset: 'Handoffs',
    isWhole: false,
    columns: [
      'Number',
      'Stage',
      'ClientId',
      'ServiceTemplateKey',
      'TierKey',
      'OwnerId',
      'DeliveryManagerId',
      'CompletenessBps',
      'OpenedAt',
      'WonAt',
      'SubmittedAt',
      'SignedOffAt',
      'KickoffStartsAt',
      'KickoffHeldAt',
      'QualityScore',
      'ClosedAt',
      'WithdrawnAt',
      'MarginBps',
    ],
  },
  {
    dataset: 'KpiCases',
    isWhole: false,
    columns: [
      'KpiKey',
      'HandoffId',
      'CountsOn',
      'CountsAt',
      'Numerator',
      'Denominator',
      'SpanFromOn',
      'SpanToOn',
      'ClientCaused',
    ],
  },
  {
    dataset: 'Kpis',
    isWhole: true,
    columns: ['Name', 'Form', 'Unit', 'Direction', 'TargetKind', 'TargetFrom', 'TargetTo'],
  },
  { dataset: 'Clients', isWhole: true, columns: ['Name'] },
  { dataset: 'People', isWhole: true, columns: ['Name', 'Active'] },
];

/** The tables as a connection that was granted these classes has them. */
export function pushTables(sees: ReadonlySet<FieldClass>): PushTable[] {
  const datasets = SENT.map(({ dataset: name, isWhole, columns }): PushTable => {
    const dataset = datasetByName(name)!;
    const seen = columnsFor(dataset, sees).filter((column) => columns.includes(column.name));
    return { name, isWhole, dataset, columns: seen };
  });
  return [...datasets, { name: 'KpiFigures', isWhole: true, dataset: null, columns: FIGURE_COLUMNS }];
}

/** What the dataset is made with: `POST /groups/{g}/datasets`, and the tables for `PUT .../tables/{t}`. */
export interface PushDefinition {
  readonly name: string;
  readonly defaultMode: 'Push';
  readonly tables: readonly PushTableDefinition[];
  readonly relationships: readonly Readonly<Record<string, string>>[];
}

export interface PushTableDefinition {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly dataType: string; readonly summarizeBy: string }[];
  readonly measures: readonly { readonly name: string; readonly expression: string; readonly formatString: string }[];
}

const TYPES: Readonly<Record<EdmType, string>> = {
  'Edm.Guid': 'String',
  'Edm.String': 'String',
  'Edm.Boolean': 'Boolean',
  'Edm.Int32': 'Int64',
  'Edm.Int64': 'Int64',
  'Edm.Decimal': 'Decimal',
  'Edm.Date': 'DateTime',
  'Edm.DateTimeOffset': 'DateTime',
};

const OWN_COLUMNS: readonly Column[] = [
  guid(ROW_KEY, 'The key of the row; the newest row of it counts.'),
  guid(BATCH_ID, 'The batch that it came with.'),
  int(BATCH_SEQ, 'The number of the batch.'),
];
const OF_ADDED_ROWS: readonly Column[] = [flag(DELETED, 'Whether the row is no more.')];

/** Every column of a table as Power BI has it. */
export const allColumns = ({ isWhole, columns }: PushTable): readonly Column[] => [
  ...OWN_COLUMNS,
  ...(isWhole ? [] : OF_ADDED_ROWS),
  ...columns,
];

/** The definition of the push dataset; `name` tells it apart within the workspace. */
export function pushDefinition(name: string, sees: ReadonlySet<FieldClass>): PushDefinition {
  const tables = pushTables(sees);
  return {
    name,
    defaultMode: 'Push',
    tables: tables.map((table) => ({
      name: table.name,
      columns: allColumns(table).map((column) => ({
        name: column.name,
        dataType: TYPES[column.type],
        summarizeBy: 'none',
      })),
      measures: measuresOf(table),
    })),
    // RowKey is not unique where rows are added, so nothing can relate to those tables; they relate to the whole ones.
    relationships: [
      related('KpiCases', 'KpiKey', 'Kpis'),
      related('KpiFigures', 'KpiKey', 'Kpis'),
      related('Handoffs', 'ClientId', 'Clients'),
      related('Handoffs', 'OwnerId', 'People'),
    ],
  };
}

const related = (fromTable: string, fromColumn: string, toTable: string): Readonly<Record<string, string>> => ({
  name: `${fromTable}-${fromColumn}`,
  fromTable,
  fromColumn,
  toTable,
  toColumn: ROW_KEY,
  crossFilteringBehavior: 'OneDirection',
});

/**
 * Measures over the newest row of each RowKey: a batch that was sent twice has the same number both times, so that it counts
 * once, and a row that changed counts as it is now.
 */
function measuresOf({ name, isWhole }: PushTable): PushTableDefinition['measures'] {
  const measure = (what: string, expression: string) => ({ name: what, expression, formatString: '#,0' });
  if (name === 'KpiCases')
    return ['Numerator', 'Denominator'].map((column) =>
      measure(`Case ${column.toLowerCase()}`, newest(name, `MAX('${name}'[${column}])`)),
    );
  if (isWhole) return [];
  return [measure(`${name} counted`, newest(name, '1'))];
}

function newest(table: string, value: string): string {
  return [
    `SUMX(VALUES('${table}'[${ROW_KEY}]),`,
    `  VAR Newest = CALCULATE(MAX('${table}'[${BATCH_SEQ}]))`,
    `  RETURN CALCULATE(IF(COUNTROWS('${table}') > 0, ${value}), '${table}'[${BATCH_SEQ}] = Newest, '${table}'[${DELETED}] = FALSE()))`,
  ].join('\n');
}

/** Tells apart what a workspace's dataset was made as: another one begins the tables anew. */
export const definitionDigest = (workspaceId: string, definition: PushDefinition): string =>
  digestOf({ workspaceId, definition });

/** How many rows of a table fit into a post: the limit, and about a megabyte of JSON. */
export function rowsPerPost(table: PushTable): number {
  return Math.min(PUSH_LIMITS.rowsPerPost, Math.floor(1_000_000 / (allColumns(table).length * 40)));
}
