import { KPI_DEFINITIONS } from '../kpi/kpi.definitions.js';
import { DATASETS } from '../reporting/datasets.js';
import { kpiMeasures, type Measure } from './kpi.measures.js';
import { relationshipNode, relationshipsOf } from './model.relationships.js';
import { datasetTable } from './model.tables.js';
import {
  CASE_MEASURES,
  CHOSEN_MEASURES,
  EXCEPTION_MEASURES,
  MARGIN_MEASURES,
  PASSAGE_MEASURES,
  TIME_MEASURES,
} from './other.measures.js';
import { lineageTag, quoted, tmdlFile, type TmdlNode } from './tmdl.js';

/** The table that holds every measure. */
export const MEASURES_TABLE = 'Measures';
/** The table of one row that says when the model was refreshed. */
const REFRESH_TABLE = 'Refresh';

/** Every measure of the model: of each KPI by its definition, and what the pages show beside them. */
export const MODEL_MEASURES: readonly Measure[] = [
  ...TIME_MEASURES,
  ...KPI_DEFINITIONS.flatMap(kpiMeasures),
  ...CHOSEN_MEASURES,
  ...CASE_MEASURES,
  ...PASSAGE_MEASURES,
  ...EXCEPTION_MEASURES,
  ...MARGIN_MEASURES,
];

const GUARDED = [...DATASETS.map(({ name }) => name), REFRESH_TABLE];

/** The files of the semantic model in TMDL, by their path inside `definition/`. */
export function modelFiles(): ReadonlyMap<string, string> {
  const tables = [...DATASETS.map(datasetTable), refreshTable(), measuresTable()];
  return new Map([
    ['database.tmdl', tmdlFile([{ heading: 'database', properties: ['compatibilityLevel: 1605'] }])],
    [
      'model.tmdl',
      tmdlFile([modelNode(), ...tables.map(({ heading }) => ({ heading: `ref ${heading}` })), ...roleRefs()]),
    ],
    ['expressions.tmdl', tmdlFile(EXPRESSIONS)],
    ['relationships.tmdl', tmdlFile(relationshipsOf(DATASETS).map(relationshipNode))],
    ...tables.map((table) => [`tables/${nameOf(table)}.tmdl`, tmdlFile([table])] as const),
    ...ROLES.map((role) => [`roles/${nameOf(role)}.tmdl`, tmdlFile([role])] as const),
  ]);
}

const nameOf = ({ heading }: TmdlNode): string => heading.slice(heading.indexOf(' ') + 1).replaceAll("'", '');

const roleRefs = (): TmdlNode[] => ROLES.map(({ heading }) => ({ heading: `ref ${heading}` }));

const modelNode = (): TmdlNode => ({
  heading: 'model Model',
  description: 'KPIs and facts of Countersign, by its OData feed.',
  properties: [
    'culture: en-US',
    'defaultPowerBIDataSourceVersion: powerBI_V3',
    'discourageImplicitMeasures',
    'sourceQueryCulture: en-US',
  ],
  // Its own calendar has every day; hidden ones a column would only make the model larger.
  children: [{ heading: 'annotation __PBI_TimeIntelligenceEnabled = 0' }],
});

const parameter = (name: string, description: string, value: string, type: string): TmdlNode => ({
  heading: `expression ${name}`,
  description,
  expression: [`${value} meta [IsParameterQuery=true, Type="${type}", IsParameterQueryRequired=true]`],
  properties: [lineageTag(`expression ${name}`)],
});

