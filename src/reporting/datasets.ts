import type { FieldClass } from '../core/graphql/rights.js';
import type { Column, Dataset } from './dataset.js';
import { DIMENSIONS } from './datasets.dimensions.js';
import { FACTS } from './datasets.facts.js';

/** Every dataset of the reporting model, in the order in which readers see them. */
export const DATASETS: readonly Dataset[] = [...FACTS, ...DIMENSIONS];

const byName = new Map(DATASETS.map((dataset) => [dataset.name, dataset]));

/** The dataset of this name, or undefined. */
export const datasetByName = (name: string): Dataset | undefined => byName.get(name);

/** The columns that a reader with these classes sees. */
export const columnsFor = ({ columns }: Dataset, sees: ReadonlySet<FieldClass>): readonly Column[] =>
  columns.filter((column) => !column.sees || sees.has(column.sees));

/** The condition on rows, with the word `and` before it, that such a reader reads under; `alias` names the relation. */
export const rowGuard = ({ guardedRows }: Dataset, sees: ReadonlySet<FieldClass>, alias: string): string =>
  guardedRows && !sees.has(guardedRows.sees) ? ` and not ${alias}.${guardedRows.column}` : '';
