import type { Column, Dataset, EdmType } from '../reporting/dataset.js';
import { DatasetKind } from '../reporting/dataset.js';
import { lineageTag, quoted, type TmdlNode } from './tmdl.js';

/** How the types of the feed are called in the model, and how their values are shown. */
const TYPES: Readonly<Record<EdmType, { readonly dataType: string; readonly format?: string }>> = {
  'Edm.Guid': { dataType: 'string' },
  'Edm.String': { dataType: 'string' },
  'Edm.Boolean': { dataType: 'boolean' },
  'Edm.Int32': { dataType: 'int64', format: '#,0' },
  'Edm.Int64': { dataType: 'int64', format: '#,0' },
  'Edm.Decimal': { dataType: 'decimal', format: '#,0.00' },
  'Edm.Date': { dataType: 'dateTime', format: 'yyyy-mm-dd' },
  'Edm.DateTimeOffset': { dataType: 'dateTime', format: 'yyyy-mm-dd hh:nn' },
};

/** A column that the feed does not have and the query of its table adds. */
export interface AddedColumn {
  readonly name: string;
  readonly dataType: 'string' | 'dateTime';
  readonly format?: string;
  readonly isHidden: boolean;
  readonly description: string;
  /** Its value as M writes it after `each`, and its type there. */
  readonly value: string;
  readonly type: string;
}

const DAY = { dataType: 'dateTime', format: 'yyyy-mm-dd', type: 'type nullable date' } as const;

/** Whose row it is: the feed serves one tenant, so its rows do not say so; the role of the model asks. */
const TENANT: AddedColumn = {
  name: 'TenantId',
  dataType: 'string',
  isHidden: true,
  description: 'The tenant whose feed the row comes from: the parameter TenantId.',
  value: 'TenantId',
  type: 'type text',
};

const happenedOn = (instant: string): AddedColumn => ({
  ...DAY,
  name: 'HappenedOn',
  isHidden: true,
  description: `The day of ${instant}, by the parameter UtcOffsetMinutes.`,
  value: `if [${instant}] = null then null else Date.From([${instant}] + #duration(0, 0, UtcOffsetMinutes, 0))`,
});

const PERIODS: readonly AddedColumn[] = [
  {
    ...DAY,
    name: 'MonthStartsOn',
    isHidden: false,
    description: 'The first day of its month.',
    value: 'Date.StartOfMonth([Day])',
  },
  {
    ...DAY,
    name: 'WeekStartsOn',
    isHidden: false,
    description: 'The Monday of its week.',
    value: 'Date.StartOfWeek([Day], Day.Monday)',
  },
];

/** The columns that the query of a dataset's table adds. */
export function addedColumns(dataset: Dataset): readonly AddedColumn[] {
  const days = dataset.columns.some(({ name }) => name === 'CountsOn') ? [] : happenedDays(dataset);
  return [...days, ...(dataset.name === 'Dates' ? PERIODS : []), TENANT];
}

const happenedDays = ({ happenedAt }: Dataset): AddedColumn[] => (happenedAt === null ? [] : [happenedOn(happenedAt)]);

/** The column by whose day a fact stands in the calendar; null for a dimension. */
export function calendarColumn(dataset: Dataset): string | null {
  if (dataset.kind === DatasetKind.DIMENSION) return null;
  return dataset.columns.some(({ name }) => name === 'CountsOn') ? 'CountsOn' : 'HappenedOn';
}

/** A column of the feed in the model. Keys are there for relationships, not for readers. */
export function feedColumn(dataset: Dataset, column: Column): TmdlNode {
  const { dataType, format } = TYPES[column.type];
  const isDay = dataset.name === 'Dates' && column.name === dataset.key;
  return {
    heading: `column ${quoted(column.name)}`,
    description: column.description,
    properties: [
      `dataType: ${dataType}`,
      ...(column.type === 'Edm.Guid' ? ['isHidden'] : []),
      ...(isDay ? ['isKey'] : []),
      ...(format ? [`formatString: ${format}`] : []),
      lineageTag(`${dataset.name}.${column.name}`),
      'summarizeBy: none',
      `sourceColumn: ${column.name}`,
    ],
  };
}

/** An added column in the model. */
export const addedColumn = (
  table: string,
  { name, dataType, format, isHidden, description }: AddedColumn,
): TmdlNode => ({
  heading: `column ${name}`,
  description,
  properties: [
    `dataType: ${dataType}`,
    ...(isHidden ? ['isHidden'] : []),
    ...(format ? [`formatString: ${format}`] : []),
    lineageTag(`${table}.${name}`),
    'summarizeBy: none',
    `sourceColumn: ${name}`,
  ],
});
