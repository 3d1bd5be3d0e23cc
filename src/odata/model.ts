import { type FieldClass, FIELD_CLASSES } from '../core/graphql/rights.js';
import type { Column, Dataset, Navigation } from '../reporting/dataset.js';
import { columnsFor, DATASETS } from '../reporting/datasets.js';

/** An entity set as one reader sees it. */
export interface FeedSet {
  readonly dataset: Dataset;
  /** The columns that the reader sees, in the order of the dataset. */
  readonly columns: readonly Column[];
  readonly byName: ReadonlyMap<string, Column>;
  /** The column that is the key. */
  readonly key: Column;
  /** The ways to other sets whose column the reader sees, by name. */
  readonly navigations: ReadonlyMap<string, Navigation>;
}

/** Everything that one kind of reader may ask: the same for all readers with the same classes. */
export interface FeedModel {
  readonly sees: ReadonlySet<FieldClass>;
  /** By name, in the order of DATASETS. */
  readonly sets: ReadonlyMap<string, FeedSet>;
}

/** The classes that any column or row of the model has: what a key can be given. */
export const FEED_CLASSES: readonly FieldClass[] = FIELD_CLASSES.filter((one) =>
  DATASETS.some(({ columns, guardedRows }) => guardedRows?.sees === one || columns.some(({ sees }) => sees === one)),
);

const made = new Map<string, FeedModel>();

/** The model of a reader with these classes. */
export function modelFor(sees: ReadonlySet<FieldClass>): FeedModel {
  const relevant = FEED_CLASSES.filter((one) => sees.has(one));
  const known = made.get(relevant.join());
  if (known) return known;
  const classes = new Set(relevant);
  const model = { sees: classes, sets: new Map(DATASETS.map((dataset) => [dataset.name, setOf(dataset, classes)])) };
  made.set(relevant.join(), model);
  return model;
}

function setOf(dataset: Dataset, sees: ReadonlySet<FieldClass>): FeedSet {
  const columns = columnsFor(dataset, sees);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const key = byName.get(dataset.key);
  if (!key) throw new Error(`The key of ${dataset.name} is not for everybody`);
  const navigations = dataset.navigations.filter(({ from }) => byName.has(from));
  return { dataset, columns, byName, key, navigations: new Map(navigations.map((one) => [one.name, one])) };
}