const EXPRESSIONS: readonly TmdlNode[] = [
  parameter(
    'ODataBaseUrl',
    'The root of the feed, without a slash at its end.',
    '"https://countersign.example.com/odata/v4"',
    'Text',
  ),
  parameter(
    'TenantId',
    'The tenant whose key reads the feed: what the role TenantReader compares.',
    '"00000000-0000-0000-0000-000000000000"',
    'Text',
  ),
  parameter(
    'UtcOffsetMinutes',
    "Minutes from UTC to the tenant's time: only days of instants follow it.",
    '0',
    'Number',
  ),
  parameter('RangeStart', 'From when an incremental refresh reads.', '#datetime(2020, 1, 1, 0, 0, 0)', 'DateTime'),
  parameter('RangeEnd', 'Until when an incremental refresh reads.', '#datetime(2100, 1, 1, 0, 0, 0)', 'DateTime'),
  {
    heading: 'expression AsUtc',
    description: 'An instant in UTC without its zone, which the model cannot hold.',
    expression: [
      '(at as nullable datetimezone) as nullable datetime =>',
      '    if at = null then null else DateTimeZone.RemoveZone(DateTimeZone.ToUtc(at))',
    ],
    properties: [lineageTag('expression AsUtc')],
  },
];

const column = (table: string, name: string, dataType: string, description: string): TmdlNode => ({
  heading: `column ${name}`,
  description,
  properties: [
    `dataType: ${dataType}`,
    'isHidden',
    ...(dataType === 'dateTime' ? ['formatString: yyyy-mm-dd hh:nn'] : []),
    lineageTag(`${table}.${name}`),
    'summarizeBy: none',
    `sourceColumn: ${name}`,
  ],
});

const partition = (name: string, lines: readonly string[]): TmdlNode => ({
  heading: `partition ${name} = m`,
  properties: ['mode: import', 'source =', ...lines.map((line) => `\t\t${line}`)],
});

const refreshTable = (): TmdlNode => ({
  heading: `table ${REFRESH_TABLE}`,
  description: 'One row: when the model was refreshed.',
  properties: ['isHidden', lineageTag(REFRESH_TABLE)],
  children: [
    column(REFRESH_TABLE, 'RefreshedAt', 'dateTime', 'When, in UTC.'),
    column(REFRESH_TABLE, 'TodayOn', 'dateTime', "The tenant's day then."),
    column(REFRESH_TABLE, 'TenantId', 'string', 'The parameter TenantId.'),
    partition(REFRESH_TABLE, [
      'let',
      '    At = DateTimeZone.RemoveZone(DateTimeZone.ToUtc(DateTimeZone.FixedUtcNow())),',
      '    On = Date.From(At + #duration(0, 0, UtcOffsetMinutes, 0)),',
      '    Row = #table(type table [RefreshedAt = datetime, TodayOn = date, TenantId = text], {{At, On, TenantId}})',
      'in',
      '    Row',
    ]),
  ],
});

const measuresTable = (): TmdlNode => ({
  heading: `table ${MEASURES_TABLE}`,
  description: 'Every measure; no rows.',
  properties: [lineageTag(MEASURES_TABLE)],
  children: [
    ...MODEL_MEASURES.map(measureNode),
    column(MEASURES_TABLE, 'Nothing', 'string', 'A table has a column.'),
    partition(MEASURES_TABLE, ['#table(type table [Nothing = text], {})']),
  ],
});

const measureNode = ({ name, description, dax, format, folder }: Measure): TmdlNode => ({
  heading: `measure ${quoted(name)}`,
  description,
  expression: dax,
  properties: [
    ...(format === null ? [] : [`formatString: ${format}`]),
    `displayFolder: ${folder}`,
    lineageTag(`measure ${name}`),
  ],
});

/**
 * Who sees which rows. TenantReader is for embed tokens: it answers only to the tenant whose id is the token's custom
 * data. WorkspaceReader is for the viewers of a workspace that holds one tenant's model, since a model with roles shows
 * nothing to a viewer who has none; it is never given in a model that several tenants share.
 */
const ROLES: readonly TmdlNode[] = [
  {
    heading: 'role TenantReader',
    description: 'Embed tokens: the rows of the tenant that customData names.',
    properties: ['modelPermission: read'],
    children: GUARDED.map((name) => ({
      heading: `tablePermission ${quoted(name)}`,
      expression: [`${name}[TenantId] = CUSTOMDATA()`],
    })),
  },
  {
    heading: 'role WorkspaceReader',
    description: "Viewers of a workspace that holds this tenant's model alone: every row.",
    properties: ['modelPermission: read'],
  },
];
