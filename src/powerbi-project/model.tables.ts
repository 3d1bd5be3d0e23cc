import type { Dataset } from '../reporting/dataset.js';
import { addedColumn, addedColumns, feedColumn } from './model.columns.js';
import { lineageTag, quoted, type TmdlNode } from './tmdl.js';

/**
 * The facts whose rows never change once they are there, which alone may be refreshed by their instant: of every other
 * fact an old row may be written anew today, and an incremental refresh would keep what it was.
 */
const UNCHANGING: readonly string[] = ['GateFindings'];

/** One dataset as a table of the model, imported from the feed. */
export function datasetTable(dataset: Dataset): TmdlNode {
  const { name, description, columns } = dataset;
  return {
    heading: `table ${quoted(name)}`,
    description,
    properties: [...(name === 'Dates' ? ['dataCategory: Time'] : []), lineageTag(name)],
    children: [
      ...columns.map((column) => feedColumn(dataset, column)),
      ...addedColumns(dataset).map((column) => addedColumn(name, column)),
      {
        heading: `partition ${quoted(name)} = m`,
        properties: ['mode: import', 'source =', ...query(dataset).map((line) => `\t\t${line}`)],
      },
      ...(isIncremental(dataset) ? [refreshPolicy(dataset)] : []),
    ],
  };
}

const isIncremental = ({ name }: Dataset): boolean => UNCHANGING.includes(name);

/**
 * The query of a table. Rows are filtered before columns are chosen, so that both go to the feed; a column that the key
 * of the feed may not see stays empty; instants become UTC without a zone, which the model's type cannot hold.
 */
function query(dataset: Dataset): readonly string[] {
  const { name, columns, happenedAt } = dataset;
  const instants = columns.filter(({ type }) => type === 'Edm.DateTimeOffset').map((column) => column.name);
  const steps: string[] = [
    'Source = OData.Feed(ODataBaseUrl, null, [Implementation = "2.0", ODataVersion = 4])',
    `Rows = Source{[Name = "${name}", Signature = "table"]}[Data]`,
  ];
  if (isIncremental(dataset)) {
    const zoned = (parameter: string): string => `DateTime.AddZone(${parameter}, 0)`;
    steps.push(
      `Ranged = Table.SelectRows(Rows, each [${happenedAt}] >= ${zoned('RangeStart')} and [${happenedAt}] < ${zoned('RangeEnd')})`,
    );
  }
  const names = columns.map((column) => `"${column.name}"`).join(', ');
  steps.push(
    `Selected = Table.SelectColumns(${isIncremental(dataset) ? 'Ranged' : 'Rows'}, {${names}}, MissingField.UseNull)`,
  );
  let last = 'Selected';
  if (instants.length > 0) {
    const conversions = instants.map((column) => `{"${column}", AsUtc, type nullable datetime}`).join(', ');
    steps.push(`Instants = Table.TransformColumns(${last}, {${conversions}})`);
    last = 'Instants';
  }
  for (const { name: column, value, type } of addedColumns(dataset)) {
    const step = `With${column}`;
    steps.push(`${step} = Table.AddColumn(${last}, "${column}", each ${value}, ${type})`);
    last = step;
  }
  const indented = steps.map((step, index) => `    ${step}${index < steps.length - 1 ? ',' : ''}`);
  return ['let', ...indented, 'in', `    ${last}`];
}

/** Five years are kept and the last two months read anew (learn.microsoft.com/power-bi/connect-data/incremental-refresh-overview). */
const refreshPolicy = (dataset: Dataset): TmdlNode => ({
  heading: 'refreshPolicy',
  properties: [
    'policyType: basic',
    'rollingWindowGranularity: year',
    'rollingWindowPeriods: 5',
    'incrementalGranularity: month',
    'incrementalPeriods: 2',
    'sourceExpression =',
    ...query(dataset).map((line) => `\t\t${line}`),
  ],
});
